# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How the suites that make the seal's load fail tell that nothing is left.

# With these every gate has its hooks.
# shellcheck disable=SC2034 # for the suites
PARAMS="insmod=/prog mem_allow=/prog2:mem,ioport,pci,msr no_remove=1 read=no protect=/kept"

# unwind_begin() - notes what the machine is like without the seal. It holds
# what a load might leave, in words that do not change by themselves; of a
# module that is listed the address does.
unwind_begin() {
	vm_ok "cp /bin/busybox /prog; cp /bin/busybox /prog2; mkdir -p /was
		mkdir -p /kept/below; echo x >/kept/below/file
		cat >/state <<'END'
cd /sys/kernel
cut -d' ' -f1-4 /proc/modules
cat tracing/enabled_functions debug/kprobes/list
ls security /sys/module
grep -c . /proc/mounts
: >>/prog && : >>/prog2 && : >>/kept/below/file && echo writable
echo x >/kept/new && mv /kept/new /kept/below/new && rm /kept/below/new &&
	chmod 600 /kept/below/file && echo changeable
END
		sh /state >/was/state && grep -qx writable /was/state"
}

# as_before() - asserts that it is like that still
as_before() {
	vm_ok "sh /state >/tmp/state 2>&1; diff /was/state /tmp/state"
}

# nothing_left() - and that a notifier is not, either
nothing_left() {
	as_before || return
	# it would be called now
	vm_ok "kmod-insmod /canary.ko && rmmod canary"
}
