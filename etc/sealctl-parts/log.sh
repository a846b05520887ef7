# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# what the kernel log has of the seal

# Its texts are quoted, so that none of them can look like the beginning of a
# line.
REFUSAL='^[^"]*seal: refused [^ "]+ what="'
AUDITED='^[^"]*seal: would refuse [^ "]+ what="'

# take_log() - leaves the log in $work/log; false if there is none to read. The
# journal goes back to the boot, the kernel's own ring perhaps not.
take_log() {
	for log in "journalctl -kq --no-pager -o short-iso" dmesg; do
		$log >"$work/log" 2>/dev/null || continue
		[ ! -s "$work/log" ] || return 0
	done
	: >"$work/log"
	return 1
}

# logged(PATTERN) - its lines of that form
logged() {
	grep -aE "$1" "$work/log"
}
