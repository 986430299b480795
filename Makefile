# make demo   set up, then port the bundled module and compile it before and after
# make test   set up, then everything that must hold
# make bench TREE=sys   measure on a tree of yours (not part of the tests)

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= auto

.PHONY: demo test lint types pytest wheel bench golden clean

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: $(READY)
	$(BIN)/python tools/demo.py

test: lint types pytest wheel

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

pytest: $(READY)
	$(BIN)/python -m pytest -n $(JOBS) -rs

wheel: $(READY)
	$(BIN)/python tools/try_wheel.py

bench: $(READY)
	$(BIN)/python benchmarks/bench.py $(TREE)

golden: $(READY)
	$(BIN)/python tools/golden.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
