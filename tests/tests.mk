# SPDX-License-Identifier: GPL-2.0
# What a developer runs. KERNELS are the flavours that the suites boot; a
# version can stand for one: make check KERNEL=6.1.0-56-amd64, and so can a
# name of tests/kernels: make check KERNEL=trixie-backports-cloud

KERNELS = $(or $(KERNEL),cloud-amd64 amd64)

# The version of a flavour, known once it has been fetched.
version = $(shell tests/vm/kernel $(1))

## deps            install what building and testing needs
deps:
	@tests/setup $(KERNELS)

# Everything that goes into a guest, for each of $(KERNELS).
guests: deps
	@mkdir -p $(B)
	@for k in $(KERNELS); do \
		v=$$(tests/vm/kernel $$k) || exit; \
		log=$(B)/guests-$$k.log; \
		if [ -n "$$(tests/vm/kernel --release $$k)" ]; then \
			tests/vm/chroot build $$k; \
		else \
			$(MAKE) module test-modules KVER=$$v \
				KDIR=/lib/modules/$$v/build; \
		fi >$$log 2>&1 || { cat $$log; exit 1; }; \
	done
	@$(MAKE) --no-print-directory -s -C insmod-guard
	@$(MAKE) --no-print-directory -s -C tests/tools

# The Debian systems that tests/boot.bats and tests/software.bats boot with them.
# Where there is none, that suite says so, and no other has to.
roots: guests
	@for k in $(KERNELS); do \
		log=$(B)/roots-$$k.log; \
		for kind in '' --software; do \
			tests/vm/debian-root $$kind $$k >$$log 2>&1 || \
				[ $$? -eq 2 ] || cat $$log; \
		done; \
	done

test-modules:
	$(MAKE) -C tests/modules KVER=$(KVER) KDIR=$(KDIR)

## check           all tests: user space, the harness, the VM suites on each
##                 kernel; JOBS=2 suites at a time
check: guests roots
	@JOBS=$(or $(JOBS),2) KERNELS="$(KERNELS)" TEST="$(TEST)" \
		tests/run unit harness vm

## check-unit      insmod-guard and the scripts, no VM
check-unit: deps
	@tests/run unit

## check-vm        the VM suites; KERNEL=flavour TEST=tests/x.bats narrow it
check-vm: guests roots
	@JOBS=$(or $(JOBS),2) KERNELS="$(KERNELS)" TEST="$(TEST)" \
		tests/run vm

## kernels         the kernels of tests/kernels: known, fetched, missing
kernels:
	@tests/matrix list $(KERNEL)

## check-kernels   the VM suites on each of them, the others in each of their
##                 releases, and a table; KERNEL="name..."
##                 TEST="tests/x.bats..." narrow it
check-kernels:
	@tests/setup --chroots $(KERNEL)
	@TEST="$(TEST)" tests/matrix run $(KERNEL)

## check-debug     the VM suites on a kernel that checks itself: KASAN, lockdep,
##                 kmemleak, UBSAN; built from Debian's source if need be
check-debug: export SEAL_KERNEL_LIST = $(CURDIR)/tests/debug/kernels
check-debug: export SEAL_MATRIX = $(B)/matrix-debug
check-debug:
	@tests/setup --chroots
	@tests/debug/kernel
	@TEST="$(or $(TEST),$(wildcard tests/*.bats tests/debug/*.bats))" \
		tests/matrix run

## stress          everything at once on four processors, for SECONDS=600;
##                 KERNEL=debug: on the kernel of check-debug
stress: export SEAL_STRESS = $(or $(SECONDS),600)
stress: KERNELS = $(or $(KERNEL),cloud-amd64)
ifeq ($(KERNEL),debug)
stress:
	@rm -rf $(B)/matrix-stress
	@$(MAKE) check-debug KERNEL= TEST=tests/stress.bats \
		SEAL_MATRIX=$(B)/matrix-stress
else
stress: guests
	@KERNELS="$(KERNELS)" TEST=tests/stress.bats tests/run vm
endif

## catalogue       docs/attacks.md and tests/attacks.bats, from tests/attacks and
##                 what check-kernels has seen, which docs/results keeps
catalogue:
	@tests/catalogue

## fuzz            the parsers that the kernel has, fed with anything;
##                 FUZZ_SECONDS=600 each
fuzz: FUZZ_SECONDS ?= 600
fuzz: deps
	@tests/fuzz/fuzz $(FUZZ_SECONDS)

## lint            what a reviewer's tools say
lint: guests
	@tests/run lint

# One kernel is enough for a look.
demo bench: KERNELS = $(or $(KERNEL),cloud-amd64)

## demo            attack a machine before and after the seal, and look
demo: guests
	@tests/demo $(KERNELS)

## bench           what the seal costs, on QEMU's instruction clock
bench: guests
	@tests/bench $(KERNELS)

.PHONY: deps guests roots test-modules check check-unit check-vm kernels \
	check-kernels check-debug stress catalogue fuzz lint demo bench
