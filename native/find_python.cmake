# Finds what the Python module needs, or sets ELMAN_REASON.

find_package(Python 3.11 COMPONENTS Interpreter Development.Module
  OPTIONAL_COMPONENTS Development.SABIModule)
if(NOT Python_Development.Module_FOUND)
  set(ELMAN_REASON "Python's headers (on Debian the package python3-dev) were not found when Elman was installed")
  return()
endif()
execute_process(
  COMMAND "${Python_EXECUTABLE}" -m nanobind --cmake_dir
  OUTPUT_VARIABLE nanobind_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
find_package(nanobind CONFIG QUIET)
if(NOT nanobind_FOUND)
  set(ELMAN_REASON "nanobind was not found when Elman was installed")
endif()
