# SPDX-License-Identifier: GPL-2.0
# What a module is told by whoever loads it: through any hole only what is
# harmless, listed, or what the administrator chose to let pass.

load helpers
load signing

# A module with one parameter that its author marked as an address of hardware
# (tests/modules/argued.c), one that is none, and a name of several words.
setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS"
	manifest 0 "$(test_module argued)" >"$KEYS/plain"
	{
		echo "# args: argued port=0x378 text=*"
		echo "# args: other-module count"
		sha256sum "$(test_module argued)"
	} >"$KEYS/listing"
}

teardown() {
	vm_down
}

# machine(PARAM...) - boots one and seals it so
machine() {
	vm_boot --tree "$KEYS:/k"
	requires sealable
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k"
	# the control: unsealed it takes whatever it is told
	loads "port=0x60 count=3 text=x"
	seal_on "$@"
}

# loads(ARGS)
loads() {
	vm_ok "kmod-insmod /argued.ko $1 && rmmod argued"
}

# is_refused(ARGS)
is_refused() {
	log_mark
	vm "kmod-insmod /argued.ko $1"
	refused module-load 'what="argued"' 'reason=args$' || return
	vm_fails "grep '^argued ' /proc/modules"
}

@test "safe, the default: none that names hardware, unless it is listed" {
	machine manifest=/k/listing
	[ "$(seal_status args)" = safe ]
	loads ""
	loads "count=3"
	loads "count=3 text='\"port=0x60 x\"'"
	loads "port=0x378"
	is_refused "port=0x60"
	is_refused "port=0x378 port=0x60"
	is_refused "count=3 port=0x60"
	is_refused "text=a port=0x3780"
	# a name by another spelling, a quote before the name
	is_refused "irq-line=7"
	is_refused "irq_line=7"
	is_refused "'\"port=0x60\"'"
	# what the kernel would cut elsewhere
	vm "printf 'count=3\tport=0x60' >/tmp/args"
	log_mark
	vm "modload --args \"\$(cat /tmp/args)\" /argued.ko"
	refused module-load 'reason=args$'
}

@test "safe, through a loader alone, without a manifest" {
	machine insmod=/usr/bin/kmod
	loads "count=3 text=x"
	is_refused "port=0x378"
}

@test "listed: nothing but what the manifest lists" {
	machine manifest=/k/listing args=listed
	loads ""
	loads "port=0x378"
	loads "text=anything"
	is_refused "count=3"
	is_refused "port=0x60"
}

@test "none: nothing, listed or not" {
	machine manifest=/k/listing args=none
	loads ""
	is_refused "text=x"
	is_refused "port=0x378"
}

@test "any: as if there were no seal" {
	machine manifest=/k/plain args=any
	loads "port=0x60 irq-line=7 count=1"
}
