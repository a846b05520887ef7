# SPDX-License-Identifier: GPL-2.0
# What goes where. One table: install and uninstall read the same. What goes below
# /etc is the administrator's to edit, and stays as it is found.

# the target's, for a module of another architecture
STRIP ?= strip

MODULE_DIR := /lib/modules/$(KVER)/updates
UNIT_DIR := $(PREFIX)/lib/systemd/system
MAN_DIR := $(PREFIX)/share/man

# mode:source:destination
INSTALL_FILES = \
	0644:$(SEAL_BUILD)/seal.ko:$(MODULE_DIR)/seal.ko \
	0755:$(B)/insmod-guard/insmod-guard:$(PREFIX)/sbin/insmod-guard \
	0755:etc/seal-manifest:$(PREFIX)/sbin/seal-manifest \
	0755:etc/sealctl:$(PREFIX)/sbin/sealctl \
	$(foreach part,$(wildcard etc/sealctl-parts/*), \
		0644:$(part):$(PREFIX)/lib/seal/$(part:etc/%=%)) \
	0644:etc/seal.conf:/etc/modprobe.d/seal.conf \
	0644:etc/60-seal.conf:/etc/sysctl.d/60-seal.conf \
	0644:etc/seal.service:$(UNIT_DIR)/seal.service \
	0644:seal/seal.4:$(MAN_DIR)/man4/seal.4 \
	0644:insmod-guard/insmod-guard.8:$(MAN_DIR)/man8/insmod-guard.8 \
	0644:etc/seal-manifest.8:$(MAN_DIR)/man8/seal-manifest.8 \
	0644:etc/sealctl.8:$(MAN_DIR)/man8/sealctl.8

# The kernel's index of modules is the running system's business, not a
# package's: left alone when installing below DESTDIR.
define update_index
	@if [ -z "$(DESTDIR)" ]; then depmod $(KVER); fi
endef

# Where the running system is concerned.
SEAL_STATUS = $(if $(DESTDIR),/dev/null,/sys/kernel/security/seal/status)

# All or nothing: some of it would be refused.
define may_replace
	@if grep -qsx 'mode: enforce' "$(SEAL_STATUS)" && \
		! grep -qx 'protected.files: 0' "$(SEAL_STATUS)"; then \
		echo "make: this system is sealed, and protects what would be replaced: boot with seal=off first" >&2; \
		exit 1; \
	fi
endef

## install         into DESTDIR, programs below PREFIX; configuration that is
##                 there stays
install: all
	$(may_replace)
	@set -e; for f in $(INSTALL_FILES); do \
		mode=$${f%%:*}; rest=$${f#*:}; src=$${rest%%:*}; dst=$${rest#*:}; \
		case $$dst in \
		/etc/*) \
			if [ -e "$(DESTDIR)$$dst" ]; then \
				echo "left as it is $(DESTDIR)$$dst"; \
				continue; \
			fi ;; \
		esac; \
		install -D -m "$$mode" "$$src" "$(DESTDIR)$$dst"; \
		echo "installed $(DESTDIR)$$dst"; \
	done
	@$(STRIP) --strip-debug "$(DESTDIR)$(MODULE_DIR)/seal.ko"
	@install -d -m 0755 "$(DESTDIR)/etc/seal" "$(DESTDIR)/var/lib/seal"
	$(update_index)

## uninstall       remove what install put there; manifests and the serial
##                 file stay
uninstall:
	$(may_replace)
	@for f in $(INSTALL_FILES); do \
		rm -fv "$(DESTDIR)$${f##*:}"; \
	done
	@rmdir "$(DESTDIR)$(PREFIX)/lib/seal/sealctl-parts" \
		"$(DESTDIR)$(PREFIX)/lib/seal" 2>/dev/null || true
	@rmdir "$(DESTDIR)/etc/seal" "$(DESTDIR)/var/lib/seal" 2>/dev/null || true
	$(update_index)

.PHONY: install uninstall
