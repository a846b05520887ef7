# SPDX-License-Identifier: GPL-2.0
# What somebody got through a door before it was shut, and would keep.

load helpers

setup() {
	local version dynamic
	version=$("$SEAL_TOP/tests/vm/kernel" "${KERNEL:-cloud-amd64}")
	dynamic=$("$SEAL_TOP/tests/vm/kernel" --programs "$version" |
		sed -n 1p)/tests/tools/dynamic
	vm_boot --file "$dynamic/puppet-dyn:/puppet-dyn" \
		--file "$dynamic/libpuppet.so.1:/usr/lib/libpuppet.so.1" \
		--file "$dynamic/permit.so:/permit.so"
	requires sealable arch:amd64
}

teardown() {
	vm_down
}

# maps(TOOL) - has it map video memory, to be written, and use it
maps() {
	vm_serve mem "$1" serve /dev/mem rw
	vm_told mem keep-map 0xa0000 4096
	[ "$status" -eq 0 ] || return
	uses
}

uses() {
	vm_told mem use-map
	[ "$status" -eq 0 ] || fail "the mapping cannot be used: $output"
}

@test "revoke, the default: a mapping of physical memory is taken away" {
	maps memdev
	log_mark
	seal_on
	[[ $(log_since) =~ seal:\ preopened:\ memdev\[[0-9]+\]\ has\ a\ mapping\ of\ physical\ memory:\ it\ is\ taken\ away ]]
	vm_told mem use-map
	[ "$status" -ne 0 ]
	[[ $output == *"Bad address"* ]]
}

@test "report: it stays, and is told of" {
	maps memdev
	log_mark
	seal_on preopened=report
	[[ $(log_since) =~ seal:\ preopened:\ memdev\[[0-9]+\]\ has\ a\ mapping\ of\ physical\ memory:\ it\ stays ]]
	uses
}

@test "refuse: the seal does not go on" {
	maps memdev
	seal_fails 'preopened: memdev\[[0-9]+\] has a mapping of physical memory: end it' preopened=refuse
	vm_ok "killall memdev; sleep 0.3"
	seal_on preopened=refuse
}

@test "a program of mem_allow= keeps what it has" {
	vm_ok "cp /usr/lib/seal-tests/memdev /driver"
	maps /driver
	seal_on mem_allow=/driver
	uses
}

@test "but not if it is of another class" {
	vm_ok "cp /usr/lib/seal-tests/memdev /driver; cp /usr/lib/seal-tests/ioports /ports"
	maps /driver
	vm_ok "/ports --hold iopl & echo \$! >/pid; sleep 0.3"
	seal_fails 'preopened: ports\[[0-9]+\] has I/O ports: end it' \
		mem_allow=/driver:mem,/ports:mem,pci,msr
	uses
	log_mark
	seal_on mem_allow=/driver:ioport,pci,msr,/ports:ioport
	[[ $(log_since) =~ seal:\ preopened:\ driver\[[0-9]+\]\ has\ a\ mapping\ of\ physical\ memory:\ it\ is\ taken\ away ]]
	vm_told mem use-map
	[[ $output == *"Bad address"* ]]
}

@test "but no memory of the kernel's" {
	vm_ok "cp /usr/lib/seal-tests/memdev /driver"
	vm_serve mem /driver serve /dev/mem rw
	vm_told mem keep-map 0x9d000 4096
	uses
	seal_on mem_allow=/driver
	vm_told mem use-map
	[[ $output == *"Bad address"* ]]
}

# It runs code that no file vouches for, which could do with it what it likes.
@test "nor if it runs other code" {
	vm_ok "cp /usr/lib/seal-tests/puppet /driver"
	vm_serve p /driver serve
	vm_told p open
	vm_told p map 0xa0000
	[ "$status" -eq 0 ]
	vm_told p paint 1
	[ "$status" -eq 0 ]
	vm_told p run-anonymous
	seal_on mem_allow=/driver
	vm_told p paint 1
	[[ $output == *"Bad address"* ]]
}

# dynamic() - a driver with libraries has memory mapped, and uses it
dynamic() {
	vm_serve p /puppet-dyn serve
	vm_told p open
	vm_told p map 0xa0000
	vm_told p paint 1
}

@test "nor if anything else was linked into it, even without code" {
	dynamic
	[ "$status" -eq 0 ]
	vm_told p dlopen /permit.so
	[ "$status" -eq 0 ]
	seal_on mem_allow=/puppet-dyn
	vm_told p paint 1
	[[ $output == *"Bad address"* ]]
}

@test "one with libraries that are listed keeps it, and links nothing else" {
	dynamic
	[ "$status" -eq 0 ]
	seal_on mem_allow=/puppet-dyn
	vm_told p paint 1
	[ "$status" -eq 0 ]
	vm_told p user nobody
	log_mark
	vm_told p dlopen /permit.so
	[ "$status" -ne 0 ]
	[[ $(log_since) =~ refused\ program-code\ what=\"/permit.so\"\ .*reason=foreign-code ]]
}

@test "who keeps it takes no code in, gets no more, and hands nothing on" {
	vm_ok "cp /usr/lib/seal-tests/puppet /driver"
	vm_serve p /driver serve
	vm_told p open
	vm_told p map 0xa0000
	seal_on mem_allow=/driver
	vm_told p paint 1
	[ "$status" -eq 0 ]
	vm_told p fork paint 1
	[[ $output == *"Bad address"* ]]
	log_mark
	vm_told p run-anonymous
	refused program-code 'reason=foreign-code$'
	log_mark
	vm_told p map 0xa0000
	refused mem-write 'reason=unwitnessed$'
}

@test "I/O ports: the seal does not go on" {
	vm_ok "ioports --hold iopl & echo \$! >/pid; sleep 0.3"
	seal_fails 'preopened: ioports\[[0-9]+\] has I/O ports: end it'
	vm_ok "kill \$(cat /pid); sleep 0.3"
	seal_on
}

@test "a descriptor of debugfs that can write: the seal does not go on" {
	vm_ok "sleep 1000 >/sys/kernel/debug/kprobes/enabled & echo \$! >/pid"
	seal_fails 'preopened: sleep\[[0-9]+\] has a descriptor of debugfs or tracefs'
	vm_ok "kill \$(cat /pid); sleep 0.3"
	seal_on
}

# As if he had got them just after that was looked for.
@test "what slips in while the seal goes on breaks it" {
	vm_ok "ioports --hold iopl & sleep 0.3
		kmod-insmod /failstep.ko function=seal:preopen_check error=0"
	log_mark
	seal_on
	[ "$(seal_status state)" = broken ]
	[ "$(seal_status broken.slipped_in)" = yes ]
	[[ $(log_since) =~ seal:\ BROKEN:\ ioports\[[0-9]+\]\ has\ I/O\ ports:\ it\ came\ in\ before\ the\ seal\ was\ on ]]
}

# Each round of looking finds processes that were not there in the one before.
@test "who forks all the time does not keep the seal from going on" {
	vm_down
	vm_boot --smp 4
	vm_ok "for i in \$(seq 40); do
		while sleep 0.05; do :; done >/dev/null 2>&1 & done; sleep 1"
	VM_TIMEOUT=60 seal_on
	[ "$(seal_status state)" = sealed ]
}

# The child, which ends when it has lost it, hands on what is empty until then.
@test "nor does who has a mapping and forks all the time" {
	maps memdev
	vm_told mem fork-map
	[ "$status" -eq 0 ]
	vm_ok "sleep 1; ! grep lost /tmp/mem.log"
	VM_TIMEOUT=60 seal_on
	[ "$(seal_status state)" = sealed ]
	vm_told mem use-map
	[[ $output == *"Bad address"* ]]
	vm_ok "sleep 1; grep lost /tmp/mem.log"
}
