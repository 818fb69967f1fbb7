# Two commands matter: `make demo` and `make test`. Everything else is named by `make help`.

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JARS := $(if $(BRAIN_CACHE),$(BRAIN_CACHE),.cache)/jars

INSTALLED := $(VENV)/.installed
RESOLVED := $(JARS)/.verified

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fmt airflow bench lock clean

help:  ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) $(RESOLVED)  ## Environment and jars; again: nothing to do, no network needed

demo: setup  ## A small simulated city through the whole pipeline, by the DAGs; ends with what to open
	$(BIN)/python dags/brain_demo.py $(if $(PEOPLE),--people $(PEOPLE)) $(if $(DAYS),--days $(DAYS)) $(if $(SEED),--seed $(SEED))

test: setup  ## All checks and test lanes; LANES="default dags" runs some; the last lines name what was skipped
	$(BIN)/python -m tests.lanes $(LANES)

check: setup  ## The checks that need no engine: catalog, style, types, imports
	$(BIN)/brain check
	$(BIN)/python -m tests.lanes ruff format mypy imports

fmt: setup  ## Format and sort imports
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

airflow: setup  ## Airflow's own screens on 127.0.0.1, with the DAGs and the report
	$(BIN)/python dags/brain_airflow.py

bench: setup  ## The list of measurements; NAME=… runs one
	@$(BIN)/python -m tests.bench $(NAME)

lock:  ## requirements.in → requirements.txt: every version and hash, for every Python and system, no address
	$(PYTHON) -m venv .cache/lock
	.cache/lock/bin/pip install -q uv
	$(if $(PIP_INDEX_URL),UV_DEFAULT_INDEX='$(PIP_INDEX_URL)') .cache/lock/bin/uv pip compile -q --universal --python-version 3.11 \
		--generate-hashes --no-header --output-file requirements.txt requirements.in

clean:  ## Remove what make made, except data/
	rm -rf $(VENV) .cache .airflow .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed, '$(PYTHON)' is $$($(PYTHON) -V 2>&1); name another: make setup PYTHON=python3.12"; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
		echo "'$(PYTHON)' cannot make environments; install the system's package python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements.txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(RESOLVED): jobs/lake/jars.py | $(INSTALLED)
	$(BIN)/python -c 'from jobs.lake.jars import delta_jars; from jobs.settings import read_settings; delta_jars(read_settings().cache)'
	@touch $@
