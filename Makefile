# `make demo` and `make test` do all the set-up that they need; `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DOCS   := $(VENV)/.docs-ready
NODE   := $(shell node -p '+process.versions.node.split(".")[0] >= 20 || ""' 2>/dev/null)
STATIC := src/forebear/server/static
NPM    := --no-progress --no-audit --no-fund --no-update-notifier --loglevel=error
HEAVY  := .venv-integrations
# Trust what the machine trusts, as pip does: a company's proxy may stand before the package index.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/cert* /etc/pki/tls/cert*),true,false)

.DEFAULT_GOAL := help
.PHONY: help demo ui ui-types ui-check chromium test test-integrations check lint types floors docs lock bench bench-audit bench-blame bench-capture bench-digests bench-explorer bench-graph bench-neighbourhood bench-ingest bench-profile bench-recall bench-server bench-serving bench-start bench-whoused soak clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml constraints.txt hatch_build.py src/forebear/engines/profile_loops.c
	@$(PYTHON) -c 'import sys; sys.exit("forebear needs Python 3.11 or newer; this is %d.%d. Set PYTHON=/path/to/python3.11." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || { echo "Setting up $(VENV) (a minute or two) ..."; $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --constraint constraints.txt --group dev --editable .
	@touch $@

$(DOCS): $(READY)
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --constraint constraints.txt --group docs
	@touch $@

demo: $(READY)  ## run real pipelines on real data and ask where the models come from
	@$(BIN)/python examples/demo/demo.py

ui: $(if $(NODE),$(STATIC)/index.html,ui-check)  ## build the web application (needs node 20 or newer)

ui/node_modules/.ready: ui/package.json ui/package-lock.json
	@echo "Setting up the web application (a minute or two) ..."
	@cd ui && npm ci $(NPM) && touch node_modules/.ready

ui/codegen/node_modules/.ready: ui/codegen/package.json ui/codegen/package-lock.json
	@cd ui/codegen && npm ci $(NPM) && touch node_modules/.ready

$(STATIC)/index.html: ui/node_modules/.ready ui/index.html ui/vite.config.ts $(shell find ui/src ui/public -type f 2>/dev/null)
	@cd ui && npx tsc --noEmit && npx vite build --logLevel warn

ui-types: $(READY) ui/codegen/node_modules/.ready  ## make the web application's types of the server's interface anew
	@$(BIN)/python ui/codegen/describe.py | node ui/codegen/generate.mjs ui/src/api/schema.d.ts

ifneq ($(NODE),)
ui-check: ui/node_modules/.ready ui  ## lint, types and unit tests of the web application
	@cd ui && npx biome check --log-level=warn . && npx vitest run --silent --reporter=dot
else
ui-check:
	@echo "No node 20 here: the web application is neither built nor checked."
endif

# Journeys through the web application need a browser; who may install one gets it.
chromium:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	  && { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1; } \
	  || echo "No chromium here: the journeys through the web application are skipped."

test: $(READY) $(if $(NODE),ui ui/codegen/node_modules/.ready chromium,ui-check)  ## all tests
	@$(BIN)/python -m pytest -q -n 2

test-integrations:  ## libraries too heavy for .venv, in .venv-integrations; says what it had to skip
	@test -x $(HEAVY)/bin/python || $(PYTHON) -m venv $(HEAVY)
	@$(HEAVY)/bin/python tests/integrations_heavy/install.py
	@FOREBEAR_TEST_HEAVY=1 $(HEAVY)/bin/python -m pytest -q tests/integrations_heavy

check: lint types floors docs ui-check test  ## what CI runs: lint, types, import floors, docs, tests

lint: $(READY)  ## ruff and unused or missing dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/deptry . 2>&1 | tail -n 20

types: $(READY)  ## mypy --strict
	@$(BIN)/mypy

floors: $(READY)  ## who may import whom
	@$(BIN)/lint-imports

docs: $(DOCS)  ## build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

lock: $(READY)  ## pin every dependency anew in constraints.txt
	@$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --group dev --group docs --all-extras --output-file constraints.txt pyproject.toml

bench: bench-start bench-digests bench-capture bench-ingest bench-graph bench-neighbourhood bench-whoused bench-profile bench-serving bench-recall bench-audit bench-blame bench-explorer bench-server  ## all benchmarks

bench-digests: $(READY)  ## digests beside MLflow's and beside the limit
	@$(BIN)/python bench/digests.py

bench-capture: $(READY)  ## how true recording is over the corpus, and its cost (CORPUS="--only 01 16")
	@$(BIN)/python bench/corpus.py $(CORPUS)
	@$(BIN)/python bench/capture.py

bench-blame: $(READY)  ## how often blame names first what a fault came in with
	@$(BIN)/python bench/blame.py

bench-ingest: $(READY)  ## durable events a second beside sqlite3 and COPY alone, and a million points
	@$(BIN)/python bench/ingest.py
	@$(BIN)/python bench/syncs.py

bench-profile: $(READY)  ## profiles beside SUMMARIZE, pandas and the bare scan (PROFILE="--rows 1000000")
	@$(BIN)/python bench/profile.py $(PROFILE)

bench-explorer: $(READY) ui chromium  ## how long people wait on the lineage map (EXPLORER='--only "500 things"')
	@$(BIN)/python bench/explorer.py $(EXPLORER)

bench-graph: $(READY)  ## lineage questions beside SQL, networkx, rustworkx (GRAPH="--quick")
	@$(BIN)/uv pip install --quiet --python $(BIN)/python networkx rustworkx
	@$(BIN)/python bench/graph.py $(GRAPH)

bench-neighbourhood: $(READY)  ## what the lineage explorer asks, on a million edges (NEAR="--edges 100000")
	@$(BIN)/python bench/neighbourhood.py $(NEAR)

bench-start: $(READY)  ## what everyday commands cost to start
	@$(BIN)/python bench/start.py

bench-whoused: $(READY)  ## who contains a record, 5,000 versions of a million rows (WHOUSED="--versions 500")
	@$(BIN)/python bench/whoused.py $(WHOUSED)

bench-serving: $(READY)  ## what counting costs a serving program, per call
	@$(BIN)/python bench/serving.py $(SERVING)

bench-recall: $(READY)  ## recalls on a graph of a million edges (RECALL="--edges 100000")
	@$(BIN)/python bench/recall.py $(RECALL)

bench-audit: $(READY)  ## an audit of a thousand models (AUDIT="--models 200")
	@$(BIN)/python bench/audit.py $(AUDIT)

bench-server: $(READY)  ## MLflow's client against our server and against MLflow's (SERVER="--runs 1000,30000")
	@test -x $(HEAVY)/bin/python || $(PYTHON) -m venv $(HEAVY)
	@$(HEAVY)/bin/python -m pip install --quiet --disable-pip-version-check 'mlflow>=3.17'
	@$(BIN)/python bench/server.py --mlflow-python $(HEAVY)/bin/python $(SERVER)

soak: $(READY)  ## faults at full size, a million waiting events (SOAK="--minutes 10")
	@$(BIN)/python bench/soak.py $(SOAK)

clean:  ## remove what was built
	@rm -rf $(VENV) $(HEAVY) .venv-openlineage* site demo-work build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis $(STATIC) src/forebear/engines/*.so ui/node_modules ui/codegen/node_modules
