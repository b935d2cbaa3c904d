# SPDX-License-Identifier: ISC
# Where things go; included by the Makefile.

INSTALLED = $(DESTDIR)$(PREFIX)
SUBST = sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g' \
            -e 's|@LIBDIR@|$(PREFIX)/$(LIBSUB)|g' -e 's|@VERSION@|$(VERSION)|g'

install: all ## install below DESTDIR, PREFIX (/usr/local) and SYSCONFDIR (/etc)
	@echo "the installation rules are being written" >&2; exit 1
uninstall: ## remove what install put there, but not the configuration
	@echo "the installation rules are being written" >&2; exit 1
