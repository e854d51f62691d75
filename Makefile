# make run    set up, fetch models, index the notes, open the chat page
# make test   everything that the tests need, then all tests
# make check  linter, types, import rules

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
PORT   ?= 8501
# Where there is no screen, no browser is opened; the address is printed all the same.
HEADLESS := $(if $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(findstring Darwin,$(shell uname))),false,true)

.PHONY: run test check fix ingest models chromium clean help
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.installed models ingest  ## set up what is missing, then open the chat page
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.headless $(HEADLESS)

test: $(VENV)/.installed-dev chromium  ## all tests: unit, integration, browser
	$(BIN)/ragbot models pull reranker chat-tiny
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.installed-dev  ## linter, format, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/.installed-dev  ## let the linter mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

ingest: $(VENV)/.installed  ## bring the index to what corpus/ holds
	$(BIN)/python -m ingest

# Without the weights the bot still answers, with quotes; so a failure here is only told.
models: $(VENV)/.installed  ## fetch the model weights, once
	@$(BIN)/ragbot models pull reranker || true
	@$(BIN)/ragbot models pull chat || echo "no local chat model: quotes will answer (try again: make models)"

chromium: $(VENV)/.installed-dev
	@if command -v chromium chromium-browser google-chrome google-chrome-stable >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	else $(BIN)/playwright install chromium; fi

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "ragbot needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install -q -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install -q -c constraints.txt -e '.[dev]'
	@touch $@

clean:  ## remove the environment and the index (not the fetched models)
	rm -rf $(VENV) .ragbot
