# SPDX-License-Identifier: GPL-2.0
# What a module is told by whoever loads it, or later in sysfs: through any hole
# only what is harmless, listed, or what the administrator chose to let pass.

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
		echo "# args: firmware_class path=/lib/more"
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
	vm_ok "kmod-insmod /argued.ko"
	local setting
	for setting in "argued port 96" "argued count 1" "argued text x" \
		"firmware_class path /tmp"; do
		# shellcheck disable=SC2086 # words
		is_set $setting
	done
	vm_ok "echo >/sys/module/firmware_class/parameters/path; rmmod argued"
	seal_on "$@"
}

# is_set(MODULE, PARAMETER, VALUE) - written in sysfs it is there
is_set() {
	vm_ok "cd /sys/module/$1/parameters; echo $3 >$2 && cat $2"
	[ "$output" = "$3" ]
}

# is_not_set(MODULE, PARAMETER, VALUE, REASON)
is_not_set() {
	log_mark
	vm "cd /sys/module/$1/parameters && echo $3 >$2"
	refused module_parameters "what=\"[^\"]+\" by sh" "reason=$4$" || return
	vm "cat /sys/module/$1/parameters/$2"
	[ "$output" != "$3" ]
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

@test "safe: in sysfs none that redirects the kernel, unless it is listed" {
	machine manifest=/k/listing
	vm_ok "kmod-insmod /argued.ko"
	is_set argued count 3
	is_set argued text y
	is_not_set argued port 96 sealed
	is_not_set firmware_class path /tmp args
	is_not_set firmware_class path /lib/more/x args
	is_set firmware_class path /lib/more
	vm_ok "echo N >/sys/module/printk/parameters/time"
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
	vm_ok "kmod-insmod /argued.ko"
	is_not_set argued count 3 args
	is_set argued text y
	is_set firmware_class path /lib/more
	# what its author has marked is lockdown's
	is_not_set argued port 0x378 sealed
}

@test "none: nothing, listed or not" {
	machine manifest=/k/listing args=none
	loads ""
	is_refused "text=x"
	is_refused "port=0x378"
	vm_ok "kmod-insmod /argued.ko"
	is_not_set argued text y args
	is_not_set firmware_class path /lib/more args
}

@test "any: as if there were no seal" {
	machine manifest=/k/plain args=any
	loads "port=0x60 irq-line=7 count=1"
	is_set firmware_class path /tmp
}

@test "keep=module_parameters: in sysfs all of them" {
	machine manifest=/k/plain keep=module_parameters args=listed
	loads ""
	vm_ok "kmod-insmod /argued.ko"
	is_set argued port 96
	is_set argued count 3
	is_set firmware_class path /tmp
}
