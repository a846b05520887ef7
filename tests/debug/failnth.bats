# SPDX-License-Identifier: GPL-2.0
# Whatever allocation fails while the seal's init runs, its own or one of the
# kernel functions it calls: the load fails, nothing is left and no check of
# the kernel's reports anything, or the seal is on. One after the other, until
# a load asks for fewer than are made to fail.

load ../helpers
load ../unwind
load inject

# The kernel's own part of a load is not what is tested: only what happens
# below its call of an init function counts.
start() {
	local from to
	vm_boot
	{ read -r from && read -r to; } < <(extent do_one_initcall)
	inject_below "$from" "$to"
}

setup_file() {
	start
}

teardown_file() {
	vm_down
}

# shellcheck disable=SC2030,SC2031 # each test has its own
# try(N) - one load; nothing is left, unless the seal is on. Sets $injected and
# $sealed to yes or no.
try() {
	injected=no sealed=no
	vm "failnth $1 /seal.ko '$PARAMS'" || return
	[[ $output != *injected ]] || injected=yes
	if [ "$status" -eq 0 ]; then
		sealed=yes
		[ "$(seal_status state)" = sealed ] ||
			fail "it is loaded and not sealed"
	elif [ "$injected" = yes ] || [[ $output == *"Level 2 halted"* ]]; then
		# the next load would call a notifier that is left
		as_before
	else
		fail "the load failed by itself"
	fi
}

# The seal can do without some, and what is sealed cannot go on. So it fails at
# its last step, whatever becomes of the others.
@test "each allocation in turn fails, up to the last step" {
	local injected sealed
	vm_ok "kmod-insmod /failstep.ko function=seal:status_publish error=-51"
	unwind_begin
	for ((n = 1; n < 5000; n++)); do
		try "$n" || fail "with failure $n" || return
		[ "$sealed" = no ]
		[ "$injected" = yes ] || break
	done
	vm_ok "rmmod failstep"
	echo "# $((n - 1)) failures" >&3
	echo "$n" >"$BATS_FILE_TMPDIR/n"
	[ "$n" -gt 20 ]
}

@test "each allocation in turn fails, in the last step" {
	local injected sealed n
	n=$(cat "$BATS_FILE_TMPDIR/n")
	unwind_begin
	for (( ; n < 5000; n++)); do
		try "$n" || fail "with failure $n" || return
		[ "$injected" = yes ] || break
		[ "$sealed" = no ] || {
			vm_down
			start
			unwind_begin
		}
	done
	echo "# $((n - 1)) failures in all" >&3
	[ "$sealed" = yes ]
	[ "$n" -gt "$(cat "$BATS_FILE_TMPDIR/n")" ]
	# it goes with the test that booted it
	vm_down
}
