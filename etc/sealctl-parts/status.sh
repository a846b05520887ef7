# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# sealctl status

# shellcheck source=sealctl-parts/live.sh
. "$parts/live.sh"
# shellcheck source=sealctl-parts/log.sh
. "$parts/log.sh"

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
	take_log || no_log=yes
	logged "$REFUSAL" | tail -n 10 >"$work/refusals"
	logged "$AUDITED" | tail -n 10 >"$work/audited"
	show=status.awk
	[ -z "$json" ] || show=status-json.awk
	awk -v no_log="$no_log" -f "$parts/$show" \
		"$work/status" "$work/live" "$work/refusals" "$work/audited" ||
		unsure "awk failed"
	! grep -qx 'state: audit' "$work/status" ||
		die "this system is not sealed: the mode is audit, nothing is refused"
	! grep -qx 'state: broken' "$work/status" ||
		die "the seal is broken: these functions were found not guarded:$(
			sed -n 's/^broken://p' "$work/status")"
}
