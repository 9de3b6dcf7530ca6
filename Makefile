# Everything starts here. Each target does its own set-up in .venv, once, and again when pyproject.toml changes.
# Needs Python 3.11 or newer, make and a package registry, nothing else.

PYTHON ?= python3
JOBS   ?= 2
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet
READY  := $(VENV)/.ready
PAGE   := $(shell find web -path web/node_modules -prune -o -type f -print)

# No notice about another product, and no look for a newer version of a tool that is pinned.
export NO_MKDOCS_2_WARNING := 1
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test check format bench docs clean

help:  ## Show this list.
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(READY)/run  ## See one network work: MODEL=net.onnx, INPUT=photo.jpg for your own, ARGS=--text to print.
	@$(BIN)/striate demo $${MODEL:+--model "$$MODEL"} $${INPUT:+--input "$$INPUT"} $(ARGS)

# A file's tests share what it sets up, so they stay on one worker; files in the order that tests/conftest.py gives them.
test: $(READY)/test $(READY)/page $(READY)/browser  ## Run all tests, doctests and documented examples, with the coverage gate (ARGS="-k conv" adds options).
	@STRIATE_REQUIRE_PEERS=1 $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --cov $(ARGS)
	@$(if $(ARGS),:,$(BIN)/python scripts/npm.py test --silent)

# import-linter's cache does not notice a module that is new: without it the layers are always those of the tree.
check: $(READY)/test $(READY)/web $(READY)/docs  ## Judge style, types, layers and documentation.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/pyright --pythonpath $(BIN)/python
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python scripts/npm.py run check --silent
	@$(BIN)/mkdocs build --strict --quiet
	@echo "check: all good"

format: $(READY)/test  ## Repair what can be repaired: formatting, import order.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY)/bench  ## Race the engine against its peers (ARGS="convolutions --repeat 5" chooses).
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(READY)/docs  ## Build the documentation into site/.
	@$(BIN)/mkdocs build --strict --quiet
	@echo "docs: open site/index.html"

clean:  ## Remove everything that these targets made.
	rm -rf $(VENV) web/node_modules site build dist htmlcov .coverage .coverage.* .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# ---- set-up: an empty file in .venv/.ready stands for each finished installation. The page is built where it is needed.

$(READY)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "striate needs Python 3.11 or newer, and $(PYTHON) is not; say: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "set-up: creating $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@mkdir -p $(READY) && touch $@

$(READY)/run: pyproject.toml hatch_build.py $(PAGE) $(READY)/venv
	@echo "set-up: installing striate (a minute, once)"
	@$(PIP) -e .
	@touch $@

$(READY)/test: pyproject.toml $(READY)/venv
	@echo "set-up: installing striate with its test peers (minutes, once)"
	@STRIATE_BUILD_WEB=0 $(PIP) -e ".[peers,dev]"
	@touch $@

$(READY)/bench: pyproject.toml $(READY)/venv
	@echo "set-up: installing striate and what it is raced against (minutes, once)"
	@$(PIP) -e ".[bench]"
	@touch $@ $(READY)/run

$(READY)/docs: pyproject.toml $(READY)/venv
	@echo "set-up: installing the documentation tools (a minute, once)"
	@STRIATE_BUILD_WEB=0 $(PIP) -e ".[docs]"
	@touch $@

$(READY)/web: web/package-lock.json $(READY)/test
	@echo "set-up: installing the tools of the studio's page (seconds, once)"
	@$(BIN)/python scripts/npm.py ci --silent --no-fund --no-audit
	@touch $@

# The tests open the page as web/ has it now, not as it was when striate was installed.
$(READY)/page: $(PAGE) $(READY)/web
	@$(BIN)/python scripts/npm.py run build --silent >/dev/null
	@touch $@ $(READY)/run

# Looked for each time: without it the tests in a browser are left out, which is said (STRIATE_REQUIRE_BROWSER=1: an error).
.PHONY: $(READY)/browser
$(READY)/browser: $(READY)/test
	@$(BIN)/python -m benchmarks.studio.browser
