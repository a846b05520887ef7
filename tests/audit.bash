# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the suites use what is set here
# shellcheck disable=SC2154 # vm() sets $status and $output
#
# How the suites of mode=audit put it on, take it away, and see that it cannot be
# raised. They load helpers and unwind, too.

SECURITY=/sys/kernel/security/seal
MODE=$SECURITY/mode
TOOLS=/usr/lib/seal-tests

# audit(PARAM...) - what a test before has left on ends first
audit() {
	vm_ok "rmmod seal 2>/dev/null; true" && seal_on mode=audit "$@"
}

# audit_ends() - the module is removed, as soon as nobody is at its gates, and
# leaves nothing behind
audit_ends() {
	vm_ok "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		rmmod seal 2>/tmp/rmmod && exit; sleep 0.2; done
		cat /tmp/rmmod; exit 1" && as_before
}

# raise_fails([REGEX]) - asserts that the mode cannot be raised and stays audit,
# and that exactly one line says why, which matches; without REGEX there is none
raise_fails() {
	local log said
	log_mark
	vm_fails "echo enforce >$MODE" || return
	log=$(log_since) || { echo "$log"; return 1; }
	[[ $log == *"seal: the mode stays audit"* ]] || fail "$log" || return
	mapfile -t said < <(grep '^seal: ' <<<"$log" |
		grep -v -e '^seal: the mode stays audit$' \
			-e '^seal: would refuse ')
	[ "${#said[@]}" -eq $# ] || fail "${#said[@]} lines instead of $#" \
		"say why:"$'\n'"$log" || return
	[ $# -eq 0 ] || [[ ${said[0]} =~ $1 ]] ||
		fail "no match for $1: ${said[0]}" || return
	[ "$(_vm_ask "cat $MODE")" = audit ] || fail "the mode has changed" ||
		return
	[ "$(seal_status state)" = audit ] || fail "the state has changed"
}
