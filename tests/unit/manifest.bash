# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the tests use what is set here
# shellcheck disable=SC2154 # status and output are set by run
#
# The vocabulary of the seal-manifest tests: a system below $root with the
# kernels 1.0 (modules in $one) and 2.0 ($two), whose manifest is $list.

bats_require_minimum_version 1.5.0

manifest_setup() {
	manifest=$BATS_TEST_DIRNAME/../../etc/seal-manifest
	root=$BATS_TEST_TMPDIR/root
	one=$root/lib/modules/1.0/kernel
	two=$root/lib/modules/2.0/kernel
	list=$root/etc/seal/modules.sha256
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir -p "$one" "$two" "$TMPDIR"
	echo a >"$one/a.ko"
	echo b >"$one/b.ko"
	echo c >"$two/c.ko"
	echo text >"$one/modules.dep"
}

# requires(WORD...) - skips the test, saying why, unless we are root, may have
# mounts of our own (namespaces), or PROGRAM is installed
requires() {
	local word
	for word; do
		case $word in
		root)
			[ "$(id -u)" -eq 0 ] || skip "this needs root" ;;
		namespaces)
			unshare -m true 2>/dev/null ||
				skip "this machine has no mounts of our own for us" ;;
		*)
			command -v "$word" >/dev/null || skip "there is no $word" ;;
		esac
	done
}

# make(ARG...) - run seal-manifest on that root; on a hang fail, do not wait
make() {
	run timeout -k 1 20 "$manifest" --root "$root" "$@"
	echo "$output"
}

# refuses(TEXT, ARG...) - it fails, says TEXT and leaves the manifest alone
refuses() {
	local before
	before=$(looks)
	make "${@:2}"
	[ "$status" -eq 1 ] || return
	[[ $output == *"$1"* ]] || return
	[ "$(looks)" = "$before" ] || return
	nothing_left
}

# looks() - of the manifest: would a change show?
looks() {
	stat -c '%i %y %s' "$list" 2>/dev/null || echo none
}

# nothing_left() - of temporary files
nothing_left() {
	[ -z "$(find "$root" -name '*.seal-manifest')" ] &&
		[ -z "$(ls "$TMPDIR")" ]
}

paths() {
	sed '/^#/d' "$list" | sed 's/^\\\{0,1\}[0-9a-fA-F]* [ *]//'
}

digest() {
	sha256sum <"$1" | cut -c1-64
}

# verify() - what coreutils says of the manifest
verify() {
	(cd "$root" && sed 's#  /#  ./#' "$list" |
		sha256sum -c --quiet --strict --ignore-missing)
}

# replacing(PROGRAM, SCRIPT, COMMAND...) - the command finds this script at the
# place of the system's PROGRAM; the script finds that as $REAL
replacing() {
	local target
	target=$(realpath "$(command -v "$1")")
	mkdir -p "$BATS_TEST_TMPDIR/real"
	cp "$target" "$BATS_TEST_TMPDIR/real/$1"
	printf '#!/bin/sh\nREAL=%s\n%s\n' "$BATS_TEST_TMPDIR/real/$1" "$2" \
		>"$BATS_TEST_TMPDIR/instead.$1"
	chmod 755 "$BATS_TEST_TMPDIR/instead.$1"
	# shellcheck disable=SC2016 # for another shell
	unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh \
		"$BATS_TEST_TMPDIR/instead.$1" "$target" "${@:3}"
}

# sealed(COMMAND...) - a sealed system is one where /sys/module/seal is: with
# mounts of our own that is easily said
sealed() {
	# shellcheck disable=SC2016 # for another shell
	unshare -m sh -c 'mount -t tmpfs none /sys && mkdir -p /sys/module/seal &&
		exec "$@"' sh "$@"
}
