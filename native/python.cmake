# The Python module. Sets ELMAN_REASON where Python's headers or nanobind are missing.

find_package(Python 3.11 COMPONENTS Interpreter Development.Module OPTIONAL_COMPONENTS Development.SABIModule)
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
  return()
endif()

nanobind_add_module(_native STABLE_ABI NB_STATIC native/module.cpp)
target_link_libraries(_native PRIVATE elman_core)
target_compile_options(_native PRIVATE -Wall -Wextra -Werror)
install(TARGETS _native LIBRARY DESTINATION elman/kernels)
if(ELMAN_IN_PLACE)
  set_target_properties(_native PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_SOURCE_DIR}/src/elman/kernels")
endif()
