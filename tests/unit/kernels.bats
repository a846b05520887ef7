#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2016 # for the shells that they are given to
# The list of kernels, the table of what ran on them, and that taking a chroot
# away takes nothing else.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	unset TEST
	export SEAL_MATRIX=$BATS_TEST_TMPDIR/matrix
	export SEAL_KERNEL_LIST=$BATS_TEST_TMPDIR/kernels
	export SEAL_CHROOTS=$BATS_TEST_TMPDIR/chroots
	printf '%s\n' '# a comment' \
		'one amd64 oldest oldest,oldest-security cloud-amd64' \
		'two amd64 newest newest-backports amd64' >"$SEAL_KERNEL_LIST"
}

# ran(NAME, SUITE, LINE...) - that suite's log
ran() {
	local dir=$SEAL_MATRIX/$1
	mkdir -p "$dir"
	echo ran >"$dir/state"
	echo "1.2.3-${1#*/}" >"$dir/version"
	printf '%s\n' "${@:3}" >"$dir/$2.log"
}

# shows(REGEX) - a line of the output matches
shows() {
	grep -E -- "$1" <<<"$output" || {
		echo "no line matches $1:"
		echo "$output"
		return 1
	}
}

@test "every kernel of the list has its five words, and a name of its own" {
	local list=tests/kernels
	run awk '!/^#/ && NF != 5' "$list"
	[ -z "$output" ]
	run awk '!/^#/ && seen[$1]++' "$list"
	[ -z "$output" ]
	# no name is taken for a version or a flavour
	run awk '!/^#/ && ($1 !~ /^[a-z][a-z0-9-]*$/ || $1 ~ /^(cloud-)?(amd64|arm64)$/)' \
		"$list"
	[ -z "$output" ]
	[ "$(grep -vc '^#' "$list")" -ge 10 ]
}

@test "every kernel of the list is of an architecture whose machine is known" {
	local name package
	unset SEAL_KERNEL_LIST
	while read -r name; do
		package=$(tests/vm/kernel --qemu "$name")
		[[ $package == qemu-system-* ]]
	done < <(awk '!/^#/ { print $1 }' tests/kernels)
	# its flavour, which every version of it ends with, says the same
	run awk '!/^#/ { f = $5; sub(/.*-/, "", f); if (f != $2) print }' \
		tests/kernels
	[ -z "$output" ]
}

@test "an architecture of which nothing is known is an error that names it" {
	echo 'three vax newest newest vax' >>"$SEAL_KERNEL_LIST"
	run tests/vm/kernel --qemu three
	[ "$status" -ne 0 ]
	shows 'nothing is known of the architecture "vax"$'
}

# programs(KERNEL) - what the guest of that kernel runs, and where from
programs() {
	mapfile -t lines < <(tests/vm/kernel --programs "$1")
}

@test "this machine's programs run in guests of its architecture only" {
	local own other=arm64
	own=$(dpkg --print-architecture)
	[ "$own" = amd64 ] || other=amd64
	echo "three $other newest newest $other" >>"$SEAL_KERNEL_LIST"
	programs "1.2.3-$own"
	[ "${lines[0]}" = "$PWD/build" ]
	[ -z "${lines[1]-}" ]
	programs three
	[ "${lines[0]}" = "$PWD/build/releases/newest-$other" ]
	[ "${lines[1]}" = "$SEAL_CHROOTS/newest/srv/$other" ]
	run tests/vm/kernel --programs "1.2.3-$other"
	[ "$status" -ne 0 ]
	shows "tests/kernels has no \"1\.2\.3-$other\""
}

@test "no cross compiler and no package of another architecture is asked of the machine" {
	run grep -nE 'gcc-.*-linux-gnu|crossbuild|:arm64' tests/setup tests/packages
	[ -z "$output" ]
	run grep -n arm tests/packages
	[ -z "$output" ]
}

@test "a Debian to boot is of the kernel's release; without root there is none" {
	local own
	own=$(dpkg --print-architecture)
	export SEAL_ROOTS=$BATS_TEST_TMPDIR/roots
	echo "three $own newest newest $own" >"$SEAL_KERNEL_LIST"
	run tests/vm/debian-root --have three
	[ "$status" -eq $(($(id -u) ? 2 : 1)) ]
	shows 'Debian newest'
	# what was made by another recipe is none
	mkdir -p "$SEAL_ROOTS/newest-$own"
	echo stale >"$SEAL_ROOTS/newest-$own/recipe"
	run tests/vm/debian-root --have three
	[ "$status" -ne 0 ]
	[ "$(cat "$SEAL_ROOTS/newest-$own/recipe")" = stale ]
}

@test "a line that lacks a word is an error that shows the line" {
	echo 'three amd64 newest cloud-amd64' >>"$SEAL_KERNEL_LIST"
	run tests/matrix show three
	[ "$status" -ne 0 ]
	shows 'not NAME ARCH RELEASE SUITES FLAVOUR: three amd64'
}

@test "a kernel that is not in the list is an error" {
	run tests/matrix run three
	[ "$status" -ne 0 ]
	shows 'has no "three"'
}

@test "the table counts, and says why a test was skipped and which failed" {
	ran one load 'ok 1 one: a' '# ok 2 one: b # skip needs sun' \
		'1 passed, 0 failed, 1 skipped'
	ran two load '# not ok 1 two: a' '# ok 2 two: b # skip needs sun' \
		'0 passed, 1 failed, 1 skipped'
	TEST=tests/load.bats run tests/matrix show
	shows '^one +1/0/1$'
	shows '^two +0/1/1$'
	shows '^one +1\.2\.3-one '
	shows '^  needs sun$'
	shows '^    load: b \(one two\)$'
	shows '^  two load: a$'
	[ "${lines[-1]}" = "1 passed, 1 failed, 2 skipped" ]
}

@test "a suite that ended early is a failure" {
	ran one load 'ok 1 one: a'
	TEST=tests/load.bats run tests/matrix show one
	shows '^one +0/1/0$'
	shows '^  one load: ended early: '
	[ "${lines[-1]}" = "0 passed, 1 failed, 0 skipped" ]
}

@test "a kernel or a release that cannot be tested is a failure with its log" {
	ran one load '1 passed, 0 failed, 0 skipped'
	mkdir -p "$SEAL_MATRIX"/{two,releases/newest}
	echo "does not build" >"$SEAL_MATRIX/two/state"
	echo "cannot be tested" >"$SEAL_MATRIX/releases/newest/state"
	TEST="tests/load.bats tests/unit/x.bats" run tests/matrix show
	shows '^one +1/0/0$'
	shows '^two +does not build: .*/two/build\.log$'
	shows '^newest +cannot be tested: .*/newest/unit\.log$'
	[ "${lines[-1]}" = "1 passed, 2 failed, 0 skipped" ]
}

@test "a release has a row of its own, once, and counts" {
	ran releases/oldest unit '# not ok 1 unit: a' '# ok 2 unit: b # skip no sun' \
		'3 passed, 1 failed, 1 skipped'
	echo 'three amd64 oldest oldest amd64' >>"$SEAL_KERNEL_LIST"
	run tests/matrix show
	[ "$(grep -c '^oldest .*/' <<<"$output")" -eq 1 ]
	shows '^oldest +3/1/1$'
	shows '^newest +not run$'
	shows '^oldest +1\.2\.3-oldest '
	shows '^    unit: b \(oldest\)$'
	shows '^  oldest unit: a$'
	[ "${lines[-1]}" = "3 passed, 1 failed, 1 skipped" ]
}

@test "suites that need no VM start none, and the others no chroot" {
	TEST=tests/unit/x.bats run tests/matrix show
	[[ $output != *$'\none '* ]]
	shows '^oldest +not run$'
	TEST=tests/load.bats run tests/matrix show
	shows '^one +not run$'
	[[ $output != *$'\noldest '* ]]
}

@test "a release that no kernel of the list belongs to gets no chroot" {
	[ "$(id -u)" -eq 0 ] || skip "a chroot needs root"
	run tests/vm/chroot unit new
	[ "$status" -eq 1 ]
	shows 'tests/kernels has no release "new"$'
	[ ! -e "$SEAL_CHROOTS" ]
}

@test "a chroot that something is mounted in is emptied of that first" {
	[ "$(id -u)" -eq 0 ] || skip "mounting needs root"
	local kept=$BATS_TEST_TMPDIR/kept
	mkdir -p "$kept" "$SEAL_CHROOTS/x/mnt"
	echo precious >"$kept/file"
	unshare --mount --propagation private bash -euc '
		mount --bind "$1" "$SEAL_CHROOTS/x/mnt"
		test -f "$SEAL_CHROOTS/x/mnt/file"
		tests/vm/chroot remove
	' bash "$kept"
	[ "$(<"$kept/file")" = precious ]
	[ ! -e "$SEAL_CHROOTS" ]
}

@test "a chroot that cannot be freed is not removed" {
	[ "$(id -u)" -eq 0 ] || skip "mounting needs root"
	local kept=$BATS_TEST_TMPDIR/kept
	mkdir -p "$kept" "$SEAL_CHROOTS/x/mnt"
	echo precious >"$kept/file"
	run unshare --mount --propagation private bash -euc '
		mount --bind "$1" "$SEAL_CHROOTS/x/mnt"
		cd "$SEAL_CHROOTS/x/mnt"
		"$2/tests/vm/chroot" remove
	' bash "$kept" "$PWD"
	[ "$status" -ne 0 ]
	shows 'something is mounted in it'
	[ "$(<"$kept/file")" = precious ]
}
