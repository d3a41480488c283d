# The commands of this project. `make setup`, `make demo` and `make test` are all a new machine needs.
# Everything runs from .venv; paths are relative, so the folder may have any name.

SHELL := /bin/sh
BIN := .venv/bin
# on two cores: tests wait for a third of their time
WORKERS ?= 3
ARGS ?=
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(UPGRADE)

# some machines forbid Python to keep what it has compiled: every start of the program would compile all of it again
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test stories test-fast coverage check lint bench pictures lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv as requirements-dev.lock says (PYTHON=… chooses the interpreter)
	@sh .ci/setup

demo: setup ## fix issue #123 of a sample project in this terminal, no key needed (ARGS="--yes --json")
	@$(BIN)/orchestrator demo $(ARGS)

test: setup ## run the tests, all but the longest stories (ARGS are passed to pytest, WORKERS=0 for one process)
	$(BIN)/pytest -m "not long" -n $(WORKERS) --dist loadfile $(ARGS)

stories: setup ## run the longest stories: each workflow, each fault, kills everywhere
	$(BIN)/pytest -m long -n $(WORKERS) --dist loadfile $(ARGS)

test-fast: setup ## run the tests that take no real time
	$(BIN)/pytest -m "not slow and not long" -n $(WORKERS) --dist loadfile $(ARGS)

coverage: setup ## run every test and say how many branches of the core they take (at least 95 %)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --cov --cov-report=json:coverage.json --cov-report= $(ARGS)
	$(BIN)/python -m tests.coverage_floor coverage.json

check: lint test stories ## everything a change must pass

lint: setup ## ruff, basedpyright (strict) and the import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

bench: setup ## measure, and write bench.json (ARGS=--quick for a smoke test of a minute)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

pictures: setup ## draw the cards as each chat shows them into build (needs chromium, fonts-lato, fonts-noto-color-emoji)
	$(BIN)/python -m tests.platforms.slack.drawing build/slack $(ARGS)
	$(BIN)/python -m tests.platforms.telegram.drawing build/telegram $(ARGS)
	$(BIN)/python -m tests.platforms.discord.drawing build/discord $(ARGS)

lock: ## write both locks anew (UPGRADE=--upgrade takes the newest versions)
	@test -x $(BIN)/uv || sh .ci/setup
	$(LOCK) pyproject.toml --output-file requirements.lock
	$(LOCK) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove what can be made again, .venv included
	rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache bench.json coverage.json .coverage
	find adapters bot config core tests -name __pycache__ -type d -prune -exec rm -rf {} +
