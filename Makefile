# Saingan: everything that is done from a checkout.
.DEFAULT_GOAL := help
.PHONY: help install compile demo test cases faults bench lint wheel-test lock clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV_VERSION := 0.13.9
BIN := .venv/bin
DIR ?= ../shared/cases

# What is measured and broken on purpose is never the exchange of a `.env` in the checkout.
bench faults: export SAINGAN_ENV_FILE := /dev/null

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

COMPILED := $(shell sed -n 's|^    "\(.*/.*\)",|services/saingan/\1.py|p' compile.py)

install: .venv/.compiled ## set up .venv with the versions of requirements.lock
	@$(if $(filter install,$(MAKECMDGOALS)),echo 'Next: $(BIN)/saingan up   (or: source $(BIN)/activate; saingan up)')

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=...")'
	@echo '1/3  Making .venv (seconds) ...'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	@echo '2/3  Installing the packages of requirements.lock (a minute or two; less when they are cached) ...'
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.compiled: .venv/.installed compile.py $(COMPILED)
	@echo '3/3  Compiling $(words $(COMPILED)) modules (about two minutes; needs a C compiler) ...'
	@$(BIN)/python compile.py || true
	@touch $@

demo: install ## start the real parts, publish a synthetic population, watch the outcome table grow
	@$(BIN)/saingan demo $(ARGS)

test: install ## run all tests, on a real broker, registry and PostgreSQL; e.g. make test ARGS="-k doctor"
	@$(BIN)/pytest -n 4 --dist worksteal $(ARGS)

cases: install ## judge a folder of agency files and mappings; e.g. make cases DIR=../shared/cases ARGS="--only 12 --say"
	@PYTHONPATH=tests $(BIN)/python -m cases $(DIR) $(ARGS)

faults: install ## kill everything, again and again, and write docs/reliability.md; e.g. make faults ARGS="--list"
	@PYTHONPATH=tests:benchmarks $(BIN)/python -m faults $(ARGS)

bench: install ## measure ours and the peers side by side, write docs/performance.md; quick: make bench ARGS="--short"
	@PYTHONPATH=tests $(BIN)/python benchmarks/bench.py $(ARGS)

compile: .venv/.installed ## compile the modules of compile.py; unlike install, this fails where it cannot
	@$(BIN)/python compile.py

lint: install ## ruff and mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

wheel-test: install ## build the wheel and publish from it, in a clean environment
	@tests/wheel/run.sh

lock: install ## take newer versions into requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --all-extras --group dev pyproject.toml -o requirements.lock

clean: ## stop the local exchange; forget its data, .venv and all that was built
	@test ! -x $(BIN)/saingan || $(BIN)/saingan down --purge
	rm -rf .venv build dist $(shell find services -name "*.so") .mypy_cache .pytest_cache .ruff_cache .hypothesis
