#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means to be
# The bytes that were hashed are the bytes that are loaded, while somebody
# rewrites, truncates, replaces and maps the file as fast as he can.

load guard
setup_file() { guard_setup_file; }
teardown_file() { guard_teardown_file; }
setup() { guard_setup; }
teardown() {
	[ -z "${swapper-}" ] || kill "$swapper"
}

# contents(MAGIC) - good and bad of one size, the swapped file, the manifest:
# the good digest first, so that the file is hashed long before the manifest
# is read to its end
contents() {
	{ printf '%b' "$1"; head -c 300000 /dev/zero | tr '\0' G; } >good
	{ printf '%b' "$1"; head -c 300000 /dev/zero | tr '\0' B; } >bad
	cp good swapped.ko
	sha256sum good >"$M"
	yes '# filler filler filler filler filler filler filler filler' |
		head -n 20000 >>"$M"
	"$GUARD_TOOL" swap swapped.ko good bad &
	swapper=$!
}

# race(PROGRAM, TIMES) - loads again and again; counts in $accepted, $refused
race() {
	local n sum good
	good=$(sha256sum <good)
	accepted=0 refused=0
	for (( n = 0; n < $2; n++ )); do
		rm -f "$K"/*.bytes "$K/log"
		if "$1" --manifest "$M" swapped.ko 2>>said; then
			accepted=$((accepted + 1))
			sum=$(sha256sum <"$K/1.bytes")
			[ "$sum" = "$good" ] || fail "other bytes were loaded" || return
		else
			refused=$((refused + 1))
			[ ! -e "$K/log" ] || fail "it was refused, and loaded" || return
		fi
	done
	kill -0 "$swapper" || fail "the swapper has died" || return
	echo "# $2 loads while the file was swapped: $accepted accepted, $refused refused" >&3
	! grep Sanitizer said || fail "the sanitizer found an error" || return
	[ "$accepted" -gt 0 ] || fail "never accepted: nothing was shown" || return
	[ "$refused" -gt 0 ] || fail "never refused: nothing was shown"
}

@test "a file that is swapped all the time [plain]" {
	contents '\0177ELF'
	race "$GUARD_FAST" 400
}

@test "a file that is swapped all the time [compressed]" {
	contents '\03757zXZ\0'
	echo xz >"$K/compression"
	race "$GUARD_FAST" 400
}

@test "a file that is swapped all the time [sanitized]" {
	contents '\0177ELF'
	race "$GUARD" 60
}
