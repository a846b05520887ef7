# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# sealctl verify

# shellcheck source=sealctl-parts/judge.sh
. "$parts/judge.sh"

# is_plain_list(FILE) - a list of programs that nobody wants signed?
is_plain_list() {
	case " $given_options " in
	*" cert "*) return 1 ;;
	esac
	[ -f "$1" ] && [ ! -e "$1.p7s" ] && [ -z "$(parameter key)" ] &&
		grep -qx '# kind: programs' "$1"
}

# verify_plain(FILE) - one that is read when the seal comes
verify_plain() {
	take manifest "$1" "$work/new"
	name=$escaped
	read_manifest "$work/new" "$1"
	echo "$name: $kind, serial $serial, $count digests, not signed"
	check_files "$work/new" || die "$name: it would be refused: $why"
	tell_missing "$work/new" || exit 1
	echo "$name: its files are what is listed"
}

# verify_signed(FILE)
verify_signed() {
	judge "$work/new" "$1" || die "$name: it would be refused: $why"
	tell_missing "$work/new" || exit 1
	if [ -n "$already" ]; then
		echo "$name: it is what is live"
	else
		echo "$name: it would be accepted"
	fi
}

verify() {
	[ $# -gt 0 ] || misuse "verify wants a manifest"
	for file; do
		if ! is_plain_list "$file"; then
			use_key
			break
		fi
	done
	refused=0
	for file; do
		how=verify_signed
		! is_plain_list "$file" || how=verify_plain
		# in a shell of its own: what is no manifest ends that
		( $how "$file" ) || refused=1
	done
	exit $refused
}
