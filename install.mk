# SPDX-License-Identifier: ISC
# Where things go; included by the Makefile.
#
# INSTALLED lists every file but the configuration once, as SOURCE:TARGET:MODE
# with the target below DESTDIR; install and uninstall both walk over it.

LIBDIR     = $(PREFIX)/$(LIBSUB)
DATADIR    = $(PREFIX)/share

PUBLIC_H  := $(wildcard lib/base/*.h lib/wire/*.h) lib/core/arch.h
MAN_PAGES := $(wildcard man/*.[0-9])
FILLED_MAN = $(MAN_PAGES:%=$(B)/%)
ANSWERS   := $(wildcard conf/answers/*)
CONFS     := $(wildcard conf/*.conf)
SERVICES  := $(patsubst systemd/%.in,%,$(wildcard systemd/*.service.in))
SOCKETS   := $(notdir $(wildcard systemd/*.socket))
FILLED     = $(B)/lib/libpxe.pc $(SERVICES:%=$(B)/systemd/%)

INSTALLED = \
  $(foreach d,$(DAEMONS),$(B)/sbin/pxe-$d:$(PREFIX)/sbin/pxe-$d:755) \
  $(B)/bin/pxectl:$(PREFIX)/bin/pxectl:755 \
  $(LIB_SO):$(LIBDIR)/libpxe.so.$(VERSION):755 \
  $(B)/lib/libpxe.pc:$(LIBDIR)/pkgconfig/libpxe.pc:644 \
  $(foreach h,$(PUBLIC_H),$h:$(PREFIX)/include/pxe/$(h:lib/%=%):644) \
  lib/io.pxesuite.State.varlink:$(DATADIR)/pxe/io.pxesuite.State.varlink:644 \
  $(foreach m,$(MAN_PAGES),$(B)/$m:$(MANDIR)/man$(subst .,,$(suffix $m))/$(notdir $m):644) \
  pxectl/pxectl.bash:$(DATADIR)/bash-completion/completions/pxectl:644 \
  $(foreach u,$(SERVICES),$(B)/systemd/$u:$(UNITDIR)/$u:644) \
  $(foreach u,$(SOCKETS),systemd/$u:$(UNITDIR)/$u:644) \
  systemd/pxe.sysusers:$(SYSUSERSDIR)/pxe.conf:644 \
  systemd/pxe.tmpfiles:$(TMPFILESDIR)/pxe.conf:644 \
  $(foreach a,$(ANSWERS),$a:$(DATADIR)/doc/pxe-suite/answers/$(notdir $a):644) \
  $(foreach f,README.md HACKING.md CHANGELOG.md LICENSE,$f:$(DATADIR)/doc/pxe-suite/$f:644)

LINKS = $(LIBDIR)/libpxe.so.$(SOVERSION) $(LIBDIR)/libpxe.so
OWN_DIRS = $(DATADIR)/pxe $(DATADIR)/doc/pxe-suite/answers \
           $(DATADIR)/doc/pxe-suite $(PREFIX)/include/pxe/base \
           $(PREFIX)/include/pxe/wire $(PREFIX)/include/pxe/core \
           $(PREFIX)/include/pxe

source = $(word 1,$(subst :, ,$1))
target = $(DESTDIR)$(word 2,$(subst :, ,$1))
mode   = $(word 3,$(subst :, ,$1))

# A line of its own in a recipe.
define NL


endef

$(FILLED): $(B)/%: %.in install.mk
	@mkdir -p $(@D)
	@sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g' \
	  -e 's|@LIBDIR@|$(LIBDIR)|g' -e 's|@VERSION@|$(VERSION)|g' $< >$@

# Pages name the places of a package.
$(FILLED_MAN): $(B)/%: % install.mk
	@mkdir -p $(@D)
	@sed -e 's|/usr/share/doc/pxe-suite|$(DATADIR)/doc/pxe-suite|g' \
	  -e 's|/etc/pxe|$(SYSCONFDIR)/pxe|g' $< >$@

# PREFIX may differ from the last time: they are always made anew.
.PHONY: $(FILLED) $(FILLED_MAN)

# A configuration file that is there is never touched: a sample that differs
# goes beside it.  On the running system users and directories are made too.
install: all $(FILLED) $(FILLED_MAN) ## install below DESTDIR, PREFIX (/usr/local), SYSCONFDIR (/etc)
	$(foreach i,$(INSTALLED),@install -D -m $(call mode,$i) \
	  '$(call source,$i)' '$(call target,$i)'$(NL)	)
	@ln -sfn libpxe.so.$(VERSION) '$(DESTDIR)$(LIBDIR)/libpxe.so.$(SOVERSION)'
	@ln -sfn libpxe.so.$(SOVERSION) '$(DESTDIR)$(LIBDIR)/libpxe.so'
	@for conf in $(CONFS); do \
	  to='$(DESTDIR)$(SYSCONFDIR)/pxe'/$${conf##*/}; rm -f "$$to.new"; \
	  if [ ! -e "$$to" ]; then install -D -m 644 "$$conf" "$$to"; \
	  elif ! cmp -s "$$conf" "$$to"; then \
	    install -m 644 "$$conf" "$$to.new"; \
	    echo "kept $$to; the new sample is $$to.new"; fi; done
	@[ -n '$(DESTDIR)' ] || [ "$$(id -u)" -ne 0 ] || { ldconfig; \
	  ! command -v systemd-sysusers >/dev/null || { \
	    systemd-sysusers '$(SYSUSERSDIR)/pxe.conf'; \
	    systemd-tmpfiles --create '$(TMPFILESDIR)/pxe.conf'; }; \
	  [ ! -d /run/systemd/system ] || systemctl daemon-reload; }

uninstall: ## remove what install put there, but not configuration and state
	$(foreach i,$(INSTALLED),@rm -f '$(call target,$i)'$(NL)	)
	@rm -f $(LINKS:%='$(DESTDIR)%')
	@for dir in $(OWN_DIRS:%='$(DESTDIR)%'); do \
	  [ ! -d "$$dir" ] || rmdir --ignore-fail-on-non-empty "$$dir"; done
	@echo 'kept: $(DESTDIR)$(SYSCONFDIR)/pxe, /var/lib/pxe, /srv/pxe'
