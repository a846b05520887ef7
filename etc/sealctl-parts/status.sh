# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# sealctl status

# shellcheck source=sealctl-parts/live.sh
. "$parts/live.sh"

# The last refusals that the kernel log has; its texts are quoted, so that none
# of them can look like the beginning of a line.
REFUSAL='^[^"]*seal: refused [^ "]+ what="'

# read_log() - leaves them in $work/refusals; false if there is no log to read.
# The journal goes back to the boot, the kernel's own ring perhaps not.
read_log() {
	: >"$work/refusals"
	for log in "journalctl -kq --no-pager -o short-iso" dmesg; do
		$log >"$work/log" 2>/dev/null || continue
		[ -s "$work/log" ] || continue
		grep -aE "$REFUSAL" "$work/log" | tail -n 10 >"$work/refusals"
		return 0
	done
	return 1
}

# unsure(WHY) - neither sealed nor not
unsure() {
	printf 'sealctl: it cannot be told whether this system is sealed: %s\n' \
		"$*" >&2
	exit 3
}

status() {
	[ $# -eq 0 ] || misuse "status wants no operand"
	[ -d "$root/sys/module" ] ||
		unsure "there is no $root/sys/module; mount sysfs"
	if [ ! -e "$root$NODE/status" ]; then
		[ ! -e "$root/sys/module/seal" ] ||
			unsure "the seal is loaded, but there is no $root$NODE/status; mount securityfs, or are you not root?"
		[ -z "$json" ] || echo '{"state": "not sealed"}'
		[ -n "$json" ] || echo "not sealed"
		exit 1
	fi
	cat "$root$NODE/status" >"$work/status" 2>/dev/null ||
		unsure "$root$NODE/status cannot be read; are you root?"
	read_live
	grep -qxE 'state: (sealed|broken|audit)' "$work/status" ||
		unsure "$root$NODE/status does not say that it is sealed"
	no_log=''
	read_log || no_log=yes
	show=status.awk
	[ -z "$json" ] || show=status-json.awk
	awk -v no_log="$no_log" -f "$parts/$show" \
		"$work/status" "$work/live" "$work/refusals" ||
		unsure "awk failed"
	! grep -qx 'state: audit' "$work/status" ||
		die "this system is not sealed: the mode is audit, nothing is refused"
	! grep -qx 'state: broken' "$work/status" ||
		die "the seal is broken: these functions were found not guarded:$(
			sed -n 's/^broken://p' "$work/status")"
}
