# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# the seal that is on, and its live set

# shellcheck source=sealctl-parts/manifest.sh
. "$parts/manifest.sh"

NODE=/sys/kernel/security/seal
PARAMETERS=/sys/module/seal/parameters
PROGRAMS=/etc/seal/programs.sha256

# parameter(NAME) - of the seal that is on; empty if it has none
parameter() {
	cat "$root$PARAMETERS/$1" 2>/dev/null || :
}

# live(KEY) - what the node says of the live set of this $kind
live() {
	sed -n "s/^$kind\\.$1: //p" "$work/live" | head -n 1
}

# read_live() - leaves what the node says in $work/live; empty if there is none
read_live() {
	: >"$work/live"
	[ -e "$root$NODE/manifest" ] || return 0
	cat "$root$NODE/manifest" >"$work/live" 2>/dev/null ||
		die "$root$NODE/manifest cannot be read; are you root?"
}

# lowest() - the serial of this $kind that must be exceeded: that of the live
# set, or one from before that the serial file remembers
lowest() {
	lowest=${live_serial:-0}
	remembered=$(parameter serial_file)
	[ -n "$remembered" ] || return 0
	remembered=$(sed -n "s/^$kind 0*\\([0-9]\\)/\\1/p" \
		"$root$remembered" 2>/dev/null)
	[ -z "$remembered" ] || ! is_higher "$remembered" "$lowest" ||
		lowest=$remembered
}

# place() - where the seal reads this $kind at boot
place() {
	case $kind in
	modules) parameter manifest ;;
	revoked) parameter revoked ;;
	programs)
		[ -e "$root$PARAMETERS/programs" ] || return 0
		programs=$(parameter programs)
		echo "${programs:-$PROGRAMS}" ;;
	esac
}

# sum_of(COPY) - prints the digest of a manifest's set, as the kernel makes it
sum_of() {
	sum=$(sha256sum <"$1.digests") || exit 1
	echo "${sum%% *}"
}

# find_live(FILE) - sets $found to a file that lists what is live, of which
# $work/old is a copy
find_live() {
	found=$(place)
	for found in ${found:+"$root$found" "$root$found.old"} "$1.old"; do
		[ -f "$found" ] || continue
		cat "$found" >"$work/old" || continue
		(read_manifest "$work/old" "$found") 2>/dev/null || continue
		[ "$(sum_of "$work/old")" != "$live_sum" ] || return 0
	done
	found=
}

# compare(COPY, FILE) - tells what would change
compare() {
	if [ -z "$live_sum" ]; then
		echo "$name: there is no live set of $kind"
		return
	fi
	find_live "$2"
	if [ -z "$found" ]; then
		echo "$name: live is serial $live_serial, $(live count) digests; what would change cannot be told, its file is not on this disk"
		return
	fi
	echo "$name: live is serial $live_serial, $(live count) digests; $(
		comm -13 "$work/old.digests" "$1.digests" | wc -l) added, $(
		comm -23 "$work/old.digests" "$1.digests" | wc -l) removed"
}
