# SPDX-License-Identifier: GPL-2.0
#
# seal: build, install, test. `make help` lists the targets.
#
#   KVER=6.1.0-56-amd64   the kernel to build for (default: the running one)
#   KDIR=/path            its build directory (default: /lib/modules/KVER/build)
#   DESTDIR= PREFIX=/usr  where to install; seal.ko goes below /lib/modules
#   KERNEL=cloud-amd64    the flavour, version or name in tests/kernels that the
#                         VM tests run
#   TEST=tests/x.bats     the suites to run (default: all)

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr
DESTDIR ?=
KERNEL ?=
TEST ?=

B := build
SEAL_BUILD = $(B)/seal/$(KVER)
SEAL_SRC := $(filter-out seal/%.mod.c,$(wildcard seal/*.[chS])) seal/Kbuild

all: module insmod-guard

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## all             the module and the loader
## module          seal.ko for KVER, in build/seal/KVER
module: $(SEAL_BUILD)/seal.ko

# Sources are copied: two kernels' objects never meet, the tree stays clean.
$(SEAL_BUILD)/seal.ko: $(SEAL_SRC)
	@test -d "$(KDIR)" || { \
		echo "make: no kernel build directory $(KDIR): install linux-headers-$(KVER), or give KVER= or KDIR=" >&2; \
		exit 2; }
	@mkdir -p $(SEAL_BUILD)
	@cp -u $(SEAL_SRC) $(SEAL_BUILD)/
	$(MAKE) -C $(KDIR) M=$(CURDIR)/$(SEAL_BUILD) $(KBUILD_FLAGS) modules
	@touch $@

## insmod-guard    the loader, in build/insmod-guard
insmod-guard:
	$(MAKE) -C insmod-guard

include tests/tests.mk
include etc/install.mk

## clean           remove what was built; kernels, chroots and systems stay
clean:
	rm -rf $(B)/seal $(B)/insmod-guard $(B)/tests $(B)/releases \
		$(B)/matrix $(B)/vm $(B)/guests*.log $(B)/roots-*.log

## distclean       remove everything that is not source
distclean:
	tests/vm/chroot remove
	rm -rf --one-file-system $(B)

.PHONY: all help module insmod-guard clean distclean
