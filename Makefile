# The two commands a newcomer needs: make demo, make test. make help lists all.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000
CONSUMERS_PYTHON ?= python3.12
READY := $(VENV)/.ready

.DEFAULT_GOAL := help

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(READY): pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (once, a few minutes) …"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

setup: $(READY) ## install everything into .venv

demo: $(READY) ## start the hub with the figures of demo/ and serve until Ctrl-C (PORT=8000)
	$(BIN)/sdmx-service demo --port $(PORT)

serve: $(READY) ## serve the hub (PORT=8000; settings: SDMX_SERVICE_…)
	$(BIN)/sdmx-service serve --port $(PORT)

consumers: ## install the software of docs/consume.md that needs Python 3.12 or newer
	$(CONSUMERS_PYTHON) -m venv .consumers
	.consumers/bin/python -m pip install --quiet --disable-pip-version-check -r tests/consumers.txt
	.consumers/bin/python tests/consumers_duckdb.py

test: $(READY) ## run the tests
	$(BIN)/python -m pytest -n 2 -m 'not deep'

test-deep: $(READY) ## run the long tests too: many kills, many random histories
	$(BIN)/python -m pytest -n 2

check: $(READY) ## lint, types, layers, dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

conformance: $(READY) ## write docs/conformance.md from its table
	$(BIN)/python -m tests.conformance

bench: $(READY) ## measure speed and memory, beside sdmx1 and pysdmx
	$(BIN)/python -m bench

.PHONY: help setup demo serve consumers test test-deep check conformance bench
