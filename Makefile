# Verbs for people and for CI alike. Each prepares what it needs; what the stages print goes to build/make.log.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOG := build/make.log
NATIVE := CMakeLists.txt pyproject.toml $(shell find native -type f 2>/dev/null)
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt

# $(call stage,what it does,command): one line on the terminal, all else in the log, its end shown when it fails.
define stage
	@mkdir -p build; printf '%-58s' '$(1)'; start=$$(date +%s); \
	if ( $(2) ) >>$(LOG) 2>&1; then printf '%4d s\n' $$(( $$(date +%s) - start )); \
	else printf 'failed\n\n'; tail -n 40 $(LOG); printf '\nThe whole log: $(LOG)\n'; exit 1; fi
endef

.PHONY: demo test install check native-test native-slow unit-test browser format pins clean
.DEFAULT_GOAL := help

help:
	@printf '%s\n' \
	  'make demo      set up, then train an Elman network and an LSTM on built-in data (about a minute)' \
	  'make test      set up, then run every check' \
	  'make install   set up only: .venv, dependencies, native core' \
	  'make check     formatting, lint, types, layout' \
	  'make native-slow   the native core on other processors and under ThreadSanitizer (minutes; by hand)' \
	  'make format    format Python and C++' \
	  'make pins      write constraints.txt anew, with what a fresh environment gets today' \
	  'make clean     remove .venv and build'

demo: install
	@$(BIN)/elman demo

test: install $(VENV)/dev.stamp check native-test unit-test

install: $(VENV)/install.stamp

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Elman needs Python 3.11 or later; $(PYTHON) is' "$$($(PYTHON) --version 2>&1). Choose another: make PYTHON=python3.12 …"; exit 1; }
	$(call stage,Virtual environment in $(VENV),$(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet --upgrade pip)
	@touch $@

$(VENV)/install.stamp: $(VENV)/python.stamp constraints.txt $(NATIVE)
	$(call stage,Dependencies (PyTorch is the large one),$(PIP) torch numpy)
	$(call stage,Elman and its native core,PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(PIP) --editable '.[all]')
	@touch $@

$(VENV)/dev.stamp: $(VENV)/install.stamp
	$(call stage,Tools for the checks,$(PIP) --group dev)
	@touch $@

check: $(VENV)/dev.stamp
	$(call stage,Formatting (ruff and clang-format),$(BIN)/ruff format --check . && $(BIN)/clang-format --dry-run --Werror $$(git ls-files 'native/*.cpp' 'native/*.hpp' 'native/*.h'))
	$(call stage,Lint (ruff),$(BIN)/ruff check .)
	$(call stage,Types (mypy --strict),$(BIN)/mypy)
	$(call stage,Layout (import-linter),$(BIN)/lint-imports)

native-test: $(VENV)/dev.stamp
	$(call stage,Native core under AddressSanitizer and UBSan,$(BIN)/cmake -S . -B build/sanitize -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DELMAN_BUILD_TESTS=ON -DELMAN_SANITIZE=ON && $(BIN)/cmake --build build/sanitize && $(BIN)/ctest --test-dir build/sanitize --parallel 2 --output-on-failure)

native-slow: $(VENV)/dev.stamp
	$(call stage,Native core on other processors (QEMU),PATH=$(CURDIR)/$(BIN):$$PATH .ci/emulate)
	$(call stage,Native pool under ThreadSanitizer,$(BIN)/cmake -S . -B build/thread -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DELMAN_BUILD_TESTS=ON -DELMAN_SANITIZE=thread && $(BIN)/cmake --build build/thread --target test_pieces && $(BIN)/ctest --test-dir build/thread --tests-regex pieces --output-on-failure)

unit-test: $(VENV)/dev.stamp browser
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

browser:
	$(call stage,Browser for the tests of pages,.ci/browser)

format: $(VENV)/dev.stamp
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && $(BIN)/clang-format -i $$(git ls-files 'native/*.cpp' 'native/*.hpp' 'native/*.h')

pins:
	$(call stage,Versions of all that pip installs,PYTHON=$(PYTHON) .ci/pins)

clean:
	@rm -rf $(VENV) build
