# `make` builds and tests, `make help` lists the rest. Nothing here needs to be run before anything else:
# each target does all that it needs on a fresh clone.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := all

# What the C floor and the pictures are built on, as Debian names it.
PACKAGES := libwebsockets-dev libssl-dev libnghttp2-dev libpng-dev libturbojpeg0-dev libwebp-dev libyaml-dev zlib1g-dev
SWIFT    ?= swift
PYTHON   ?= python3
VENV     := .build-venv
# The suite that people talk to is optimised, with the Swift runtime linked in: up sooner, and in half the memory.
UNDERSTUDY := .build/release/understudy
# Hundreds of tests at once on two cores make each of them wait for all the others; a dozen, most of which wait for a time
# or an answer, does not.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 12

.PHONY: all
all: build test

##@ Every day

.PHONY: setup
setup: ## install the C libraries that are missing (apt; sudo only if you are not root)
	@missing=""; for package in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	sudo=""; if [ "$$(id -u)" != 0 ]; then sudo="sudo "; fi; \
	echo "setup: $${sudo}apt-get update && $${sudo}apt-get install -y --no-install-recommends$$missing"; \
	$${sudo}apt-get update -qq; \
	$${sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	echo "setup: done"

.PHONY: build
build: setup ## build everything, unoptimised
	$(SWIFT) build --build-tests

.PHONY: mocks-up
mocks-up: release ## start the whole suite in the background and print its addresses
	@$(UNDERSTUDY) up --detach --table --verbose

.PHONY: mocks-down
mocks-down: ## end the suite that mocks-up started
	@if [ -x $(UNDERSTUDY) ]; then $(UNDERSTUDY) down; else echo "Nothing is up here."; fi

.PHONY: mocks-status
mocks-status: ## is it up, and where?
	@if [ -x $(UNDERSTUDY) ]; then $(UNDERSTUDY) status; else echo "Nothing is up here."; exit 1; fi

.PHONY: mocks-logs
mocks-logs: ## follow what the suite logs
	@$(UNDERSTUDY) logs -f

.PHONY: doctor
doctor: release ## build "understudy doctor", optimised (some minutes, once), and run it: who is up, and how are they?
	@[ -x $(UNDERSTUDY)-doctor ] || echo "building the doctor, optimised: some minutes, once"
	@$(SWIFT) build -q -c release --static-swift-stdlib --product understudy-doctor
	@$(UNDERSTUDY) doctor

.PHONY: test
test: setup $(VENV)/Clients ## Swift tests, then real clients from PyPI against the fakes
	@mkdir -p reports
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest 2>&1 | tee reports/swift-test.log
	UNDERSTUDY_BIN="$$($(SWIFT) build --show-bin-path)" $(VENV)/bin/python -m pytest Tests/Clients 2>&1 | tee reports/pytest.log
	@$(MAKE) --no-print-directory results

.PHONY: results
results:
	@echo; grep -hE '^.{0,4}Test run with' reports/swift-test.log | tail -n 1; tail -n 1 reports/pytest.log

##@ Closer looks

.PHONY: effect-table
effect-table: debug $(VENV)/Clients ## play every effect to real clients and write what they see into the README
	UNDERSTUDY_BIN="$$($(SWIFT) build --show-bin-path)" $(VENV)/bin/python -m pytest Tests/Clients/effects -n 0 --write-table

.PHONY: contract-matrix
contract-matrix: setup ## play every effect to the client library, write what it does into its documentation, and print that
	@$(SWIFT) build -q --build-tests
	@mkdir -p reports
	@CONTRACT_MATRIX=write $(SWIFT) test --skip-build --disable-xctest --filter ContractTests >reports/contract-matrix.log 2>&1 \
	    || { cat reports/contract-matrix.log; exit 1; }
	@cat Sources/Connectivity/Connectivity.docc/WhatTheClientsDo.md

.PHONY: replay
replay: debug $(VENV)/Recordings ## BACKEND=comfyui|litellm|gradio [RECORDINGS=DIR] [REPLAY=PATH/replay.py]: play recordings of the real servers
	@$(VENV)/bin/python Tests/Recordings/replay_all.py \
	    --backend "$(or $(BACKEND),$(error replay needs BACKEND=comfyui, litellm or gradio))" \
	    --recordings "$(or $(RECORDINGS),../shared/recordings/$(BACKEND))" --replay "$(or $(REPLAY),../shared/tools/replay.py)" \
	    --bin "$$($(SWIFT) build --show-bin-path)"

.PHONY: client-matrix
client-matrix: debug $(VENV)/Clients $(VENV)/Gradio $(VENV)/OldClients ## every client of Gradio with every version, and the README's table of it
	UNDERSTUDY_CLIENT_MATRIX=1 UNDERSTUDY_BIN="$$($(SWIFT) build --show-bin-path)" \
	    $(VENV)/bin/python -m pytest Tests/Clients/matrix -n 0

.PHONY: web-interface
web-interface: debug $(VENV)/WebInterface $(VENV)/Gradio ## ComfyUI's and Gradio's own pages in a headless Chromium (apt); screenshots in reports/web-interface
	@$(MAKE) --no-print-directory setup PACKAGES=chromium
	UNDERSTUDY_SCREENSHOTS=reports/web-interface UNDERSTUDY_BIN="$$($(SWIFT) build --show-bin-path)" \
	    $(VENV)/bin/python -m pytest Tests/Clients/test_web_interface.py Tests/Clients/test_gradio_page.py -n 0

.PHONY: autobahn
autobahn: setup $(VENV)/bin/kosoku ## the WebSocket conformance cases against an echo on our floor
	@$(SWIFT) build -q --product floor-echo
	@rm -rf reports/autobahn; mkdir -p reports/autobahn; \
	coproc ECHO { exec "$$($(SWIFT) build --show-bin-path)/floor-echo" 0; }; \
	trap 'kill $$ECHO_PID; wait' EXIT; read -r address <&"$${ECHO[0]}"; \
	$(VENV)/bin/kosoku -m fuzzingclient -p 4 -x '12.*' -x '13.*' -o reports/autobahn "$${address#http://}" | tee reports/autobahn.log; \
	grep -q '^301 cases passed$$' reports/autobahn.log

.PHONY: bench
bench: setup ## throughput beside a bare libwebsockets server and nginx, events a second, start, memory: a table of ratios
	@SWIFT="$(SWIFT)" PYTHON="$(PYTHON)" Benchmarks/measure

.PHONY: bench-connectivity
bench-connectivity: setup $(VENV)/Clients ## the client library beside AsyncHTTPClient used bare, aiohttp and websockets
	@SWIFT="$(SWIFT)" PYTHON="$(CURDIR)/$(VENV)/bin/python" Benchmarks/measure connectivity

# $(call coverage-gates,FLAGS OF THE BUILD): what its tests reached, held against Tests/coverage-gates.py.
define coverage-gates
	@bin="$$($(SWIFT) build $(1) --show-bin-path)"; \
	cov="$$(dirname "$$(readlink -f "$$(command -v $(SWIFT))")")/llvm-cov"; \
	files=("$$bin"/*.xctest -instr-profile "$$bin/codecov/default.profdata" -ignore-filename-regex '(\.build|Tests|Benchmarks|Examples)/'); \
	if [ -n "$(ALL)" ]; then "$$cov" report "$${files[@]}"; fi; \
	"$$cov" export -summary-only "$${files[@]}" >reports/coverage.json; \
	$(PYTHON) Tests/coverage-gates.py reports/coverage.json
endef

# Built apart, so that no other build begins anew.
.PHONY: coverage
coverage: COVERED := --enable-code-coverage --scratch-path .build-coverage
coverage: setup ## lines of Connectivity that its tests reach, by part, with gates; ALL=1: all Swift tests, and the other modules too
	@mkdir -p reports
	$(SWIFT) build --build-tests $(COVERED)
	$(SWIFT) test --skip-build --disable-xctest $(COVERED) $(if $(ALL),,--filter ConnectivityTests)
	$(call coverage-gates,$(COVERED))

.PHONY: repeat
repeat: setup ## RUNS=100 [ALL=1]: the tests of Connectivity, or all Swift tests, again and again until one fails
	@mkdir -p reports
	$(SWIFT) build --build-tests
	@for run in $$(seq $(or $(RUNS),100)); do \
	    timeout 300 $(SWIFT) test --skip-build --disable-xctest $(if $(ALL),,--filter ConnectivityTests) >reports/repeat.log 2>&1 \
	        || { cat reports/repeat.log; echo "repeat: run $$run failed, or took 300 s; see reports/repeat.log"; exit 1; }; \
	    printf '%s\n' "run $$run: $$(grep -oE 'Test run with .*' reports/repeat.log | tail -n 1)"; \
	done; \
	echo "repeat: $(or $(RUNS),100) runs, none failed"

.PHONY: soak
soak: setup ## MINUTES=10: the client library against fakes in chaos: nothing grows, nothing is lost, nothing is done twice
	@$(SWIFT) build -q --product understudy
	@$(SWIFT) build -q --product soak
	@bin="$$($(SWIFT) build --show-bin-path)"; "$$bin/soak" "$$bin/understudy" $(or $(MINUTES),10)

# Instrumented, a test computes for many seconds: two at once, so that none waits longer than a server does for its client.
# Thread: Synchronization.Mutex is not instrumented, see there. Address: with leaks; Swift's own are named there.
.PHONY: sanitize
sanitize: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = 2
sanitize: export TSAN_OPTIONS = suppressions=$(CURDIR)/Tests/thread-sanitizer.txt
sanitize: export LSAN_OPTIONS = suppressions=$(CURDIR)/Tests/leak-sanitizer.txt:print_suppressions=0
sanitize: export ASAN_OPTIONS = malloc_context_size=80
# COVERAGE=1 with ONLY=thread: one build for both.
sanitize: COVERED := $(if $(COVERAGE),--enable-code-coverage)
sanitize: setup ## [ONLY=thread|address]: the Swift tests under the thread sanitizer, then under the address and leak sanitizers
	@mkdir -p reports
	@for sanitizer in $(or $(ONLY),thread address); do \
	    $(SWIFT) test --disable-xctest --sanitize=$$sanitizer --scratch-path .build-sanitize-$$sanitizer $(COVERED) 2>&1 \
	        | tee reports/sanitize-$$sanitizer.log; \
	done
	$(if $(COVERAGE),$(call coverage-gates,--sanitize=thread --scratch-path .build-sanitize-thread $(COVERED)))

.PHONY: image-check
image-check: setup ## prove the container's runtime stage without a container engine (root, debootstrap)
	docker/image-check

##@ Keeping house

.PHONY: format
format: ## lay out the sources as .swift-format says
	$(SWIFT) format -i -r Sources Tests Benchmarks Examples Package.swift

.PHONY: lint
lint: ## complain about layout, change nothing
	$(SWIFT) format lint --strict -r Sources Tests Benchmarks Examples Package.swift

.PHONY: clean
clean: ## remove all that was built
	rm -rf .build .build-* reports

.PHONY: help
help: ## this list
	@awk 'BEGIN { FS = ":.*## " } \
	    /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# What the targets above stand on.

.PHONY: release
release: setup
	@[ -x $(UNDERSTUDY) ] || echo "building the suite, optimised: some minutes, once"
	@# Foundation, which the argument parser brings, names a function that the linker has a word to say about.
	@$(SWIFT) build -q -c release --static-swift-stdlib --product understudy 2>&1 | { grep -v 'mktemp' || true; }

.PHONY: debug
debug: setup
	@$(SWIFT) build -q

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	    $(MAKE) --no-print-directory setup PACKAGES=python3-venv; $(PYTHON) -m venv $(VENV); }

# The clients are pinned to the last one, so nothing is left to resolve.
$(VENV)/Clients: Tests/Clients/requirements.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install -q --no-deps -r $<
	@touch $@

# 29 MB of download, which only that target needs.
$(VENV)/WebInterface: | $(VENV)/Clients
	$(VENV)/bin/python -m pip install -q --no-deps comfyui-frontend-package==1.58.1
	@touch $@

# Clients of older versions, each with what it was made for.
OLD_CLIENTS := 1.14.0/websockets==15.0.1 1.3.0/huggingface_hub==0.36.2 0.6.1/websockets==11.0.3
$(VENV)/OldClients: | $(VENV)/bin/python
	@for client in $(OLD_CLIENTS); do version=$${client%%/*}; \
	    $(PYTHON) -m venv "$(VENV)/gradio-client-$$version"; \
	    "$(VENV)/gradio-client-$$version/bin/python" -m pip install -q "gradio_client==$$version" "$${client#*/}" 'huggingface_hub<2'; done
	@touch $@

# The real Gradio, which brings half of Python with it: 500 MB, in an environment of its own.
$(VENV)/Gradio: | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/gradio
	$(VENV)/gradio/bin/python -m pip install -q gradio==6.31.0 gradio_client==2.7.2
	@touch $@

$(VENV)/Recordings: Tests/Recordings/requirements.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install -q -r $<
	@touch $@

$(VENV)/bin/kosoku: | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install -q kosoku==0.1.0
