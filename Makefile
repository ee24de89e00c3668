# Everything one needs, by `make help`. Wants Python 3.11 or newer with pip, make, git, and a package registry.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
PYTEST := $(BIN)/python -m pytest
# One more than cores: many a test waits for a server or a worker of its own.
TEST_PROCESSES ?= $(shell expr $$($(PYTHON) -c 'import os; print(os.cpu_count())') + 1)
IN_PARALLEL = -n $(TEST_PROCESSES) --maxprocesses 4 --dist worksteal
export PYTHON
# Where the environment forbids to keep compiled modules, each of our many processes would compile 1,500 of them anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run demo test test-all quick check bench bench-growth bench-quality format migrations messages lock backup restore browser wrk

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

run: $(BIN)/.run-installed ## Serve the portal, API, admin and background work at http://127.0.0.1:8000 (PORT changes it)
	@exec $(MANAGE) serve

demo: $(BIN)/.run-installed ## Fill a running or stopped installation with a realistic company; may be repeated
	@$(MANAGE) demo

test: $(BIN)/.dev-installed browser ## Run the tests, the browser's too
	@$(PYTEST) $(IN_PARALLEL) -m "not slow"

test-all: $(BIN)/.dev-installed browser ## Run the slow tests too
	@$(PYTEST) $(IN_PARALLEL)

quick: $(BIN)/.dev-installed ## Run the tests that need no browser
	@$(PYTEST) $(IN_PARALLEL) -m "not browser and not slow"

check: $(BIN)/.dev-installed ## Check format, lint, types, import contracts, templates, migrations, deployment
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory templates
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	BASE_URL=https://ideas.example.org ALLOWED_HOSTS=ideas.example.org $(MANAGE) check --deploy --fail-level WARNING

.PHONY: templates
templates:
	@git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	@git ls-files -z '*.html' | xargs -0 -r $(BIN)/djlint --quiet --lint

bench: $(BIN)/.run-installed wrk ## Measure the product against yardsticks, on 100,000 ideas (WRITE=--write keeps the table in docs)
	@$(BIN)/python -m bench.run $(WRITE)

bench-growth: $(BIN)/.run-installed wrk ## The same at a thousand, 100,000 and a million ideas
	@$(BIN)/python -m bench.growth $(WRITE)

bench-quality: $(BIN)/.run-installed ## Say how good the orders are, on the consultations in IDEATION_DATA
	@$(BIN)/python -m bench.quality "$(IDEATION_DATA)/polis" $(WRITE)

format: $(BIN)/.dev-installed ## Bring code and templates into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2

migrations: $(BIN)/.dev-installed ## Write the migrations that the models need (give NAME=what_it_does)
	$(MANAGE) makemigrations $(if $(NAME),--name $(NAME))

messages: $(BIN)/.dev-installed ## Gather the strings of the source into locale/ for translation
	@$(MANAGE) update_translations

lock: ## Choose the versions of all packages anew, within pyproject.toml
	tools/uv pip compile --quiet --upgrade --python-version 3.11 pyproject.toml -o requirements.lock
	tools/uv pip compile --quiet --upgrade --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock

backup: $(BIN)/.run-installed ## Write database and files to var/backups (FILE=… names another place)
	@$(MANAGE) backup $(FILE)

restore: $(BIN)/.run-installed ## Put a backup back (FILE=… says which); what is there now is replaced
	@$(MANAGE) restore $(FILE)

# --- What the above stand on; each is redone only when its lock changes ---------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is older (PYTHON=… names another)."; exit 1; }
	@echo "Making a Python environment in .venv …"
	@tools/uv venv --quiet --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv

# Installing adds what is missing and leaves the development packages alone: both locks agree on versions.
$(BIN)/.run-installed: requirements.lock | $(BIN)/python
	@echo "Installing packages …"
	@tools/uv pip install --quiet --compile-bytecode --python .venv --require-hashes -r requirements.lock
	@touch $@

$(BIN)/.dev-installed: requirements-dev.lock requirements.lock | $(BIN)/python
	@echo "Installing packages, those for development too …"
	@tools/uv pip sync --quiet --python .venv --require-hashes requirements-dev.lock
	@touch $(BIN)/.run-installed $@

browser:
	@command -v chromium >/dev/null || tools/install-browser

wrk:
	@command -v wrk >/dev/null || tools/install-wrk
