# SPDX-License-Identifier: ISC
# The PXE suite.  GNU make, non-recursive; `make help` prints the targets.

VERSION   = 0.1.0
SOVERSION = 0

PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR    ?=
MULTIARCH  := $(shell dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || \
                $(CC) -print-multiarch 2>/dev/null)
# Below PREFIX; the built tree has the same shape, so one RUNPATH fits both.
LIBSUB      = lib$(if $(MULTIARCH),/$(MULTIARCH))
UNITDIR     = $(PREFIX)/lib/systemd/system
SYSUSERSDIR = $(PREFIX)/lib/sysusers.d
TMPFILESDIR = $(PREFIX)/lib/tmpfiles.d
MANDIR      = $(PREFIX)/share/man

# Everything that is made goes below B; variants (ASan, fuzzing) have their own.
B ?= build
SANITIZE ?=

CC        ?= gcc
CFLAGS    ?= -O2 -g
WARNINGS   = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
             -Wconversion -Wvla -Wformat=2
HARDENING  = -fstack-protector-strong -fstack-clash-protection \
             $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
# Nobody is to replace functions of the library: it calls its own directly.
DIRECT     = -fno-semantic-interposition -fno-plt
# gcc optimises each program, and the library, as a whole (a sixth of the
# address server's time); the objects serve the tests' quick links as well.
# clang would need a linker of its own for it; sanitizers see more without.
LTO       ?= $(if $(SANITIZE),,$(shell $(CC) -v 2>&1 | grep -q '^gcc' && \
             echo -flto=auto -ffat-lto-objects))
PKGS       = libevent libconfuse libsystemd jansson libcap-ng sqlite3 libcrypt \
             openssl
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -DPXE_VERSION='"$(VERSION)"' \
             -DPXE_SYSCONFDIR='"$(SYSCONFDIR)"' $(WARNINGS) \
             $(if $(WERROR),-Werror) $(HARDENING) $(DIRECT) -fPIC -Ilib -I. \
             $(SAN_FLAGS) $(PKG_CFLAGS) $(CFLAGS) $(LTO)
SAN_FLAGS  = $(if $(SANITIZE),-fsanitize=$(SANITIZE) \
             -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
ALL_LDFLAGS = -Wl,-z,relro,-z,now -Wl,--as-needed $(SAN_FLAGS) $(LDFLAGS)
RUNPATH    = -Wl,--enable-new-dtags,-rpath,'$$ORIGIN/../$(LIBSUB)'
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LIB_LIBS   = $(shell pkg-config --libs libevent libconfuse libsystemd \
               jansson libcap-ng 2>/dev/null)
sqlite_LIBS = $(shell pkg-config --libs sqlite3 2>/dev/null)
# Sanitizers stand before libcrypt's functions, so that nothing seems to need it.
comma := ,
crypt_LIBS = $(if $(SANITIZE),-Wl$(comma)--no-as-needed) \
             $(shell pkg-config --libs libcrypt 2>/dev/null)
tls_LIBS   = $(shell pkg-config --libs openssl 2>/dev/null)

# One name of a library for pkg-config, and Debian's package of it.
DEBIAN_PKGS = libevent=libevent-dev libconfuse=libconfuse-dev \
              libsystemd=libsystemd-dev jansson=libjansson-dev \
              libcap-ng=libcap-ng-dev sqlite3=libsqlite3-dev \
              libcrypt=libcrypt-dev openssl=libssl-dev

DAEMONS  = dhcpd tftpd httpd stated
PROGRAMS = $(DAEMONS) pxectl

LIB_SRC := $(wildcard lib/base/*.c lib/wire/*.c lib/core/*.c lib/run/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(B)/obj/%.o)
LIB_SO   = $(B)/$(LIBSUB)/libpxe.so.$(VERSION)
LIB_LINK = $(B)/$(LIBSUB)/libpxe.so

# One short line for each command; V=1 shows the commands.
say = $(if $(V),,@printf '  %-5s %s\n' '$1' '$(2:$(B)/%=%)';)

# What a program consists of; all but its main.c also goes into an archive for
# the tests of its pure parts.
$(foreach p,$(PROGRAMS),$(eval $p_SRC := $(wildcard $p/*.c)))
$(foreach p,$(PROGRAMS),$(eval $p_OBJ := $($p_SRC:%.c=$(B)/obj/%.o)))
PROGRAM_SRC := $(foreach p,$(PROGRAMS),$($p_SRC))
READY_DAEMONS := $(foreach p,$(DAEMONS),$(if $(wildcard $p/main.c),$p))
BINS := $(READY_DAEMONS:%=$(B)/sbin/pxe-%) \
        $(if $(wildcard pxectl/main.c),$(B)/bin/pxectl)
PARTS_OBJ := $(filter-out %/main.o,$(PROGRAM_SRC:%.c=$(B)/obj/%.o))
# The text of the state interface, for those who ask pxe-stated for it.
INTERFACE_OBJ = $(B)/obj/gen/interface.o
stated_OBJ += $(INTERFACE_OBJ)
PARTS_OBJ  += $(INTERFACE_OBJ)
PARTS_A    = $(B)/parts.a

UNIT_SRC   := $(wildcard tests/unit/test_*.c)
# of a test that is too long for one file
ORDER_ALL  := $(wildcard tests/unit/order_all_*.c)
UNIT_BIN   := $(UNIT_SRC:tests/unit/%.c=$(B)/tests/unit/%)
FUZZ_SRC   := $(wildcard tests/fuzz/fuzz_*.c)
CORPUS_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(B)/tests/fuzz/%)
REPLAY_SRC := $(wildcard tests/replay/*.c)
REPLAY_BIN := $(if $(REPLAY_SRC),$(B)/tests/replay/replay)
BENCH_SRC  := $(wildcard tests/bench/*_load.c)
BENCH_BIN  := $(BENCH_SRC:tests/bench/%.c=$(B)/tests/bench/%)
TEST_BINS   = $(UNIT_BIN) $(CORPUS_BIN) $(REPLAY_BIN) $(BENCH_BIN)

# For the builds inside demo, check and their kin, where no -j was given.
PARALLEL = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all check check-bins check-asan fuzz lint format bench \
        bench-dhcp bench-tftp bench-http demo install uninstall deps clean help

all: $(LIB_LINK) $(BINS) ## build the library, the daemons and pxectl

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' Makefile install.mk | \
	  sed -E 's/:.*## /\t/' | awk -F'\t' '{ printf "  %-12s %s\n", $$1, $$2 }'
	@echo
	@echo "  PREFIX=$(PREFIX) SYSCONFDIR=$(SYSCONFDIR) DESTDIR=$(DESTDIR)" \
	  "CC=$(CC) B=$(B)"

# One readable line for each library that is not there; asked until all are, so
# that `make -q` tells whether there is something to build.
$(B)/libs: Makefile
	@command -v pkg-config >/dev/null || { echo "pkg-config is missing:" \
	  "install the package pkg-config, or run: sudo make deps" >&2; exit 1; }
	@bad=0; for row in $(DEBIAN_PKGS); do \
	  pkg-config --exists $${row%%=*} || { bad=1; \
	    echo "the library $${row%%=*} is missing: install the package" \
	         "$${row#*=}, or run: sudo make deps" >&2; }; done; exit $$bad
	@mkdir -p $(@D)
	@touch $@

$(B)/obj/%.o: %.c | $(B)/libs
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/gen/interface.c: lib/io.pxesuite.State.varlink
	@mkdir -p $(@D)
	@{ echo '#include "stated/stated.h"'; \
	   echo 'const char pxe_stated_interface_text[] ='; \
	   sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $<; echo ';'; } > $@

$(INTERFACE_OBJ): $(B)/gen/interface.c | $(B)/libs
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB_SO): $(LIB_OBJ) lib/libpxe.map
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -shared -Wl,-soname,libpxe.so.$(SOVERSION) \
	  -Wl,--version-script,lib/libpxe.map -Wl,-Bsymbolic-functions $(if $(SANITIZE),,-Wl,-z,defs) \
	  $(ALL_LDFLAGS) $(CFLAGS) $(LTO) -o $@ $(LIB_OBJ) $(LIB_LIBS)

$(LIB_LINK): $(LIB_SO)
	@ln -sf libpxe.so.$(VERSION) $(B)/$(LIBSUB)/libpxe.so.$(SOVERSION)
	@ln -sf libpxe.so.$(SOVERSION) $@

define program
$(B)/$2: $$($1_OBJ) $$(LIB_LINK)
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)$$(CC) -pie $$(ALL_LDFLAGS) $$(CFLAGS) $$(LTO) -o $$@ $$($1_OBJ) -L$$(B)/$$(LIBSUB) -lpxe \
	  $$(LIB_LIBS) $$(if $$(filter stated,$1),$$(sqlite_LIBS)) \
	  $$(if $$(filter httpd,$1),$$(crypt_LIBS) $$(tls_LIBS)) $$(RUNPATH)
endef
$(foreach p,$(DAEMONS),$(eval $(call program,$p,sbin/pxe-$p)))
$(eval $(call program,pxectl,bin/pxectl))

# --- tests -----------------------------------------------------------------

$(PARTS_A): $(PARTS_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR,$@)ar rcs $@ $(PARTS_OBJ)

TEST_LINK = -fno-lto $(PARTS_A) -L$(B)/$(LIBSUB) -lpxe $(LIB_LIBS) $(sqlite_LIBS) \
            $(crypt_LIBS) $(tls_LIBS) \
            -Wl,-rpath,'$$ORIGIN/../../$(LIBSUB)'

$(B)/tests/unit/%: $(B)/obj/tests/unit/%.o $(PARTS_A) $(LIB_LINK)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(TEST_LINK) $(shell pkg-config --libs check)

$(B)/tests/unit/test_order_all: $(ORDER_ALL:%.c=$(B)/obj/%.o)

$(B)/tests/replay/replay: $(REPLAY_SRC:%.c=$(B)/obj/%.o) $(PARTS_A) $(LIB_LINK)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $(REPLAY_SRC:%.c=$(B)/obj/%.o) $(TEST_LINK)

$(B)/tests/bench/%: $(B)/obj/tests/bench/%.o $(PARTS_A) $(LIB_LINK)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(TEST_LINK)
$(B)/tests/bench/tftp_load: $(B)/obj/tests/bench/tftp_client.o \
                            $(B)/obj/tests/bench/tftp_path.o

# A fuzz target with a main that replays files; with FUZZER=1, libFuzzer's.
FUZZ_MAIN = $(if $(FUZZER),-fsanitize=fuzzer,$(B)/obj/tests/fuzz/corpus_main.o)
$(B)/tests/fuzz/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/corpus_main.o \
                   $(PARTS_A) $(LIB_LINK)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $< $(FUZZ_MAIN) $(TEST_LINK)

check-bins: all $(TEST_BINS)

check: ## run all tests (as root: installs what they need, and needs it)
	@tests/deps build check
	@$(MAKE) --no-print-directory $(PARALLEL) check-bins
	@B=$(B) tests/run

check-asan: ## run the unit, replay and corpus tests under ASan and UBSan
	@tests/deps build asan
	@$(MAKE) --no-print-directory $(PARALLEL) B=build/asan CC=clang WERROR=1 \
	  SANITIZE=address,undefined CFLAGS='-O1 -g1' check-bins
	@B=build/asan tests/run unit replay fuzz

FUZZ_SECONDS ?= 30
fuzz: ## run each libFuzzer target for FUZZ_SECONDS (30)
	@tests/deps build asan
	@$(MAKE) --no-print-directory $(PARALLEL) B=build/fuzz CC=clang FUZZER=1 \
	  SANITIZE=fuzzer-no-link,address,undefined CFLAGS='-O1 -g' \
	  $(FUZZ_SRC:tests/fuzz/%.c=build/fuzz/tests/fuzz/%)
	@tests/fuzz/run $(FUZZ_SECONDS) $(FUZZ_SRC:tests/fuzz/%.c=build/fuzz/tests/fuzz/%)

lint: all ## hold the layers, purity, function sizes and the tables together
	@tests/deps build lint
	@B=$(B) tests/lint/run

format: ## format the C files
	clang-format -i $$(git ls-files '*.c' '*.h')

bench: all $(BENCH_BIN) ## figures beside the peers (tests/bench)
	@tests/deps build bench
	@B=$(B) tests/bench/run

bench-dhcp: all $(BENCH_BIN) ## leases a second beside Kea, ISC dhcpd, dnsmasq (root)
	@tests/deps bench
	@B=$(B) tests/bench/dhcp

bench-tftp: all $(BENCH_BIN) ## files a second beside tftpd-hpa, atftpd, dnsmasq (root)
	@tests/deps bench
	@B=$(B) tests/bench/tftp

bench-http: all ## files and scripts a second beside nginx (root)
	@tests/deps bench
	@B=$(B) tests/bench/http

demo: ## boot two virtual machines through the suite and show it live (root)
	@tests/deps build demo
	@$(MAKE) --no-print-directory $(PARALLEL) all
	@B=$(B) tests/firmware/demo

deps: ## install what building, tests and the demo need (root, Debian)
	@tests/deps build check demo asan lint

clean: ## remove what was built
	rm -rf build

# --- installation ----------------------------------------------------------

include install.mk

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
