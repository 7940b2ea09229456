# Lumina for Jupyter: everything that a fresh machine with Python, pip and make needs.

PYTHON ?= python3
MODEL ?= qwen2.5-coder-0.5b
NOTEBOOK ?= notebooks/quickstart.ipynb
LAB_ARGS ?=
BENCH ?=

BIN = .venv/bin
# Jupyter asks for it where there is no other user than root, as in most containers.
AS_ROOT = $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: help install lab test lint bench bench-automl clean

help:
	@echo 'make install  set everything up in .venv'
	@echo 'make lab      set up, fetch the embedded model, open JupyterLab on $(NOTEBOOK)'
	@echo 'make test     set up, run every check and every test'
	@echo 'make lint     set up, check the source only'
	@echo 'make bench    set up, print every figure as: name value unit'
	@echo 'make bench-automl  AutoML beside its peers; hours; BENCH="--tables telco_churn --budgets 60" runs a part'
	@echo 'make clean    remove .venv and everything that was built'

install:
	@$(PYTHON) scripts/setup.py --extras all

lab: install
	@$(if $(MODEL),$(BIN)/lumina pull $(MODEL))
	@exec $(BIN)/lumina lab --no-pull $(AS_ROOT) $(LAB_ARGS) $(NOTEBOOK)

test:
	@$(PYTHON) scripts/setup.py --extras all,test
	@$(BIN)/python scripts/check.py

lint:
	@$(PYTHON) scripts/setup.py --extras all,test
	@$(BIN)/python scripts/check.py --lint

bench:
	@$(PYTHON) scripts/setup.py --extras all,test
	@for model in smollm2-135m qwen2.5-coder-0.5b; do $(BIN)/lumina pull $$model || exit 1; done
	@$(BIN)/python -m tests.bench

# With CatBoost, as its peers have it.
bench-automl:
	@$(PYTHON) scripts/setup.py --extras all,catboost
	@$(BIN)/python -m tests.bench.automl $(BENCH)

clean:
	rm -rf .venv .uv build dist labextension/lib labextension/node_modules labextension/tsconfig.tsbuildinfo lumina_jupyter/_labextension
