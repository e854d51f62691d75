# Everything from a fresh clone to the page in the browser: make run

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable

# The page: what to run, where; and what to give to pytest.
PORT ?= 8501
# Where there is no screen no browser is opened; the address is printed all the same.
HEADLESS := $(if $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(findstring Darwin,$(shell uname))),false,true)
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run ingest eval gate fit test check fix clean dev weights test-weights chromium

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed weights ## set up what is missing, then serve the page
	$(BIN)/python -m ingest --keep-others
	$(BIN)/streamlit run app.py --server.port=$(PORT) --server.headless=$(HEADLESS)

ingest: $(VENV)/.installed ## bring the index to what corpus/ holds
	$(BIN)/python -m ingest

eval: $(VENV)/.installed weights ingest ## score the shipped configuration (ARGS="--model quotes")
	$(BIN)/python -m eval run $(ARGS)

gate: $(VENV)/.installed weights ingest ## fail where quality fell below the committed baseline
	$(BIN)/python -m eval leakage
	$(BIN)/python -m eval gate

fit: $(VENV)/.installed weights ingest ## fit the gate anew, after a change of what reads (12 min)
	$(BIN)/python -m ingest eval/other_notes --index .ragbot/other-notes
	$(BIN)/python -m eval fit --others .ragbot/other-notes

test: dev test-weights chromium ## all tests (ARGS="-k words" for some)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

check: dev ## linter, formatter, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: dev ## what the linter and the formatter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## drop the venv, the caches and .ragbot: index, eval runs, kept replies; weights stay
	rm -rf $(VENV) .ragbot .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src ingest eval tuning ui tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

# Without the weights there are still answers, so a network that is missing stops nothing.
weights: $(VENV)/.installed
	@$(BIN)/ragbot models pull || echo "not all weights were fetched: answers are simpler until 'ragbot models pull' succeeds"

# The tests skip what they lack; here they shall lack nothing.
test-weights: dev
	@$(BIN)/ragbot models pull reranker entailment chat-tiny

chromium: dev
	@for name in $(BROWSERS); do if command -v $$name; then exit 0; fi; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && apt-get update && \
		apt-get install --yes --no-install-recommends chromium; then exit 0; fi; \
	$(BIN)/python -m playwright install chromium

dev: $(VENV)/.installed-dev

# Stamps: an install is repeated only when what it was made from has changed.
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $(VENV)/.installed $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("error: ragbot needs Python 3.11 or newer, and $(PYTHON) is %d.%d\n  to mend it: make PYTHON=python3.12 ..." % v[:2])'
	$(PYTHON) -m venv $(VENV)
