#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means to be
# What insmod-guard says of a refusal by a sealed kernel: which digest, where
# the manifest has it or what comes nearest, what to run. On a sealed kernel
# only the manifest in /etc counts, so each test has an /etc of its own.

load guard_tree
load guard
setup_file() {
	guard_setup_file
	tree_setup_file
}
teardown_file() { guard_teardown_file; }
setup() {
	requires namespaces
	guard_setup
	tree_setup
	mkdir etc
	M=$W/etc/modules.sha256
	list "$W/a.ko"
	S=/etc/seal/modules.sha256
	touch "$K/sealed"
	echo 1 >"$K/errno"
}

sum() { # sum(FILE) - its bare digest
	sha256sum <"$1" | cut -d' ' -f1
}

# live(SERIAL) - the kernel holds what is in $M, with this serial
live() {
	local digest
	digest=$(grep -o '^[0-9a-f]\{64\}' "$M" | LC_ALL=C sort -u | sum /dev/stdin)
	printf '%s\n' 'revoked.serial: 7' 'revoked.digest: 00' \
		"modules.serial: $1" 'modules.count: 1' \
		"modules.digest: $digest" 'modules.signer: none' >"$K/live"
}

# explains(TEXT...) - the load of the module fails with two lines, and TEXTs are
# in the second
explains() {
	local text
	[ "$status" -eq 1 ] || fail "status $status instead of 1" || return
	[ "$(grep -c ^insmod-guard: <<<"$output")" -eq 2 ] ||
		fail "not two lines" || return
	for text; do
		[[ $(tail -n 1 <<<"$output") == *"$text"* ]] ||
			fail "it did not say: $text" || return
	done
}

@test "the kernel holds another manifest: update it" {
	live 0
	sha256sum "$T/conf" >>"$M"
	with_etc "$GUARD" a.ko
	said 'a.ko: could not be loaded: the kernel does not let us' 1
	explains "a.ko: the kernel is sealed; the image has the SHA256 digest $(sum a.ko)" \
		"$S lists it as $W/a.ko" "run \"sealctl update $S\""
}

@test "the kernel holds an older one of the same digests: update it" {
	sed -i '1i # serial: 5' "$M"
	live 4
	with_etc "$GUARD" a.ko
	explains "run \"sealctl update $S\""
}

@test "the kernel holds this manifest: its log tells" {
	sha256sum "$W"/a.ko "$T/lib/modules/1.0-test/kernel"/*.ko a.ko >"$M"
	sed -i '1i # serial: 5' "$M"
	live 5
	with_etc "$GUARD" a.ko
	explains "$S lists it as $W/a.ko" \
		'the kernel holds this very manifest' 'its log tells'
	[[ $output != *'sealctl update'* ]]
}

@test "the kernel does not tell what it holds" {
	local text
	for text in '' 'modules.serial: 0' 'xmodules.digest: 1' "modules.digest: $(printf %0100d 1)"; do
		printf '%s\n' "$text" >"$K/live"
		with_etc "$GUARD" a.ko
		explains 'cannot be seen'
	done
	rm "$K/live"
	with_etc "$GUARD" a.ko
	explains "$S lists it as $W/a.ko" 'cannot be seen' 'log'
}

@test "an error that no seal makes is not explained" {
	local number
	for number in 2 8 22 126; do
		echo "$number" >"$K/errno"
		with_etc "$GUARD" a.ko
		[[ $output != *'the kernel is sealed'* ]]
	done
	echo 129 >"$K/errno"
	with_etc "$GUARD" a.ko
	explains 'the kernel is sealed'
}

@test "where nothing is sealed nothing is explained" {
	rm "$K/sealed"
	with_etc "$GUARD" a.ko
	said 'could not be loaded' 1
	[[ $output != *'the kernel is sealed'* ]]
}

@test "--quiet is quiet" {
	with_etc "$GUARD" --modprobe --quiet -d "$T" -S 1.0-test -C "$T/conf" tbase
	[[ $output != *'the kernel is sealed'* ]]
}

# compressed() - $W/d.ko.xz, in the eyes of the fake kernel
compressed() {
	printf '\3757zXZ\0 and more' >d.ko.xz
	echo xz >"$K/compression"
}

@test "of a compressed module it tells the image's digest, if that is listed" {
	compressed
	live 0
	{
		printf '%064x  %s\n' 8 /other/d.ko 7 "$W/d.ko"
		sha256sum "$W/d.ko.xz"
	} >"$M"
	with_etc "$GUARD" d.ko.xz
	explains "the file has the SHA256 digest $(sum d.ko.xz)" \
		"its image, which the kernel compares: $(printf '%064x' 7)" \
		"$S lists it as" "run \"sealctl update $S\""
}

@test "of a compressed module whose image is not listed it says that" {
	compressed
	sha256sum "$W/d.ko.xz" >"$M"
	live 0
	with_etc "$GUARD" d.ko.xz
	explains 'which the kernel compares: not listed' \
		"$S lists it as $W/d.ko.xz" 'run seal-manifest, sealctl sign'
}

# changed(LINE...) - loads tsoft, before which an install command makes the
# manifest just these lines
changed() {
	local dir=$T/lib/modules/1.0-test/kernel
	sha256sum "$dir"/*.ko >"$M"
	printf '%s\n' "$@" >newer
	echo "install tpre cp $W/newer $S" >"$T/conf"
	with_etc "$GUARD" --modprobe -d "$T" -S 1.0-test -C "$T/conf" tsoft
}

@test "the nearest line is named [same path, file, stem, none]" {
	local ko=$T/lib/modules/1.0-test/kernel/tsoft.ko
	local other
	other=$(printf '%064d' 5)
	changed "$other  /x/tsoft.ko" "$other  $ko" "$other  /x/tsoft.ko.xz"
	explains "the image has the SHA256 digest $(sum "$ko")" \
		"the nearest in $S is $ko, with another digest" \
		"run seal-manifest, sealctl sign and \"sealctl update $S\""
	changed "$other  /x/tsoft.ko.xz" "$other  /y/tsoft.ko" "$other  /z"
	explains "the nearest in $S is /y/tsoft.ko, with another digest"
	changed "$other  /z" "$other  /y/tsoft.ko.xz"
	explains "the nearest in $S is /y/tsoft.ko.xz, with another digest"
	changed "$other  /z/tsof.ko"
	explains "$S lists nothing of that name" 'run seal-manifest'
}

@test "a name in the manifest cannot forge a line" {
	printf '\\%s  /x/\\na.ko\n' "$(sum a.ko)" >"$M"
	with_etc "$GUARD" a.ko
	explains 'lists it as /x/\x0aa.ko;'
}
