# `make run` and `make test` do all the set-up themselves; they need Python 3.11+, make and a network.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
export DATA_DIR ?= .data

.PHONY: run test check quick-tests lint typecheck templates migrations messages bench quality soak chaos lock sample

run: $(VENV)/.installed
	@DEBUG=true $(PY) manage.py migrate --verbosity 0
	@DEBUG=true $(PY) manage.py create_demo_user
	@DEBUG=true exec $(PY) manage.py runserver --noreload 127.0.0.1:$(PORT)

# All of `make check`, and everything else that a change may break.
test: lint typecheck templates migrations
	@sh tests/install.sh
	$(PY) -m pytest -n 3 --dist worksteal

# The quick gate: what one runs before each commit.
check: lint typecheck templates migrations quick-tests

quick-tests: $(VENV)/.tested
	$(PY) -m pytest -n 2 --dist worksteal -m "not server and not long"

lint: $(VENV)/.tested
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

# The settings that mypy's plugin and manage.py read refuse to be loaded without DEBUG or a secret key.
typecheck: $(VENV)/.tested
	DEBUG=true $(PY) -m mypy

templates: $(VENV)/.tested
	$(PY) -m djlint --lint --quiet templates

migrations: $(VENV)/.tested
	DEBUG=true $(PY) manage.py makemigrations --check --dry-run
	DEBUG=true $(PY) manage.py check

# Brings the catalogue of every language in LANGUAGES up to code and templates, and compiles it.
messages: $(VENV)/.tested
	@DEBUG=true $(PY) -m tests.translation.catalogues

bench: $(VENV)/.tested
	@$(PY) -m tests.bench

quality: $(VENV)/.tested
	@$(PY) -m tests.quality

# What is long, in any size; `make test` runs a tenth of it: make soak ARGS="--size 1 --seed 7"
soak: $(VENV)/.tested
	@sh tests/install.sh
	@$(PY) -m tests.soak $(ARGS)

# Kills everything at random for some minutes: make chaos ARGS="--videos 60 --minutes 4 --postgres"
chaos: $(VENV)/.tested
	@sh tests/install.sh
	@$(PY) -m tests.chaos $(ARGS)

# The sample video is made from the product's own pages.
sample: $(VENV)/.tested
	@$(PY) -m tests.sample

# Writes the exact pins from the ranges in pyproject.toml.
lock:
	uvx uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header pyproject.toml -o requirements.txt
	uvx uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header -c requirements.txt --group test -o tests/requirements.txt

$(VENV)/.installed: requirements.txt
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Python 3.11 or newer is needed: make run PYTHON=python3.11" && false)
	@echo "Installing the requirements (once) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.tested: $(VENV)/.installed tests/requirements.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt -r tests/requirements.txt
	@touch $@
