# make run   set up, run the default example to its verdict, then keep it up on loopback until Ctrl-C (SERVE=0: end after the job)
# make test  all checks and all tests
# make page  build the web page, when something in ui/ changed
# make client  the page's client of the API, from the API as it is now
# make test-all   the tests that take minutes, too
# make infra-check   what needs no server of the infrastructure's checks: fmt, validate, terraform test, checkov
.PHONY: run test test-all check format lock clean browser page client infra-check
.DEFAULT_GOAL := run

PYTHON ?= python3
PROBLEM ?= examples/breast-cancer/problem.toml
SERVE ?= 1
BIN := .venv/bin
UV := $(BIN)/uv pip install --python $(BIN)/python --quiet --compile-bytecode
NPM := sh tools/npm.sh
PAGE := ui/index.html ui/vite.config.ts ui/tsconfig.json $(shell find ui/src ui/public ui/tools -type f 2>/dev/null)
LOCK := $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url

# Without bytecode every start of Python takes twice as long; some machines switch it off.
export PYTHONDONTWRITEBYTECODE :=

run: .make/run .make/page
	$(BIN)/python tools/main_job.py $(PROBLEM) --serve $(SERVE)

test: check browser .make/page .make/clients
	$(BIN)/pytest -n 2 --dist loadgroup

test-all: test
	$(BIN)/pytest -m slow

check: .make/dev .make/ui .make/tools
	$(BIN)/ruff format --check src tests benchmarks tools
	$(BIN)/ruff check src tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m mlcl.server.document | cmp - ui/openapi.json
	$(NPM) run --silent check
	$(NPM) run --silent test

page: .make/page

client: .make/run .make/ui
	$(BIN)/python -m mlcl.server.document > ui/openapi.json
	$(NPM) run --silent client

# Format, validity, tests of the modules, checkov: no server, about a minute. The applies are in tests/infra.
infra-check: .make/dev .make/tools
	$(BIN)/pytest tests/infra/test_modules.py -m "slow or not slow" -rs

format: .make/dev
	$(BIN)/ruff format src tests benchmarks tools
	$(BIN)/ruff check --fix src tests benchmarks tools

# Exact versions with hashes, free of any registry's address.
lock: .make/venv
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) pyproject.toml --extra aws --extra distributed -c requirements-dev.lock -o requirements-container.lock
	$(LOCK) --group page -o requirements-page.lock
	$(LOCK) --group tools -o requirements-tools.lock
	$(LOCK) --group clients -o requirements-clients.lock

browser: .make/dev
	sh tools/browser.sh

clean:
	rm -rf .venv .venv-tools .venv-clients .make .mlcl ui/node_modules src/mlcl/server/page

.make/venv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mlcl needs Python 3.11 or newer; found " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'
	mkdir -p .make && touch $@

.make/run: .make/venv requirements.lock pyproject.toml
	$(UV) --require-hashes -r requirements.lock
	$(UV) --no-deps -e .
	touch $@

.make/dev: .make/run requirements-dev.lock
	$(UV) --require-hashes -r requirements-dev.lock
	touch $@

# Node, from a Python wheel, and what the page is built with.
.make/ui: .make/venv requirements-page.lock ui/package.json ui/package-lock.json
	$(UV) --require-hashes -r requirements-page.lock
	$(NPM) ci --silent
	touch $@

.make/page: .make/ui $(PAGE)
	$(NPM) run --silent build
	touch $@

# Checkers of Terraform and workflows, and other people's AWS clients: each pins what it needs, so each has its own place.
.make/tools: .make/venv requirements-tools.lock
	$(BIN)/uv venv --quiet --clear .venv-tools
	$(BIN)/uv pip install --python .venv-tools/bin/python --quiet --require-hashes -r requirements-tools.lock
	touch $@

.make/clients: .make/venv requirements-clients.lock
	$(BIN)/uv venv --quiet --clear .venv-clients
	$(BIN)/uv pip install --python .venv-clients/bin/python --quiet --require-hashes -r requirements-clients.lock
	touch $@
