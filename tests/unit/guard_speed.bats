#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means to be
# A manifest of 1,000,000 lines: right answers, in little time and memory. The
# limits are wide, for any machine; the figures are printed.

load guard
setup_file() {
	guard_setup_file
	awk 'BEGIN { for (i = 0; i < 1000000; i++)
		printf "%064x  /lib/modules/6.1.0-test/kernel/drivers/some/where/module%07d.ko\n", i, i }' \
		>"$GUARD_HOME/million"
}
teardown_file() { guard_teardown_file; }
setup() { guard_setup; }

# look_up(STATUS) - $seconds and $kib of one run
look_up() {
	local figures
	requires /usr/bin/time
	run /usr/bin/time -f '%e %M' "$GUARD_FAST" --manifest "$GUARD_HOME/million" "$W/a.ko"
	[ "$status" -eq "$1" ] || fail "$output" || return
	figures=${lines[-1]}
	seconds=${figures% *} kib=${figures#* }
	echo "# $BATS_TEST_DESCRIPTION: $seconds s, $kib KiB" >&3
	[ "$kib" -lt 16384 ] || fail "more than 16 MiB: $kib KiB" || return
	awk -v s="$seconds" 'BEGIN { exit s >= 2 }' || fail "too slow: $seconds s"
}

@test "look-up in 1,000,000 lines [absent]" {
	look_up 1
	[[ $output == *'is not listed'* ]]
}

@test "look-up in 1,000,000 lines [last]" {
	sha256sum a.ko >>"$GUARD_HOME/million"
	look_up 0
	sed -i '$d' "$GUARD_HOME/million"
}

@test "look-up in 1,000,000 lines [first]" {
	sed -i "1i $(sha256sum a.ko)" "$GUARD_HOME/million"
	look_up 0
	sed -i 1d "$GUARD_HOME/million"
}

@test "a bad line at the end of 1,000,000 is found" {
	echo rubbish >>"$GUARD_HOME/million"
	look_up 1
	[[ $output == *'line 1000001: '* ]]
}
