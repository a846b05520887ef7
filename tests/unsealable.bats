# SPDX-License-Identifier: GPL-2.0
# A kernel that builds the module but whose ftrace cannot redirect a call, as
# arm64's before 6.2: the load fails in one line and leaves nothing behind.
# What a forgotten hook does shows when the module's memory is used anew.

load helpers

WHY="this kernel's ftrace cannot redirect a call: it lacks CONFIG_DYNAMIC_FTRACE_WITH_ARGS"

setup_file() {
	vm_boot
	vm_ok "cp /bin/busybox /prog"
}

setup() {
	requires unsealable
}

teardown_file() {
	vm_down
}

@test "the load fails, and one line says what the kernel lacks" {
	seal_fails "$WHY"
	vm_fails kmod-insmod /seal.ko
	[[ $output == *"Operation not supported"* ]]
}

@test "with every parameter too, and the hole's program is free again" {
	seal_fails "$WHY" insmod=/prog mem_allow=/prog no_remove=1 read=no
	vm_ok "echo >>/prog"
}

@test "a wrong parameter is still what is told first" {
	seal_fails 'parameter read="2" is neither yes nor no' read=2
}

@test "after fifty attempts nothing is hooked and everything works" {
	vm_ok "for i in \$(seq 50); do kmod-insmod /seal.ko insmod=/prog && exit 1
		done 2>/dev/null; true"
	vm_fails "ls -d /sys/module/seal /sys/kernel/security/seal"
	vm_ok "cat /sys/kernel/tracing/enabled_functions"
	[ -z "$output" ]
	vm_ok "kmod-modprobe dummy && rmmod dummy && modload /canary.ko &&
		rmmod canary"
	vm_ok "cd /sys/kernel/tracing && echo load_module >set_ftrace_filter &&
		echo function >current_tracer && kmod-modprobe dummy &&
		grep -q load_module trace && echo nop >current_tracer &&
		echo >set_ftrace_filter && rmmod dummy"
	vm_ok memdev open-rw /dev/mem
}
