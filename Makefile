# Two commands for a fresh machine (Debian or macOS, Python 3.11 to 3.14): make serve, make test.
# All paths are relative and quoted where the shell sees them: a checkout may lie under "My Files".
.DEFAULT_GOAL := help
SHELL := /bin/sh
.PHONY: help install serve lab reports test test-oldest test-newest audit-score incidents chances screenshots bench reference lock clean

VENV := .venv
# The Python that makes the environment, by name or path; found by itself if not given.
PYTHON ?=
# Newest first; what the package and its lock are resolved for.
PYTHONS := python3.14 python3.13 python3.12 python3.11
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PY := $(VENV)/bin/python
USERS ?= 1000,10000,100000
PORT ?= 8866
LAB_PORT ?= 8888

help: ## Say what each target does
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

install: $(VENV)/installed ## Make .venv with everything the workbooks need

serve: $(VENV)/installed ## Serve the workbooks at http://127.0.0.1:8866 (PORT=… for another port)
	@$(PY) -m planning serve --port $(PORT)

lab: $(VENV)/installed ## Open JupyterLab on the workbooks (LAB_PORT=… for another port)
	@root=; if [ "$$(id -u)" = 0 ]; then root=--allow-root; fi; \
	$(PY) -m jupyterlab $$root --ip=127.0.0.1 --port=$(LAB_PORT) --notebook-dir=workbooks \
	  --LabApp.news_url= \
	  --LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate

reports: $(VENV)/installed ## Write a report per system and growth target (USERS=1000,10000)
	@$(PY) -m planning report all --users $(USERS)

test: $(VENV)/tested ## Lint, types, tests, doctests, workbooks and browser tests
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m pytest -n auto --dist loadfile --ignore=tests/browser
	$(PY) -m pytest -n auto --dist loadfile tests/browser/pages
	$(PY) -m pytest tests/browser/served

test-oldest: ## Test with the oldest Python found, in .venv-oldest
	@for p in $(PYTHONS); do "$$p" -c '$(FITS)' 2>/dev/null && found="$$p"; done; \
	$(MAKE) test VENV=.venv-oldest PYTHON="$$found"

test-newest: ## Test with the newest Python found, in .venv-newest
	@for p in $(PYTHONS); do if "$$p" -c '$(FITS)' 2>/dev/null; then found="$$p"; break; fi; done; \
	$(MAKE) test VENV=.venv-newest PYTHON="$$found"

audit-score: $(VENV)/tested ## Print how well a draft reads the labelled documents (ARGS=--wrong: each fault)
	@$(PY) -m tests.audit.score $(ARGS)

incidents: $(VENV)/tested ## Write the README's table of public incidents anew
	@$(PY) tests/incidents/write_table.py

chances: $(VENV)/tested ## Write the README's table of how sure the five answers are anew
	@$(PY) tests/write_chances.py

screenshots: $(VENV)/tested ## Write pictures of the pages to data/screenshots (ARGS=landing: one page)
	@$(PY) tests/browser/screenshots.py $(ARGS)

bench: $(VENV)/benched ## Print how fast things are beside stock Voila and Panel (ARGS="visitors 10": ten minutes of 50)
	@$(PY) -m tests.bench $(ARGS)

reference: $(VENV)/installed ## Write REFERENCE.md: what every field of a system file means
	@$(PY) -m planning explain --markdown > REFERENCE.md

lock: $(VENV)/tested ## Bring requirements.lock up to date with pyproject.toml
	$(PY) -m uv pip compile $(COMPILE) --extra lab --group lock -o requirements.lock pyproject.toml
	$(PY) -m uv pip compile $(COMPILE) --extra lab --extra test --group lock -c requirements.lock \
	  -o tests/requirements.lock pyproject.toml
	$(PY) -m uv pip compile $(COMPILE) --extra bench --group lock -c requirements.lock \
	  -o tests/bench/requirements.lock pyproject.toml

# Universal: one file for Linux and macOS and all Pythons; versions and hashes, no addresses.
COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-emit-find-links --no-annotate --no-header --upgrade

clean: ## Remove the environment, caches and reports
	rm -rf $(VENV) .venv-oldest .venv-newest .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find reports -mindepth 1 ! -name .gitkeep -delete

# The Python that is named, else the first that fits; a Debian without python3-venv gets it if we may install it.
$(VENV)/made:
	@for p in $(if $(PYTHON),"$(PYTHON)",python3 $(PYTHONS)); do \
	  if "$$p" -c '$(FITS)' 2>/dev/null; then python="$$p"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 to 3.14 is needed; $(if $(PYTHON),$(PYTHON) is none,none was found)." >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip' 2>/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq python3-venv; \
	  else echo "Python's venv is missing; on Debian: sudo apt-get install python3-venv" >&2; exit 1; fi; \
	fi; \
	"$$python" -m venv $(VENV) && touch $@

$(VENV)/installed: $(VENV)/made requirements.lock pyproject.toml
	@echo "installing from requirements.lock (once; about a minute)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@$(PY) -m planning.present.vega
	@touch $@

$(VENV)/tested: $(VENV)/installed tests/requirements.lock
	@echo "installing the test extras"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@$(PY) tests/browser/find_browser.py --install
	@touch $@

$(VENV)/benched: $(VENV)/tested tests/bench/requirements.lock
	@echo "installing Panel, to measure beside"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/bench/requirements.lock
	@touch $@
