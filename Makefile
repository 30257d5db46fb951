# The mall's commands. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3.11
VENV := .venv
IN := $(VENV)/bin/python
STAMP := $(VENV)/installed
REQUIREMENTS := requirements-dev.txt requirements.txt requirements-telemetry.txt $(wildcard layers/*/requirements.txt)

# `make run PORT=9000` listens on 9000 to 9003; one port alone: PAY_PORT, API_PORT, STORE_PORT.
export MALL_LOCAL_PORT := $(or $(PORT),$(MALL_LOCAL_PORT))
export MALL_LOCAL_PAY_PORT := $(or $(PAY_PORT),$(MALL_LOCAL_PAY_PORT))
export MALL_LOCAL_API_PORT := $(or $(API_PORT),$(MALL_LOCAL_API_PORT))
export MALL_LOCAL_STORE_PORT := $(or $(STORE_PORT),$(MALL_LOCAL_STORE_PORT))
export MALL_LOCAL_SHAPE := $(or $(SHAPE),$(MALL_LOCAL_SHAPE))
export MALL_LOCAL_SPANS := $(or $(SPANS),$(MALL_LOCAL_SPANS))
export PYTHONPATH := $(CURDIR):$(CURDIR)/layers/common/python
# Kept, also where the machine's custom is otherwise: each process of a mall, and each worker of the tests, would compile anew.
export PYTHONDONTWRITEBYTECODE :=
export MALL_LOCAL_FOLDER ?=
LOCAL := $(or $(MALL_LOCAL_FOLDER),.local)

# Where tests keep their files for a moment: in memory, where there are four gigabytes of it to spare.
SCRATCH := $(shell [ "$$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 4000000 ] 2>/dev/null && echo /dev/shm || echo $${TMPDIR:-/tmp})

.PHONY: help run reset demo owner trace desk tick spans test cases fuzz lint crash bench growth cluster hot simulators conformance package client miniprogram web pages units docs generate migration freeze install

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

run: $(STAMP) ## the whole mall on this machine; PORT=8200, SHAPE=aws|scf|access|cloudbase
	@exec $(IN) -m infra.local

demo: $(STAMP) ## play a whole purchase against a running mall
	@$(IN) -m infra.local.demo

owner: $(STAMP) ## the first owner of the shop, password shown once; ARGS=--reset for a new password
	@$(IN) -m infra.local.owner --database-url "$${MALL_DATABASE_URL:-sqlite:///$(abspath $(LOCAL))/mall.db}" $(ARGS)

trace: $(STAMP) ## an order's whole story from the data: make trace ORDER=ord_... (or of MALL_DATABASE_URL)
	@$(IN) -m infra.local.trace --database-url "$${MALL_DATABASE_URL:-sqlite:///$(abspath $(LOCAL))/mall.db}" --log "$(abspath $(LOCAL))/logs/gateway.log" $(ORDER)

desk: $(STAMP) ## one action as staff: make desk ACTION=ops.list_cases INPUT='{}'; MALL_URL, MALL_STAFF
	@$(IN) -m infra.local.desk "$(ACTION)" "$$INPUT"

freeze: $(STAMP) ## freeze this release's schema steps and the rows that it writes, once, with its tag: make freeze RELEASE=2026-11-30
	@$(IN) -m tests.releases $(RELEASE)

tick: $(STAMP) ## fire a timer of the mall on this machine: make tick ACTION=ops.relay_outbox
	@$(IN) -m infra.local.desk "$(ACTION)" --tick

spans: $(STAMP) ## the last click and what followed, as a tree (after make run SPANS=1); REQUEST=id for another
	@$(IN) -m infra.local.spans "$(abspath $(LOCAL))/spans.jsonl" $(REQUEST)

reset: ## forget everything that `make run` keeps
	@rm -rf -- "$(LOCAL)" && echo "$(LOCAL) is empty"

test: $(STAMP) ## every test, on SQLite and on a private MariaDB
	@$(IN) -c "import sys; from infra.local.mariadb import ensure_installed; sys.exit(not ensure_installed())" || \
	  printf '\n!!! ------------------------------------------------------------\n!!! NO MARIADB: every test that needs it is SKIPPED in this run.\n!!! ------------------------------------------------------------\n\n'
	@$(IN) -m infra.web check || \
	  printf '\n!!! ------------------------------------------------------------\n!!! NO NODE: the tests of web/ are SKIPPED in this run.\n!!! ------------------------------------------------------------\n\n'
	@$(IN) -m infra.web.chromium || \
	  printf '\n!!! ------------------------------------------------------------\n!!! NO CHROMIUM: the tests of the pages are SKIPPED in this run.\n!!! ------------------------------------------------------------\n\n'
	@TMPDIR="$(SCRATCH)" $(IN) -m pytest -n $(or $(WORKERS),3) --dist loadfile --no-loadscope-reorder -ra $(TESTS)

cases: $(STAMP) ## public bug cases of other malls and attacks, over HTTP against a mall of its own (PORT=8200: a running one)
	@MALL_CASES=1 $(IN) -m pytest -p no:cacheprovider -v tests/cases $(ARGS)

fuzz: $(STAMP) ## FUZZ=10 times the suite's cases, fresh ones, and schemathesis over HTTP
	@FUZZ=$(or $(FUZZ),10) $(IN) -m pytest tests/security/test_fuzz.py
	@test -x .fuzz/bin/schemathesis || { $(PYTHON) -m venv .fuzz && .fuzz/bin/pip install -q -r requirements-fuzz.txt; }
	@$(IN) -m tests.security.over_http "$(CURDIR)/.fuzz/bin/schemathesis" $(or $(EXAMPLES),20)

simulators: $(STAMP) ## both WeChat simulators alone, for any backend; ARGS="--keys public-key --port 9201"
	@exec $(IN) -m infra.local.simulators $(ARGS)

conformance: $(STAMP) ## foreign SDKs from the registries against the simulators; writes docs/conformance.md
	@$(IN) -m tests.conformance $(ARGS)

lint: $(STAMP) ## ruff over everything
	@$(VENV)/bin/ruff check .

crash: $(STAMP) ## kill every action at every step; ARGS=kills: processes at random; ARGS=interleavings: pairs
	@$(IN) -m tests.crash $(ARGS)

bench: $(STAMP) ## measure: cold start, round trips, checkouts a second
	@$(IN) -m bench

growth: $(STAMP) ## shops of 10^3, 10^5 and 10^6 orders: what grows? writes docs/growth.md; ARGS="--sizes 1000,20000": a look
	@$(IN) -m bench.growth $(or $(ARGS),--write) $(if $(ARGS),,&& $(IN) -m bench.timers --write)

cluster: $(STAMP) ## three Galera nodes under load, one killed and back; writes docs/cluster.md; ARGS=--quick: a look
	@$(IN) -m bench.cluster $(or $(ARGS),--write)

hot: $(STAMP) ## everybody wants one SKU: the house beside the bare driver, into docs/bench.md
	@$(IN) -m bench --only hot --write

package: $(STAMP) ## the zips and manifests for every platform, into dist/
	@$(IN) -m infra.package

client: $(STAMP) ## the typed client for mini programs and pages, packed for npm, into dist/
	@$(IN) -m infra.web client

miniprogram: $(STAMP) ## services for the TDesign retail starter, into dist/miniprogram: docs/miniprogram.md
	@$(IN) -m infra.web miniprogram

web: $(STAMP) ## build the console and the shop into dist/web/, what has changed, and weigh them
	@$(IN) -m infra.web pages

pages: $(STAMP) ## the console and the shop for a host, and up there: make pages PLATFORM=aws|scf|cloudbase
	@$(IN) -m infra.web deploy "$(PLATFORM)"

units: $(STAMP) ## what is deployed together, and what of each platform's quotas it takes
	@$(IN) -m infra.package units

docs: $(STAMP) ## generate docs/actions, states, errors, settings
	@$(IN) -m infra.docs

generate: $(STAMP) ## what is drawn from the code: manifests, pages, the client's types, the console's words
	@$(IN) -m infra.package manifests && $(IN) -m infra.docs && $(IN) -m infra.web generate

migration: $(STAMP) ## write the next schema step: make migration MESSAGE="add a column"
	@$(IN) -m infra.migrations make "$(MESSAGE)"

install: $(STAMP) ## make .venv and install what is needed

$(STAMP): $(REQUIREMENTS)
	@bash infra/local/install.sh "$(PYTHON)" "$(VENV)" $(REQUIREMENTS)
