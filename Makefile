# lowcloud: `make demo` shows it, `make test` tests it; both set up what is missing.
# Sources are found per folder; objects mirror them under build/. VARIANT=asan builds with sanitizers beside the plain build.

VARIANT ?=
CC      ?= gcc
BUILD   := build$(if $(VARIANT),/$(VARIANT))
PYTHON  ?= /usr/bin/python3

PACKAGES := zlib libmicrohttpd libwebsockets sqlite3 jansson openssl yaml-0.1 expat libcurl libzip
WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes $(if $(CI),-Werror)
OPTIMIZE := -O2 -g
ifeq ($(VARIANT),asan)
OPTIMIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
CFLAGS   := -std=gnu11 -D_GNU_SOURCE -Iemulator -Iclients -Itests/unit -Itests/support -I$(BUILD)/generated $(WARNINGS) $(OPTIMIZE) $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LDLIBS    = $(shell pkg-config --libs $(PACKAGES)) -lev -lgmp -lm
TESTLIBS  = $(shell pkg-config --libs check) $(LDLIBS)

SOURCES := $(filter-out emulator/main.c,$(wildcard emulator/*.c emulator/*/*.c clients/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
UNITS   := $(wildcard tests/unit/*.c tests/unit/*/*.c tests/support/*.c)
TESTS   := $(UNITS:%.c=$(BUILD)/%.o)

all: $(BUILD)/lowcloud

# A variable would be too long for one look: the lists above say what is built, the rules below how.
$(BUILD)/lowcloud: $(OBJECTS) $(BUILD)/emulator/main.o
	$(CC) $(OPTIMIZE) -o $@ $^ $(LDLIBS)

$(BUILD)/unit-tests: $(OBJECTS) $(TESTS)
	$(CC) $(OPTIMIZE) -o $@ $^ $(TESTLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

unit: $(BUILD)/unit-tests
	$(BUILD)/unit-tests

clean:
	rm -rf build

.PHONY: all unit clean
-include $(OBJECTS:.o=.d) $(TESTS:.o=.d) $(BUILD)/emulator/main.d
