# lowcloud: `make demo` shows it, `make test` tests it; both set up what is missing. `make help` lists the rest.
# Sources are found per folder; objects mirror them under build/. VARIANT=asan builds with sanitizers beside the plain build.

VARIANT ?=
CC      ?= gcc
PYTHON  ?= /usr/bin/python3
PREFIX  ?= /usr/local
BUILD   := build$(if $(VARIANT),/$(VARIANT))
export LOWCLOUD_PYTHON = $(PYTHON)

# ---- what it is built from ----

PACKAGES := libmicrohttpd libnghttp2 libwebsockets sqlite3 jansson openssl yaml-0.1 expat libcurl libzip zlib libcbor
WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wno-missing-field-initializers $(if $(CI),-Werror)
OPTIMIZE := -O2 -g
ifeq ($(VARIANT),asan)
OPTIMIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else ifeq ($(VARIANT),fuzz)
OPTIMIZE := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
CFLAGS   := -std=gnu11 -D_GNU_SOURCE -Iemulator -Iclients -Itests/unit -Itests/support -I$(BUILD)/generated $(WARNINGS) $(OPTIMIZE) \
            $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LDLIBS    = $(shell pkg-config --libs $(PACKAGES)) -lev -lgmp -lm
TESTLIBS  = $(shell pkg-config --libs check) $(LDLIBS)

SOURCES := $(filter-out emulator/main.c,$(wildcard emulator/*.c emulator/*/*.c clients/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
MAIN    := $(BUILD)/emulator/main.o
TESTS   := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/unit/*.c tests/unit/*/*.c tests/support/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))

all: $(BUILD)/lowcloud $(BUILD)/sources-checked

# One short line a file; the whole command with V=1, nothing with -s.
Q   := $(if $(V),,@)
say  = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@echo "  $(1)")

$(BUILD)/lowcloud: $(OBJECTS) $(MAIN)
	$(call say,link $@)
	$(Q)$(CC) $(OPTIMIZE) -o $@ $^ $(LDLIBS)

# The build fails where a file but base/clock.c and base/random.c reads time or randomness, or includes upwards.
$(BUILD)/sources-checked: $(wildcard emulator/*.[ch] emulator/*/*.[ch] clients/*.[ch]) tests/tools/check_sources.py
	@mkdir -p $(@D)
	@$(PYTHON) tests/tools/check_sources.py >$@.log || { cat $@.log; exit 1; }
	@mv $@.log $@

$(BUILD)/unit-tests: $(OBJECTS) $(TESTS)
	$(call say,link $@)
	$(Q)$(CC) $(OPTIMIZE) -o $@ $^ $(TESTLIBS)

build/fuzz/fuzz_%: $(OBJECTS) build/fuzz/tests/fuzz/fuzz_%.o
	$(call say,link $@)
	$(Q)$(CC) $(OPTIMIZE) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o
	@mkdir -p $(@D)
	$(call say,link $@)
	$(Q)$(CC) $(OPTIMIZE) -Wl,--as-needed -o $@ $^ $(LDLIBS)
$(BUILD)/bench/fanout: $(OBJECTS)

$(BUILD)/tests/tools/operations: $(BUILD)/tests/tools/operations.o $(OBJECTS)
	$(call say,link $@)
	$(Q)$(CC) $(OPTIMIZE) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,cc $<)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# The runtimes' own texts are compiled in (.incbin), which -MMD does not see.
$(BUILD)/emulator/lambda/bootstraps.o: $(addprefix emulator/lambda/,bootstrap.py bootstrap.js redirect.js resolve.mjs)

# ---- what it needs: Debian packages, installed when they are missing ----

NEEDS := build-essential pkg-config libmicrohttpd-dev libnghttp2-dev libwebsockets-dev libev-dev libsqlite3-dev libjansson-dev libssl-dev libyaml-dev libexpat1-dev \
         libcurl4-openssl-dev libzip-dev libcbor-dev libgmp-dev check curl python3 python3-boto3 python3-requests python3-websockets awscli nodejs
CHECK_NEEDS := clang clang-format libclang-rt-14-dev python3-pip

setup:
	@tests/tools/setup $(NEEDS)

setup-checks: setup
	@tests/tools/setup $(CHECK_NEEDS)

# ---- see it, test it ----

demo: setup
	@$(MAKE) --no-print-directory -j$(shell nproc) all
	@$(MAKE) --no-print-directory run-demo

run-demo:
	$(BUILD)/lowcloud demo

test: setup
	@$(MAKE) --no-print-directory -j$(shell nproc) all $(BUILD)/unit-tests
	@$(PYTHON) tests/run.py --binary $(BUILD)/lowcloud --unit $(BUILD)/unit-tests $(ONLY)

unit: $(BUILD)/unit-tests
	$(BUILD)/unit-tests

test-sdk: all
	@$(PYTHON) tests/sdk/current --binary $(BUILD)/lowcloud $(ONLY)

check-asan:
	@$(MAKE) --no-print-directory -j$(shell nproc) VARIANT=asan all build/asan/unit-tests
	@$(PYTHON) tests/run.py --binary build/asan/lowcloud --unit build/asan/unit-tests --patience 400 $(ONLY)

FUZZ_SECONDS ?= 10
fuzz:
	@$(MAKE) --no-print-directory -j$(shell nproc) VARIANT=fuzz CC=clang $(FUZZERS)
	@tests/tools/fuzz $(FUZZ_SECONDS) $(FUZZERS)

bench: all $(BENCHES)
	@$(PYTHON) tests/bench/bench.py $(ONLY)

# ---- read it ----

coverage: $(BUILD)/tests/tools/operations
	@$(PYTHON) tests/tools/coverage.py $<

C_FILES = $(shell git ls-files --cached --others --exclude-standard '*.c' '*.h')

lint: $(BUILD)/tests/tools/operations
	@$(PYTHON) tests/tools/check_sources.py
	@$(PYTHON) tests/tools/coverage.py $< --check
	@clang-format --dry-run -Werror $(C_FILES) && echo "clang-format: every file is as it formats it"
	@$(MAKE) --no-print-directory -s -j$(shell nproc) CI=1 VARIANT=lint/gcc CC=gcc objects && echo "gcc: no warning"
	@$(MAKE) --no-print-directory -s -j$(shell nproc) CI=1 VARIANT=lint/clang CC=clang objects && echo "clang: no warning"

objects: $(OBJECTS) $(MAIN) $(TESTS)

# ---- keep it ----

install: all
	install -D -m 755 $(BUILD)/lowcloud $(DESTDIR)$(PREFIX)/bin/lowcloud
	install -D -m 644 docs/lowcloud.1 $(DESTDIR)$(PREFIX)/share/man/man1/lowcloud.1

clean:
	rm -rf build

help:
	@echo "make               builds build/lowcloud"
	@echo "make demo          sets up what is missing, builds, and shows vehicles moving from Kinesis to WebSocket clients"
	@echo "make test          sets up what is missing, builds, runs every test that Debian's packages allow"
	@echo "make setup         installs the Debian packages that are missing (setup-checks: those of lint and fuzz too)"
	@echo "make test-sdk      runs the SDK tests with the current SDKs for Python, JavaScript, Go and Java, installed below build/ (ONLY='go java')"
	@echo "make check-asan    runs the tests under AddressSanitizer and UBSan"
	@echo "make lint          format, warnings of gcc and clang, and the rules of the house"
	@echo "make fuzz          runs each fuzz target for FUZZ_SECONDS (10)"
	@echo "make bench         prints the figures, each beside its yardstick"
	@echo "make coverage      writes docs/coverage.md from the operation tables"
	@echo "make install       installs the binary and its manual page under PREFIX (/usr/local), below DESTDIR"
	@echo "make unit          the unit tests alone;  make test ONLY='wire tests/sdk/python/test_door.py': parts and files"

.SECONDARY:
.PHONY: all setup setup-checks demo run-demo test unit test-sdk check-asan fuzz bench coverage lint objects install clean help
-include $(OBJECTS:.o=.d) $(TESTS:.o=.d) $(MAIN:.o=.d) $(wildcard $(BUILD)/tests/*/*.d)
