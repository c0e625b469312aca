# The commands of this project. `make help` lists them.

PY = .venv/bin/python
MANAGE = $(PY) manage.py
# A newcomer gets the demonstration with made-up people; a hospital's deployment is docker-compose.yml.
export DEMO ?= 1
export PORT ?= 8000
# What a command and the commands that it starts say comes in order, in a log too.
export PYTHONUNBUFFERED = 1
# The tools of `make check` and `make test` must not find the user's own settings in the way.
unexport DJANGO_SETTINGS_MODULE

.DEFAULT_GOAL := help
.PHONY: run setup test test-browser check bench assure lock help environment dev-environment assets clean

run: environment assets ## Run the demonstration: set up what is missing, serve on http://127.0.0.1:8000 (or PORT)
	@$(MANAGE) serve --prepare

setup: environment assets ## Make everything ready and leave nothing running: packages, assets, database, reference data
	@$(MANAGE) prepare
	@echo "Ready. Next: make run"

test: dev-environment assets ## Run the whole test suite on real PostgreSQL and Valkey
	@$(PY) -m pytest -n 2 $(ARGS)

test-browser: dev-environment assets ## Run the tests in a real browser, installing Debian's Chromium if there is none
	@scripts/chromium.sh
	@REQUIRE_BROWSER=1 $(PY) -m pytest -m browser $(ARGS)

check: dev-environment ## Check format, style, types, imports, templates, migrations and docker-compose.yml
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy .
	.venv/bin/lint-imports --no-cache
	.venv/bin/djlint --lint --quiet templates
	$(MANAGE) makemigrations --check --dry-run
	.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

bench: dev-environment ## Measure against plain SQL on this machine (docs: how fast it can be)
	@$(PY) -m bench $(ARGS)

assure: dev-environment ## Run the assurance goals at their whole size (slow)
	@$(PY) -m pytest -m assure $(ARGS)

lock: dev-environment ## Write the locked requirements anew from the .in files, with hashes
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet requirements.in -o requirements.txt
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet requirements-dev.in -c requirements.txt -o requirements-dev.txt
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet requirements-node.in -o requirements-node.txt

clean: ## Remove what was installed and generated; the embedded databases in .local/ stay
	rm -rf .venv node_modules staticfiles static/vendor .mypy_cache .ruff_cache .pytest_cache

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

environment:
	@scripts/environment.sh requirements.txt

dev-environment:
	@scripts/environment.sh requirements-dev.txt

assets: environment
	@$(PY) scripts/assets.py
