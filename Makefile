# Everything runs in .venv, made from the lock files; nothing is installed twice.
# `make demo` converts the sample, `make test` passes all quick tests, `make help` lists the rest.

PY := .venv/bin/python
SHOWFLOOR := .venv/bin/showfloor
PIP := $(PY) -m pip --disable-pip-version-check install -q
SAMPLE := samples/tin
HEIGHT = $(shell $(PY) -c 'import json; print(json.load(open("$(SAMPLE)/sample.json"))["height_m"])')
DOCUMENTED := recipes.by_kind recipes.options recipes.photos recipes.video recipes.rgbd recipes.single_photo batch capture \
  segment camera stereo surface texture gltf types profiles report errors progress score models

export PYTHONNOUSERSITE := 1
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev demo test test-unity test-all lint format bench sample protos reference lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 12

setup: .venv/.python .venv/.node .venv/.models ## make the environment (system packages included, where allowed)

setup-dev: setup .venv/.dev

.venv/.system: scripts/system.sh scripts/python.sh
	@PYTHON="$(PYTHON)" scripts/system.sh
	@python=$$(PYTHON="$(PYTHON)" scripts/python.sh) && { test -x $(PY) || { echo "Making .venv with $$python"; "$$python" -m venv .venv; }; }
	@touch $@

.venv/.python: .venv/.system requirements.lock pyproject.toml
	@echo "Installing the Python packages of requirements.lock"
	@$(PIP) -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.python requirements-dev.lock protos/package-lock.json
	@scripts/system.sh tests
	@echo "Installing the Python packages of requirements-dev.lock"
	@$(PIP) -r requirements-dev.lock
	@cd protos && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.venv/.node: .venv/.system node/package-lock.json
	@echo "Installing the Node packages of node/package-lock.json"
	@cd node && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.venv/.models: .venv/.python assets_pipeline/models/registry.py
	@echo "Fetching the models"
	@$(SHOWFLOOR) models pull u2netp
	@$(SHOWFLOOR) models pull e5-small || echo "Without it search finds by words alone."
	@$(SHOWFLOOR) models pull smollm2-135m || echo "Without it the assistant answers from templates."
	@touch $@

demo: setup ## convert the sample capture and score it against its ground truth
	@$(SHOWFLOOR) convert $(SAMPLE) -o demo --height $(HEIGHT)m
	@echo
	@echo "Geometry against the ground truth:"
	@$(SHOWFLOOR) score demo/tin/tin.glb demo/tin/cameras.json $(SAMPLE)

lint: setup-dev ## ruff and mypy
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format: setup-dev ## rewrite the code in the project's format
	@.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format -q .

test: lint ## lint, types and all quick tests
	@.venv/bin/pytest -m "not slow and not gpu"

test-unity: setup-dev ## the Unity package alone: C# against the live server, compile and text checks
	@$(PY) tests/unity_bridge/run.py

test-all: lint ## every test, the minutes-long ones and those on a GPU included
	@.venv/bin/pytest

bench: setup-dev ## repeat the measurements of benchmarks/README.md
	@$(PY) benchmarks/run.py

sample: setup ## model and render the sample capture again
	@$(PIP) 'mitsuba>=3.6'
	@$(PY) samples/make_tin.py

protos: setup-dev ## lint the contract and generate its message classes
	@$(PY) scripts/protos.py

reference: setup-dev ## write the API reference into docs/reference
	@$(PY) -m pdoc -o docs/reference $(addprefix assets_pipeline.,$(DOCUMENTED)) showfloor.client showfloor.settings

lock: ## pin what is installed in .venv
	@$(PY) scripts/lock.py

clean: ## remove what was made here, the environment included
	@rm -rf .venv .cache demo node/node_modules protos/node_modules docs/reference build dist
