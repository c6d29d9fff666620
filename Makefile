# What a clone can do. Needs make and Python 3.11 or newer; no Docker, no Java, no Maven.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test check audit lock outdated update bench promtool kustomize clean

VENV := .venv
PY := $(VENV)/bin/python
# The newest Python that is here and new enough; empty when there is none.
FOUND := $(shell for each in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$each"; break; }; done)
PIP := $(PY) -m pip --disable-pip-version-check --quiet install
# Packages by exact version and hash, wherever this machine's pip gets them from.
LOCKED := $(PIP) --require-hashes --no-deps -r
ARGS ?=

help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/run.stamp $(VENV)/dev.stamp ## Install everything that running, testing and checking need
	$(PY) -m deploy.cli.parts

run: $(VENV)/run.stamp ## Start the stack and play the campaign; more with ARGS="--port-base 9100"
	@$(VENV)/bin/klarmeld run $(ARGS)

# Files side by side, each side with a stack of its own: most of the time a test waits for Kafka and MongoDB.
WORKERS ?= 3
test: $(VENV)/dev.stamp ## Run all tests, with real Kafkas and MongoDBs on free ports; fewer with ARGS="tests/unit"
	$(PY) -m pytest $(or $(ARGS),tests --ignore tests/benchmarks --numprocesses $(WORKERS) --dist loadfile --cov)

check: $(VENV)/dev.stamp ## Lint, format, types, layers, generated files
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/klarmeld contracts check
	$(PY) -m deploy.supply check

# Counting, comparing and writing up need no peers.
bench: $(VENV)/dev.stamp $(if $(filter check baseline report compare scale,$(ARGS)),,$(VENV)-bench/stamp) ## Measure; what and how long is in tests/benchmarks
	$(PY) -m tests.benchmarks $(or $(ARGS),run)

promtool: ## Fetch what tries the alerts' rules, from apt-get or go
	@.ci/promtool "$(or $(KLARMELD_PARTS),.klarmeld/parts)/promtool"

kustomize: ## Fetch what renders the Kubernetes manifests, by go
	@.ci/kustomize "$(or $(KLARMELD_PARTS),.klarmeld/parts)/kustomize"

audit: $(VENV)/dev.stamp ## Look for known weaknesses in what is shipped; 3 where no database of them can be reached
	@.ci/audit $(VENV)/bin/pip-audit

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet
lock: ## Make the locks of requirements/ anew with the newest versions; needs uv
	@command -v uv >/dev/null || { echo "Making locks needs uv on PATH."; exit 1; }
	for each in run dev; do $(COMPILE) --upgrade requirements/$$each.in -o requirements/$$each.txt; done

outdated: ## Show what `make update` would change, and change nothing; needs uv
	@command -v uv >/dev/null || { echo "Making locks needs uv on PATH."; exit 1; }
	@for each in run dev; do \
		$(COMPILE) --upgrade requirements/$$each.in | grep '==' | sed 's/ \\$$//' >build.$$each.new; \
		grep '==' requirements/$$each.txt | sed 's/ \\$$//' | diff - build.$$each.new | grep '^[<>]'; \
		rm -f build.$$each.new; done; true

update: ## Show what is newer, take it, write what follows from it, then check and test it all
	$(MAKE) outdated
	$(MAKE) lock
	$(MAKE) setup
	$(PY) -m deploy.supply
	$(MAKE) check
	@.ci/audit $(VENV)/bin/pip-audit || test $$? = 3 # nobody to ask is no reason not to update
	$(MAKE) test

clean: ## Remove the environment and all caches; data and fetched parts in .klarmeld stay
	rm -rf $(VENV) $(VENV)-bench build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -not -path './.klarmeld/*' -prune -exec rm -rf {} +

$(VENV)/run.stamp: requirements/run.txt pyproject.toml
	@test -n "$(FOUND)" || { echo "klarmeld needs Python 3.11 or newer, and none is on PATH; name one with PYTHON=…"; exit 1; }
	@echo "Setting up $(VENV) with $(FOUND), once; this takes about a minute."
	test -x $(PY) || $(FOUND) -m venv $(VENV)
	$(LOCKED) requirements/run.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	$(LOCKED) requirements/dev.txt
	@touch $@

$(VENV)-bench/stamp: requirements/bench.txt $(VENV)/dev.stamp
	$(PY) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps -r $<
	@touch $@
