# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How a tree of another release comes about, for tests/vm/chroot, which builds
# in it, and tests/vm/debian-root, which boots it. Whoever reads this file has
# a function die() and has read archive.bash.

# need_root(WHAT)
need_root() {
	[ "$(id -u)" -eq 0 ] || die "$1 needs root: run it as root"
}

# apart(COMMAND...) - runs it in a mount and process namespace of its own: no
# mount and no process of it outlives it, however it ends
apart() {
	unshare --mount --propagation private --pid --fork --kill-child "$@"
}

# bootstrap(RELEASE, DIR, LOG, PACKAGES, [OPTION...]) - the release's essential
# packages, apt and these in DIR, from this machine's archive
bootstrap() {
	local release=$1 dir=$2 log=$3 sources=$2.list include=${4// /,}
	command -v mmdebstrap >/dev/null || die "mmdebstrap is not installed"
	archive_lines "$release" >"$sources"
	! grep -q '^deb https' "$sources" || include+=,ca-certificates
	apart mmdebstrap --mode=root --variant=minbase --include="$include" \
		--keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
		--aptopt='Acquire::Check-Valid-Until "false"' "${@:5}" \
		"$release" "$dir" "$sources" >"$log" 2>&1 || return
	rm -f "$sources"
}

# remove(DIR) - and nothing that is mounted in it: rm would go on there
remove() {
	local mounted
	[ -e "$1" ] || return 0
	mounted=$(findmnt -rno TARGET | grep -F "$(realpath "$1")/" | sort -r) ||
		true
	if [ -n "$mounted" ]; then
		xargs -d '\n' umount <<<"$mounted" ||
			die "$1 is not removed: something is mounted in it"
	fi
	rm -rf --one-file-system "$1"
}
