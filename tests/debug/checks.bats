# SPDX-License-Identifier: GPL-2.0
# The debug kernel's checks find what they are there for, and vm_down fails for
# it. What is reported ends the machine under panic_on_warn, so here it may go
# on: a machine for each mistake.

load ../helpers

# reports(MISTAKE, REGEX) - asserts that vm_down fails for it, and says why
reports() {
	local what=$1 regex=$2
	vm_boot --append "panic_on_warn=0 oops=continue kasan.fault=report"
	vm_ok "kmod-insmod /broken.ko what=$what" || { _vm_stop; return 1; }
	run vm_down
	echo "$output"
	[ "$status" -ne 0 ] || fail "$what passed"
	[[ $output =~ $regex ]] || fail "$what: no match for $regex"
}

setup() {
	_vm_dir
	_vm_stop 2>/dev/null || true
}

@test "without a mistake there is no report" {
	vm_boot
	vm_ok "kmod-insmod /canary.ko && rmmod canary"
	vm_down
}

@test "memory is used that has been freed" {
	reports freed 'BUG: KASAN: slab-use-after-free in (freed|broken_init)'
}

@test "memory is used that was never allocated" {
	reports overrun 'BUG: KASAN: slab-out-of-bounds in (overrun|broken_init)'
}

@test "somebody sleeps who holds a spin lock" {
	reports sleep 'BUG: (scheduling while atomic|sleeping function)'
}

@test "locks are taken in one order and in the other" {
	reports order 'possible circular locking dependency'
}

@test "memory is lost" {
	reports leak 'unreferenced object 0x.*broken'
}

@test "a number is shifted out of itself" {
	reports shift 'UBSAN: shift-out-of-bounds'
}

@test "under panic_on_warn the machine dies of a report" {
	vm_boot
	run vm "kmod-insmod /broken.ko what=freed"
	[ "$status" -ne 0 ]
	[[ $output == *"the machine has died"* ]]
	run vm_down
	[ "$status" -ne 0 ]
}
