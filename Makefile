# Sym for Tailscale. `make demo` and `make test` are all that is needed; `make help` lists the rest.

SHELL := /bin/sh
BIN := .build/debug
SWIFT_SOURCES = find Package.swift Services Shared Tests -name '.build*' -prune -o -name '*.swift' -print
# One set of flags for every build: alternating between sets redoes 150 steps each time.
BUILD := swift build --build-tests
# The tests' output stays visible; the second pass is for XCTest, which we do not use.
TEST := swift test --disable-xctest

.PHONY: help deps build demo test lint sandbox simulator slack-check chaos measure sanitize docs clean soak bench \
	bench-kafka bench-hujson bench-leases bench-approval fuzz fuzz-corpus simulate

help:
	@echo 'make demo     installs what is missing (says what), builds, and runs the story in the sandbox'
	@echo 'make test     every test (kill tests: 12 points; chaos: 3 seeds)'
	@echo 'make lint     formatting and the rules of swift format; warnings are errors in every build'
	@echo 'make sandbox  everything on this machine until Ctrl-C, to try by hand'
	@echo 'make simulator  the simulated tailnet alone, with lines to try; OPTIONS="--canonical --rate-limit 5"'
	@echo 'make chaos    the kill tests at every point, and 50 stories of killed and stopped processes, or SEEDS=…: half an hour'
	@echo 'make slack-check  our Slack, judged by slack_sdk and slack_bolt from PyPI (needs python3)'
	@echo 'make simulate  the fault simulation of the leases in release mode; SEEDS=100000 FIRST=1 by default'
	@echo 'make measure  from the approval click to the write, over 1,000 requests'
	@echo 'make soak     KafkaClient for 11 minutes: producers and consumers killed, brokers down, leaders moved'
	@echo 'make bench    KafkaClient beside a plain C loop over librdkafka, and HuJSON on policy files, in release mode;'
	@echo '              leases (ends, starts, memory, owners that die) and approval (decisions, a restart, memory): gates,'
	@echo '              goals, what was measured; make bench-kafka, bench-hujson, bench-leases or bench-approval for one'
	@echo 'make sanitize KafkaClient under the address and thread sanitizers'
	@echo 'make fuzz     libFuzzer on conditions, YAML and HuJSON: 10 minutes each, or MINUTES=…; FUZZERS=yaml for one of them'
	@echo 'make docs     KafkaClient as web pages, in .build-docs/KafkaClient'
	@echo 'make clean    removes what was built'

deps:
	@sh .ci/dependencies

build: deps
	@echo 'Building: about 8 minutes on two busy cores the first time, seconds after that.'
	@$(BUILD)

demo: build
	@$(BIN)/sym-sandbox demo

sandbox: build
	@$(BIN)/sym-sandbox up

simulator: build
	@$(BIN)/sym-sandbox simulator --port 8081 $(OPTIONS)

measure: build
	@$(BIN)/sym-sandbox measure --requests 1000

test: build
	@echo '== HuJSON'
	@cd Shared/HuJSON && $(TEST)
	@echo '== KafkaClient'
	@cd Shared/KafkaClient && $(TEST)
	@echo '== configuration and simulation: long sums, which would make others wait for the processor'
	@$(TEST) --skip-build --filter SymConfigurationTests --filter LeasesTests.SimulationTests
	@echo '== every other module'
	@$(TEST) --skip-build --skip EndToEndTests --skip SymConfigurationTests --skip LeasesTests.SimulationTests
	@echo '== end to end: real processes, about 3 minutes'
	@$(TEST) --skip-build --filter EndToEndTests

# A folder of its own, made anew when the versions change.
.build-slack/installed: Tests/SlackCheck/requirements.txt
	@echo 'Fetching slack_sdk and slack_bolt from PyPI into .build-slack'
	@python3 -m venv --clear .build-slack
	@.build-slack/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

slack-check: build .build-slack/installed
	@.build-slack/bin/python Tests/SlackCheck/check.py

SEEDS := 50
chaos: build
	@SYM_TEST_CHAOS=1 $(TEST) --skip-build --filter EndToEndTests.KillTests
	@SYM_CHAOS_SEEDS=$(SEEDS) $(TEST) --skip-build --filter EndToEndTests.ChaosTests

# The toolchain's own clang: the shim speaks Swift's calling convention. lld, because gold prints pages of warnings.
KAFKA_TESTS = debug/KafkaClientPackageTests.xctest --testing-library swift-testing
sanitize: deps
	@cd Shared/KafkaClient && swift build --build-tests --sanitize=address --scratch-path .build-asan -Xswiftc -use-ld=lld
	@cd Shared/KafkaClient && LSAN_OPTIONS=suppressions=Sanitizers/leaks.supp .build-asan/$(KAFKA_TESTS)
	@cd Shared/KafkaClient && swift build --build-tests --sanitize=thread --scratch-path .build-tsan -Xswiftc -use-ld=lld
	@cd Shared/KafkaClient && $(dir $(realpath $(shell command -v swift)))clang -shared -fPIC -O1 -Wall \
		-o .build-tsan/threads_shim.so Sanitizers/threads_shim.c -ldl
	@cd Shared/KafkaClient && LD_PRELOAD=$(CURDIR)/Shared/KafkaClient/.build-tsan/threads_shim.so \
		TSAN_OPTIONS=exitcode=66 .build-tsan/$(KAFKA_TESTS)

docs: deps
	@mkdir -p .build-docs/graphs
	@cd Shared/KafkaClient && swift build --target KafkaClient --scratch-path $(CURDIR)/.build-docs/swift \
		-Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc $(CURDIR)/.build-docs/graphs
	@rm -rf .build-docs/only && mkdir .build-docs/only && cp .build-docs/graphs/KafkaClient*.symbols.json .build-docs/only
	@$(dir $(realpath $(shell command -v swift)))docc convert Shared/KafkaClient/Sources/KafkaClient/KafkaClient.docc \
		--additional-symbol-graph-dir .build-docs/only --warnings-as-errors --output-path .build-docs/KafkaClient
	@echo 'Written to .build-docs/KafkaClient; look at it with: python3 -m http.server -d .build-docs/KafkaClient'

# Release builds have folders of their own: with the debug ones they would rebuild each other.
RELEASE := swift build -c release --scratch-path .build-release

soak: deps
	@cd Shared/KafkaClient && $(RELEASE) --product sym-embedded-broker && $(RELEASE) --product kafka-soak
	@Shared/KafkaClient/.build-release/release/kafka-soak run

# Needs a toolchain with libFuzzer: swift.org has it, Xcode does not. What breaks is kept in .build-fuzz/found, what is
# new in .build-fuzz/corpus; the tests replay Tests/Fuzzing/Corpus.
MINUTES := 10
FUZZERS := when yaml hujson
FUZZ = .build-fuzz/release/fuzz-$$name
# Leaks are not looked for: it takes what Swift keeps in static tables, under tagged pointers, for lost.
fuzz: deps
	@cd Tests/Fuzzing && swift build -c release --scratch-path $(CURDIR)/.build-fuzz \
		-Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld
	@mkdir -p .build-fuzz/found
	@for name in $(FUZZERS); do \
		mkdir -p .build-fuzz/corpus/$$name; \
		ASAN_OPTIONS=detect_leaks=0 $(FUZZ) -max_total_time=$$(($(MINUTES) * 60)) -max_len=4096 -timeout=10 -print_final_stats=1 \
			-dict=Tests/Fuzzing/$$name.dict -artifact_prefix=.build-fuzz/found/$$name- \
			.build-fuzz/corpus/$$name Tests/Fuzzing/Corpus/$$name || exit 1; \
	done

# After fuzz: the saved corpus anew, from it and what was found; the seeds stay, and it stays below 200 files.
fuzz-corpus:
	@for name in $(FUZZERS); do \
		rm -rf .build-fuzz/merged && mkdir -p .build-fuzz/merged .build-fuzz/corpus/$$name; \
		$(FUZZ) -set_cover_merge=1 -use_counters=0 .build-fuzz/merged Tests/Fuzzing/Corpus/$$name \
			.build-fuzz/corpus/$$name 2>&1 | tail -1; \
		find Tests/Fuzzing/Corpus/$$name -type f ! -name 'seed-*' -delete; \
		ls -Sr .build-fuzz/merged | head -n $$((195 - $$(ls Tests/Fuzzing/Corpus/$$name | wc -l))) \
			| sed 's|^|.build-fuzz/merged/|' | xargs -I '{}' cp '{}' Tests/Fuzzing/Corpus/$$name/; \
	done

# The same runs as in the tests, many more of them. One that fails is repeated with: simulate seed NUMBER
SEEDS := 100000
FIRST := 1
simulate: deps
	@cd Tests/Simulate && $(RELEASE) --product simulate
	@Tests/Simulate/.build-release/release/simulate $(SEEDS) $(FIRST)

# Says little while the machine has other work: see the load it prints.
bench: bench-hujson bench-kafka bench-leases bench-approval

bench-kafka: deps
	@cd Tests/Benchmarks && $(RELEASE) --product sym-embedded-broker && $(RELEASE) --product kafka-bench
	@Tests/Benchmarks/.build-release/release/kafka-bench

# The provisioner itself in release mode: 15 to 30 minutes the first time. SYM_TEST_KAFKA=host:port for a real Kafka.
bench-leases: deps
	@cd Tests/Benchmarks && $(RELEASE) --product sym-embedded-broker && $(RELEASE) --product leases-bench
	@$(RELEASE) --product sym-tailscale-provisioner
	@Tests/Benchmarks/.build-release/release/leases-bench; here=$$?; \
		Tests/Benchmarks/.build-release/release/leases-bench processes .build-release/release && exit $$here

bench-approval: deps
	@cd Tests/Benchmarks && $(RELEASE) --product approval-bench
	@Tests/Benchmarks/.build-release/release/approval-bench

POLICY_SIZES := 100000 1000000 8000000 10000000
POLICY_FILES = $(foreach size,$(POLICY_SIZES),Tests/Benchmarks/.build-release/policy-$(size).hujson)
bench-hujson: deps
	@cd Tests/Benchmarks && $(RELEASE) --product hujson-bench
	@for size in $(POLICY_SIZES); do \
		Tests/Benchmarks/policy-file $$size > Tests/Benchmarks/.build-release/policy-$$size.hujson || exit 1; \
	done
	@Tests/Benchmarks/.build-release/release/hujson-bench $(POLICY_FILES)

lint:
	@$(SWIFT_SOURCES) | xargs swift format lint --strict
	@echo 'lint: nothing to complain about'

clean:
	rm -rf .build .build-* Shared/*/.build Shared/*/.build-* Tests/Benchmarks/.build* .sandbox
