# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output and root are set elsewhere
# The hook of docs/programs.md, run as it stands there.

load programs

setup_file() {
	programs_setup_file
}

setup() {
	programs_setup
	docs=$BATS_TEST_DIRNAME/../../docs/programs.md
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(realpath "$manifest")" "$BATS_TEST_TMPDIR/bin/seal-manifest"
	block seal-programs >"$BATS_TEST_TMPDIR/bin/seal-programs"
	chmod 755 "$BATS_TEST_TMPDIR/bin/seal-programs"
	cp "$here/alone" "$BATS_TEST_TMPDIR/prog"
}

# block(NAME) - what stands between the fences below <!-- file NAME -->
block() {
	awk -v name="<!-- file $1 -->" '
		$0 == name { found = 1; next }
		found && /^```/ { if (inside++) exit; next }
		found { print }' "$docs"
}

hook() {
	run env PATH="$BATS_TEST_TMPDIR/bin:$PATH" seal-programs "$list"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the hook does nothing where there is nothing to do" {
	hook
	[ -z "$output" ]
	[ ! -e "$list" ]
	lists "$BATS_TEST_TMPDIR/prog"
	local before
	before=$(looks)
	hook
	[ -z "$output" ]
	[ "$(looks)" = "$before" ]
}

@test "the hook renews the list after an upgrade" {
	lists "$BATS_TEST_TMPDIR/prog"
	echo upgraded >>"$BATS_TEST_TMPDIR/prog"
	hook
	sha256sum -c --quiet "$list"
}

@test "the hook leaves a signed list, and a broken one, and tells" {
	lists "$BATS_TEST_TMPDIR/prog"
	local before
	before=$(looks)
	touch "$list.p7s"
	echo upgraded >>"$BATS_TEST_TMPDIR/prog"
	hook
	[[ $output == *"is signed: renew and sign it"* ]]
	[ "$(looks)" = "$before" ]
	rm "$list.p7s" "$BATS_TEST_TMPDIR/prog"
	hook
	[[ $output == *"does not exist"*"is not renewed"* ]]
	[ "$(looks)" = "$before" ]
}

@test "apt takes the line that calls it" {
	requires apt-config
	block 90seal-programs >"$BATS_TEST_TMPDIR/apt.conf"
	run apt-config -c "$BATS_TEST_TMPDIR/apt.conf" dump DPkg::Post-Invoke
	[ "$status" -eq 0 ]
	[[ $output == *'"test ! -x /usr/local/sbin/seal-programs || /usr/local/sbin/seal-programs"'* ]]
}

@test "the hook has nothing for shellcheck to say" {
	requires shellcheck
	shellcheck "$BATS_TEST_TMPDIR/bin/seal-programs"
}
