#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# What the kernel parses with, fed with anything: a short while here, longer by
# "make fuzz".

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

# fuzzes(SECONDS, NAME) - runs it, or skips the test where it cannot be run
fuzzes() {
	run tests/fuzz/fuzz "$@"
	echo "$output"
	[ "$status" -ne 77 ] || skip "${output#fuzz: }"
}

@test "30 seconds of anything for a manifest" {
	fuzzes 30 manifest
	[ "$status" -eq 0 ]
	echo "# ${lines[-1]}" >&3
}

@test "5 seconds of anything for a signature" {
	fuzzes 5 cms
	[ "$status" -eq 0 ]
	echo "# ${lines[-1]}" >&3
}

# plant(FILE, FROM, TO) - a copy of seal/ with a mistake in it
plant() {
	export SEAL_OUT=$BATS_TEST_TMPDIR/out FUZZ_SEAL=$BATS_TEST_TMPDIR/seal
	cp -r seal "$FUZZ_SEAL"
	grep -qF "$2" "$FUZZ_SEAL/$1"
	sed -i "s/$2/$3/" "$FUZZ_SEAL/$1"
}

@test "a mistake is found [a digit too far]" {
	plant manifest_text.c 'len - n >= 8' 'len - n >= 7'
	fuzzes 30 manifest
	[ "$status" -eq 1 ]
	[[ $output == *heap-buffer-overflow* ]]
}

@test "a mistake is found [a line that is not counted]" {
	plant manifest_text.c 't->line++' 't->line += t->at != t->end'
	fuzzes 30 manifest
	[ "$status" -eq 1 ]
	[[ $output == *'not so: '* ]]
}

@test "a mistake is found [a length that is believed]" {
	plant cms.c 'if (len > from->len)' 'if (0)'
	fuzzes 30 cms
	[ "$status" -eq 1 ]
}
