#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means to be
# insmod-guard --check: is the manifest true, is a tree listed.

load guard
setup_file() { guard_setup_file; }
teardown_file() { guard_teardown_file; }
setup() {
	guard_setup
	mkdir -p tree/kernel/sub
	module tree/kernel/b.ko b
	module tree/kernel/sub/c.ko c
	module tree/kernel/sub/d.ko.xz d
	module tree/kernel/sub/e.ko.zst e
	module tree/kernel/sub/f.ko.gz f
	echo text >tree/kernel/modules.order
	list_all
}

list_all() {
	find "$W/tree" -name '*.ko*' -print0 | sort -z | xargs -0 sha256sum >"$M"
}

@test "a true manifest passes, silently but for the sum" {
	accepts --check
	[ "$output" = "$M: 5 OK, 0 failed, 0 missing, 0 images of compressed modules (for the kernel to check)" ]
	accepts --check --quiet
	[ -z "$output" ]
}

@test "--verbose names every file that is as it should be" {
	accepts --check --verbose
	said "$W/tree/kernel/b.ko: OK" 0
	[ "$(grep -c ': OK$' <<<"$output")" -eq 5 ]
}

@test "a changed file fails" {
	echo more >>tree/kernel/sub/c.ko
	refuses "$W/tree/kernel/sub/c.ko: FAILED" --check
	said '4 OK, 1 failed, 0 missing' 1
}

@test "a missing file fails, except with --ignore-missing" {
	rm tree/kernel/b.ko
	refuses "$W/tree/kernel/b.ko: missing" --check
	said '4 OK, 0 failed, 1 missing' 1
	accepts --check --ignore-missing
}

@test "nothing verified is a failure" {
	rm -r tree
	refuses 'not one file was verified' --check --ignore-missing
	: >"$M"
	refuses 'the manifest lists nothing' --check
}

@test "the line of a compressed module's image is no missing file" {
	printf '%064d  %s\n' 1 "$W/tree/kernel/sub/d.ko" \
		2 "$W/tree/kernel/sub/e.ko" 3 "$W/tree/kernel/sub/f.ko" >>"$M"
	accepts --check
	said '5 OK, 0 failed, 0 missing, 3 images of compressed modules' 0
}

@test "files that cannot be read fail [directory]" {
	rm tree/kernel/b.ko
	mkdir tree/kernel/b.ko
	refuses 'b.ko: it is a directory' --check
	said 'b.ko: FAILED' 1
}

@test "a bad line fails, with its number" {
	echo rubbish >>"$M"
	refuses 'line 6: ' --check
}

@test "escaped names are undone" {
	local name=$'odd\nname.ko'
	module "$name" odd
	sha256sum "$name" >"$M"
	accepts --check --verbose
	said 'odd\x0aname.ko: OK' 0
}

@test "both algorithms are verified" {
	sha256sum tree/kernel/b.ko >"$M"
	accepts --check
	echo "$(cut -d' ' -f1 "$M")  a.ko" >"$M"
	refuses 'a.ko: FAILED' --check
	md5sum a.ko >"$M"
	accepts --check --allow-md5
	echo "$(cut -d' ' -f1 "$M")  tree/kernel/b.ko" >"$M"
	refuses 'b.ko: FAILED' --check --allow-md5
}

@test "a listed tree passes" {
	accepts --check tree
	[ "$output" = "$M: 5 listed, 0 failed" ]
}

@test "files and trees may be mixed, and a named file may be called anything" {
	mv a.ko a.bin
	list tree/kernel/*.ko tree/kernel/sub/* a.bin
	accepts --check a.bin tree
	said '6 listed' 0
	accepts --check --verbose a.bin
	said 'a.bin: OK' 0
}

@test "every module of a tree that is not listed is named, with its digest" {
	sed -i '/c.ko\|e.ko/d' "$M"
	refuses "tree/kernel/sub/c.ko: FAILED: its SHA256 digest $(sha256sum <tree/kernel/sub/c.ko | cut -c1-64) is not listed" \
		--check tree
	said 'tree/kernel/sub/e.ko.zst: FAILED' 1
	said '3 listed, 2 failed' 1
}

@test "two files of the same content are both found" {
	cp tree/kernel/b.ko tree/kernel/b2.ko
	accepts --check tree
	said '6 listed' 0
}

@test "--strict-path wants each file under its own name" {
	accepts --check --strict-path tree
	cp tree/kernel/b.ko tree/kernel/b2.ko
	refuses 'b2.ko: FAILED' --check --strict-path tree
}

@test "a link to a module is checked, a link to a directory is not followed" {
	mkdir other
	module other/x.ko x
	ln -s ../other tree/other
	accepts --check tree
	ln -s ../other/x.ko tree/x.ko
	refuses 'tree/x.ko: FAILED' --check tree
}

@test "what cannot be read in a tree fails" {
	mkfifo tree/fifo.ko
	ln -s nowhere tree/dangling.ko
	refuses 'tree/fifo.ko: FAILED: it cannot be read' --check tree
	said 'tree/dangling.ko: FAILED: it cannot be read' 1
	said '5 listed, 2 failed' 1
}

@test "a path that does not exist, or holds no module, fails" {
	refuses 'cannot be searched: No such file' --check nowhere
	mkdir empty
	refuses 'there is no module' --check empty
}

@test "several algorithms in one manifest" {
	{ md5sum tree/kernel/b.ko; sha256sum tree/kernel/sub/*; } >"$M"
	accepts --check --allow-md5 tree
	said '5 listed' 0
}

@test "progress is shown on a terminal only" {
	requires script
	accepts --check tree
	[[ $output != *$'\r'* ]]
	run script -qec "'$GUARD' --manifest '$M' --check tree" /dev/null
	[ "$status" -eq 0 ]
	[[ $output == *$'\r'*'0 of 5'* ]]
}
