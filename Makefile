# Every target sets up .venv by itself; PYTHON names the interpreter to make it with (3.11 or newer).
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup demo crawl test lint proof bench lock clean

setup: $(READY)

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "csco_spider needs Python 3.11 or newer: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { \
		echo "no virtual environment could be made; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

demo: $(READY)  ## crawl the bundled replica of both CSCO sites
	@$(BIN)/python -m csco_spider.demo

crawl: $(READY)  ## crawl the live sites: a night
	@$(BIN)/scrapy nightly

test: $(READY)
	$(BIN)/pytest

lint: $(READY)  ## style, types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

proof: $(READY)  ## long proofs; they print their figures
	$(BIN)/pytest -m proof -n 0 -s -p no:randomly

bench: $(READY)  ## figures: a crawl beside a bare one, large ledgers, the archive, a quiet night
	$(BIN)/python -m benchmarks.crawl
	$(BIN)/python -m benchmarks.ledger
	$(BIN)/python -m benchmarks.archive
	$(BIN)/python -m benchmarks.nightly

lock:  ## renew requirements.lock from pyproject.toml
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/pip install --quiet uv
	.venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-emit-index-url --no-emit-find-links --no-header --group dev pyproject.toml -o requirements.lock

clean:
	rm -rf .venv var feeds/demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
