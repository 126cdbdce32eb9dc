# Everything a newcomer needs is `make demo` and `make test`; both make their environment first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# Images of containers set it, and then every process of a test compiles the application once more.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint environment clients bench soak generate docs clean

$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.test: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,postgres,serve]'
	touch $@

demo: $(VENV)/.run ## three member archives and a hub on loopback; Ctrl-C ends it
	@$(BIN)/ommatidia demo

test: lint ## lint, floors, types and every test this machine can run
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/lint-imports
	$(BIN)/mypy

environment: $(VENV)/.test ## what the tests need, in .venv/

clients: ## clients of other people that the tests let read us, in .clients/
	PYTHON=$(PYTHON) tests/clients/install.sh

bench: $(VENV)/.test ## measurements; they need ../shared/partners for the real crates
	$(BIN)/python -m tests.bench.bench_harvest
	$(BIN)/python -m tests.bench.bench_query
	$(BIN)/python -m tests.bench.bench_validation
	$(BIN)/python -m tests.bench.bench_first_copy
	$(BIN)/python -m tests.bench.bench_adapters
	$(BIN)/python -m tests.bench.replay_history
	$(BIN)/python -m tests.bench.bench_nochange
	$(BIN)/python -m tests.bench.bench_oai
	$(BIN)/python -m tests.bench.bench_ldes
	$(BIN)/python -m tests.bench.bench_oai_server
	$(BIN)/python -m tests.bench.bench_hostile
	$(BIN)/python -m tests.bench.bench_hostile_member
	$(BIN)/python -m tests.bench.federation_demo
	$(BIN)/python -m tests.bench.bench_federation
	$(BIN)/python -m tests.bench.bench_images
	$(BIN)/python -m tests.bench.bench_catalog
	$(BIN)/python -m tests.bench.bench_dump
	$(BIN)/python -m tests.bench.bench_audit
	$(BIN)/python -m tests.bench.bench_live

soak: $(VENV)/.test ## long crash tests
	$(BIN)/python -m tests.bench.soak_kill
	$(BIN)/python -m tests.bench.soak_cluster
	$(BIN)/python -m tests.bench.soak_engine
	$(BIN)/python -m tests.bench.soak_federation --minutes 60

generate: $(VENV)/.test ## regenerate everything that comes from schema/
	$(BIN)/python -m catalogue.model.compiler

docs: $(VENV)/.run ## the model and the documentation as static pages in build/docs
	rm -rf build/docs
	$(BIN)/python -m catalogue.web.static_site build/docs

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
