# deskledger: `make run` shows the product, `make test` proves it. Both work from nothing.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := demo-desk
SEED := 20261122
SEEDS := 3
FAULTS := .cache/faults.jsonl
BENCHMARKS := commands command_cost store library importing generate projector projector_tuning small_batches rebuild queries views due_soon figures publisher verify_log kafka_commands kafka_reading kafka_nodes kafka_memory service_levels live_clocks policy_preview linker watcher exchange time_travel

.PHONY: help setup run test lint types unit kafka pm4py faults bench clean lock feed-docs

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## prepare .venv with the deskledger command

$(READY): requirements.lock pyproject.toml
	@python=$$(sh .ci/find-python) && $$python -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
	@echo "ready: $(BIN)/deskledger"

run: $(READY) ## create the demo desk, project and verify it, show it
	@$(BIN)/deskledger --desk $(DEMO) demo --seed $(SEED)

test: lint types unit ## run every check and every test

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

types: $(READY)
	@$(BIN)/mypy

unit: $(READY)
	@sh .ci/find-java maven >/dev/null
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q

kafka: $(READY) ## start three Kafka brokers on loopback, until Ctrl-C
	@$(BIN)/python -m tests.kafka.brokers

pm4py: $(READY) ## fetch pm4py beside the product, for the tests that open logs with it
	@$(BIN)/python -m tests.process_mining.environment

faults: $(READY) ## run every fault on real brokers SEEDS times; write docs/faults.md
	@mkdir -p .cache && rm -f $(FAULTS)
	@FAULT_SEEDS=$(SEEDS) FAULT_RESULTS=$(FAULTS) $(BIN)/python -m pytest -n 2 --dist worksteal -q \
	  tests/kafka/faults
	@$(BIN)/python -m tests.kafka.faults.results $(FAULTS)

bench: $(READY) ## print every measured table of docs/performance.md
	@for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python benchmarks/$$name.py || exit 1; done

lock: $(READY) ## resolve requirements.lock again (needs uv)
	uv pip compile --upgrade --generate-hashes --no-emit-index-url --no-header --universal \
	  --python-version 3.11 --extra dev -o requirements.lock pyproject.toml
	uv pip compile --upgrade --generate-hashes --no-emit-index-url --no-header --universal \
	  --python-version 3.11 --no-deps -o tests/process_mining/requirements.lock \
	  tests/process_mining/requirements.in

feed-docs: $(READY) ## write docs/feed from the allow-list and the events
	@$(BIN)/deskledger feed docs docs/feed

clean: ## remove .venv, caches and the demo desk
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis $(DEMO) .$(DEMO).*
