# Every door of the project. `make help` lists them. Needs only Python ≥ 3.11 and make.

.DEFAULT_GOAL := help
SHELL := /bin/sh

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install --require-hashes
RUNTIME := .venv/.runtime
DEV := .venv/.dev
# Folders that hold code, however young the checkout: mypy stops at an empty one.
CODE := $(wildcard $(addsuffix /*.py,bot handlers services models locales benchmarks tests))
CHECKED := $(sort $(patsubst %/,%,$(dir $(CODE)))) $(wildcard migrations/env.py)
PYBABEL := $(PY) -m babel.messages.frontend --quiet
SAME := diff -r -x __pycache__ -I '^"POT-Creation-Date: '

# Fresh catalogs in the folder $$new. Babel forgets the translation of a sentence that leaves the code and comes back,
# unless what it put aside (lines beginning with "#~") is made live again first.
FRESH_CATALOGS = new=$$(mktemp -d); trap 'rm -rf "$$new"' EXIT; cp -R locales/. "$$new"; \
	$(PYBABEL) extract --mapping-file babel.cfg --add-location file --sort-by-file --width 110 --project "Tổ Số" --msgid-bugs-address "Tổ Số" \
		--header-comment "\# The sentences of Tổ Số, as the code says them." \
		--output-file "$$new/messages.pot" . || exit 1; \
	for catalog in "$$new"/*/LC_MESSAGES/messages.po; do \
		sed 's/^\#~ //' "$$catalog" >"$$new/live" && mv "$$new/live" "$$catalog" || exit 1; done; \
	$(PYBABEL) update --domain messages --width 110 --no-fuzzy-matching --ignore-pot-creation-date \
		--input-file "$$new/messages.pot" --output-dir "$$new" || exit 1

##@ For everyone

.PHONY: demo run help
demo: $(RUNTIME) ## Talk to the program within a minute: http://127.0.0.1:8080, no token needed
	@exec ./toso demo $(ARGS)

run: $(RUNTIME) ## Run with config.toml and .env
	@exec ./toso run $(ARGS)

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Setting up (the others do it by themselves)

.PHONY: setup setup-dev
setup: $(RUNTIME) ## Make .venv and install what running needs
	@echo "Ready. Next: make demo"

setup-dev: $(DEV) ## Also install what testing, checking and measuring need

##@ For developers

.PHONY: test lint format bench translations migration lock
test: $(DEV) ## Run every test, or some: make test T="tests/services -k rollup"
	@$(PY) -m pytest $(if $(T),$(T),-n auto --dist worksteal)

lint: $(DEV) ## Check style, types, the direction of imports and the catalogs
	@failed=0; \
	$(PY) -m ruff check . || failed=1; \
	$(PY) -m ruff format --check . || failed=1; \
	$(PY) -m mypy $(CHECKED) || failed=1; \
	.venv/bin/lint-imports --no-logo || failed=1; \
	$(FRESH_CATALOGS); \
	$(SAME) locales "$$new" >/dev/null || { \
		echo "The catalogs in locales/ are behind the code: run make translations." >&2; failed=1; }; \
	exit $$failed

format: $(DEV) ## Format the code and repair what ruff can repair
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

bench: $(DEV) ## Measure against named peers, all or one: make bench B=updates
	@for file in benchmarks/$(or $(B),[a-z]*).py; do \
		echo "== $$file"; PYTHONPATH=. $(PY) "$$file" || exit 1; done

translations: $(DEV) ## Collect the sentences of the code into the catalogs
	@$(FRESH_CATALOGS); \
	cd "$$new" && for catalog in messages.pot */LC_MESSAGES/messages.po; do \
		$(SAME) "$$catalog" "$(CURDIR)/locales/$$catalog" >/dev/null 2>&1 \
			|| cp "$$catalog" "$(CURDIR)/locales/$$catalog"; done

migration: $(DEV) ## Write the migration for changed models: make migration m="what changes"
	@[ -n "$(m)" ] || { echo 'make migration needs a name: make migration m="what changes".' >&2; exit 2; }
	@$(PY) -m bot.migrations "$(m)"

lock: $(DEV) ## Renew the hashed locks from requirements*.in; newest versions: make lock U=--upgrade
	@uv=$$(command -v .venv/bin/uv || command -v uv) || { \
		echo "make lock needs uv: install it with your system or with .venv/bin/pip install uv." >&2; exit 1; }; \
	compile() { "$$uv" pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock" $(U) "$$@"; }; \
	compile requirements.in --output-file requirements.txt \
		&& compile requirements-dev.in --output-file requirements-dev.txt \
		&& compile --no-deps requirements-units.in --output-file requirements-units.txt

# ---------------------------------------------------------------- what stands behind the doors

# The system's own python3 first, then whichever is new enough. Without `ensurepip`: Debian without python3-venv.
.venv/bin/python:
	@poor=; for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14 python; do \
		command -v $$python >/dev/null || continue; \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		$$python -c 'import ensurepip, venv' 2>/dev/null || { poor=$$python; continue; }; \
		echo "Making .venv with $$($$python --version) ..."; exec $$python -m venv --clear .venv; \
	done; \
	if [ -n "$$poor" ]; then \
		echo "$$poor cannot make environments: install python3-venv (on Debian: apt-get install python3-venv)." >&2; \
	else \
		echo "Tổ Số needs Python 3.11 or newer and found none: install it, or name one: make PYTHON=/its/path." >&2; \
	fi; exit 2

$(RUNTIME): .venv/bin/python requirements.txt requirements-units.txt
	@echo "Installing what Tổ Số needs to run (once, about half a minute) ..."
	@$(PIP) --requirement requirements.txt
	@$(PIP) --requirement requirements-units.txt --no-deps
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.txt
	@echo "Installing what testing and checking need (once, about half a minute) ..."
	@$(PIP) --requirement requirements.txt --requirement requirements-dev.txt
	@touch $@
