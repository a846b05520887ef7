#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means to be
# insmod-guard as insmod: one file, its bytes, and what is done around them.

load guard
setup_file() { guard_setup_file; }
teardown_file() { guard_teardown_file; }
setup() { guard_setup; }

@test "a listed module is loaded, with its parameters" {
	accepts a.ko one=1 'two=a b' three
	loaded a.ko
	called 'init_module 0 one=1 two=a b three'
}

@test "a module of any size is loaded whole" {
	local size
	for size in 1 4095 4096 4097 2097151 2097152 2097153 5000000; do
		rm -f "$K"/*
		head -c "$size" /dev/urandom >a.ko
		list a.ko
		accepts a.ko
		loaded a.ko
	done
}

@test "a module that is not listed is refused, with its digest" {
	module b.ko b
	refuses "$W/b.ko: refused: its SHA256 digest $(sha256sum <b.ko | cut -c1-64) is not listed in $M" \
		"$W/b.ko"
	[[ $output == *seal-manifest* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "the digest shown is of the manifest's algorithm" {
	module b.ko b
	md5sum a.ko >"$M"
	refuses "MD5 digest $(md5sum <b.ko | cut -c1-32)" --allow-md5 b.ko
}

@test "one flipped bit is refused" {
	printf '\176' | dd of=a.ko conv=notrunc status=none
	refuses 'is not listed' a.ko
}

@test "the digest counts, not the name" {
	mv a.ko renamed.ko
	accepts renamed.ko
	loaded renamed.ko
}

@test "--strict-path wants the line to name the file" {
	cp a.ko b.ko
	accepts --strict-path a.ko
	refuses 'is not listed in' --strict-path b.ko
	said 'for this path' 1
}

@test "--strict-path sees through symbolic links, on both sides" {
	ln -s a.ko b.ko
	accepts --strict-path b.ko
	mkdir real
	mv a.ko real/
	ln -s real/a.ko c.ko
	list c.ko
	accepts --strict-path real/a.ko
}

# with_proc(TARGET, ARG...) - runs insmod-guard where /proc is the caller's, and
# each of our descriptors is called TARGET there
with_proc() {
	# shellcheck disable=SC2016 # for another shell
	run unshare -m sh -c 'target=$1 && shift &&
		mount -t tmpfs proc /proc && mkdir -p /proc/self/fd &&
		for n in 3 4 5 6 7 8 9; do
			ln -s "$target" /proc/self/fd/$n || exit
		done
		exec "$@"' sh "$1" "$GUARD_FAST" --manifest "$M" "${@:2}"
	echo "status $status"
	echo "$output"
}

@test "--strict-path does not believe a /proc of the caller's" {
	requires namespaces
	cp a.ko b.ko
	with_proc "$W/a.ko" --strict-path a.ko
	[ "$status" -eq 0 ]
	rm "$K"/*
	with_proc "$W/a.ko" --strict-path b.ko
	said 'for this path' 1
	not_loaded
}

@test "a file that cannot be a module is refused [missing]" {
	refuses 'cannot open it: No such file' nothing.ko
}

@test "a file that cannot be a module is refused [empty]" {
	: >empty.ko
	list empty.ko
	refuses 'the file is empty' empty.ko
}

@test "a file that cannot be a module is refused [directory]" {
	refuses 'it is a directory, not a module file' "$W"
}

@test "a file that cannot be a module is refused [FIFO]" {
	mkfifo fifo.ko
	refuses 'it is a FIFO, not a module file' fifo.ko
}

@test "a file that cannot be a module is refused [device]" {
	refuses 'it is a device, not a module file' /dev/null
}

@test "a file that cannot be a module is refused [symlink loop]" {
	ln -s loop.ko loop.ko
	refuses 'Too many levels of symbolic links' loop.ko
}

@test "a file that cannot be a module is refused [1 GiB, sparse]" {
	truncate -s 1G huge.ko
	refuses 'the file has 1073741824 bytes; no module has more' huge.ko
}

@test "a file that cannot be a module is refused [unreadable]" {
	requires user
	chmod 0 a.ko
	chmod 0777 "$K"
	echo 0 >"$K/owner"
	run as_nobody "$GUARD" --manifest "$M" a.ko
	said 'cannot open it: Permission denied' 1
	not_loaded
}

@test "what the kernel refuses is told as a sentence [truncated]" {
	truncate -s 10 a.ko
	list a.ko
	echo 8 >"$K/errno"
	guard a.ko
	said 'truncated, not a module, or made for another kernel' 1
	loaded a.ko
}

@test "what the kernel refuses is told as a sentence" {
	local number
	declare -A sentence=(
		[1]='does not let us load modules'
		[2]='unknown symbol'
		[3]='versions'
		[12]='Cannot allocate memory'
		[16]='just being loaded'
		[17]='already loaded'
		[22]='invalid'
		[74]='signature is not valid'
		[126]='signed by no key'
		[129]='signature is not valid'
	)
	for number in "${!sentence[@]}"; do
		echo "$number" >"$K/errno"
		guard a.ko
		said "a.ko: could not be loaded: " 1
		said "${sentence[$number]}" 1
	done
}

@test "a compressed module is loaded from a sealed copy" {
	local c magic
	declare -A magics=([xz]='\03757zXZ\0' [zstd]='\0050\0265\0057\0375' [gzip]='\0037\0213')
	for c in "${!magics[@]}"; do
		rm -f "$K"/*
		magic=${magics[$c]}
		printf '%b and more' "$magic" >"a.ko.$c"
		list "a.ko.$c"
		echo "$c" >"$K/compression"
		accepts "a.ko.$c" x=1
		loaded "a.ko.$c"
		called 'finit_module:4 0 x=1'
	done
}

@test "the sealed copy is not taken from a /proc of the caller's" {
	requires namespaces
	printf '\3757zXZ\0 and more' >a.ko.xz
	list a.ko.xz
	echo xz >"$K/compression"
	with_proc "$W/a.ko.xz" a.ko.xz
	said 'a.ko.xz: refused: /proc leads to another file' 1
	not_loaded
	mkfifo fifo
	with_proc "$W/fifo" a.ko.xz
	said 'a.ko.xz: refused: /proc leads to another file' 1
	not_loaded
}

@test "a compressed module that is not listed is refused" {
	printf '\3757zXZ\0 and more' >b.ko.xz
	echo xz >"$K/compression"
	refuses 'is not listed' b.ko.xz
}

@test "a compressed module is refused where the kernel cannot decompress it" {
	printf '\3757zXZ\0 and more' >b.ko.xz
	list b.ko.xz
	refuses 'CONFIG_MODULE_DECOMPRESS' b.ko.xz
	said 'run "xz -d b.ko.xz"' 1
	echo gzip >"$K/compression"
	refuses 'this kernel cannot decompress' b.ko.xz
	printf '\037\213 and more' >b.ko.gz
	rm "$K/compression"
	refuses 'run "gunzip b.ko.gz"' b.ko.gz
}

@test "a real xz file is known as one" {
	requires xz
	xz -k a.ko
	list a.ko.xz
	echo xz >"$K/compression"
	accepts a.ko.xz
	loaded a.ko.xz
}

@test "--dry-run verifies and loads nothing" {
	accepts --dry-run a.ko
	not_loaded
	module b.ko b
	refuses 'is not listed' -n b.ko
	refuses 'is not listed' --show b.ko
}

@test "--verbose tells what is done" {
	accepts --verbose a.ko x=1
	said "insmod a.ko x=1" 0
	said "a.ko: listed in $M" 0
	loaded a.ko
}

@test "--quiet does not silence a refusal" {
	module b.ko b
	run "$GUARD" --manifest "$M" --quiet --check b.ko
	[ "$status" -eq 1 ]
	ln -s "$GUARD" insmod
	run ./insmod --manifest "$M" -s b.ko
	said 'is not listed' 1
}

@test "--force is refused, with the reason" {
	local option
	for option in -f --force --force-vermagic --force-modversion; do
		guard "$option" a.ko
		said "$option is refused: a module forced into" 2
	done
	not_loaded
}

@test "wrong usage exits with 2" {
	guard
	said 'a module file is missing' 2
	guard --nonsense a.ko
	said 'there is no option --nonsense' 2
	guard -X a.ko
	said 'there is no option -X' 2
	run "$GUARD" --manifest
	said 'an argument is missing after --manifest' 2
	run "$GUARD" -C
	said 'an argument is missing after -C' 2
	not_loaded
}

@test "called as insmod it has no options of modprobe" {
	ln -s "$GUARD" insmod
	run ./insmod --manifest "$M" -r a.ko
	said 'insmod has no option -r' 2
	run ./insmod --manifest "$M" -- a.ko x=1
	[ "$status" -eq 0 ]
	called 'init_module 0 x=1'
}

@test "--version and --help" {
	run "$GUARD" --version
	[ "$status" -eq 0 ]
	# one for all that is installed together
	[ "$output" = "insmod-guard $(sed -n 's/^#define SEAL_VERSION "\(.*\)"/\1/p' \
		"$GUARD_TOP/seal/seal.h")" ]
	run "$GUARD" --help
	[ "$status" -eq 0 ]
	[[ $output == Usage:* ]]
}

@test "every option of the program is in --help and in the manual" {
	local option
	run "$GUARD" --help
	sed -n 's/^\t{ "\([a-z0-9-]*\)", [nr].*/\1/p' \
		"$GUARD_TOP/insmod-guard/options.c" | grep -v force >names
	[ -s names ]
	while read -r option; do
		[[ $output == *"--$option"* ]] || fail "--help lacks $option"
		grep -q -- "Fl .*-$option" "$GUARD_TOP/insmod-guard/insmod-guard.8" ||
			fail "the manual lacks $option"
	done <names
}

@test "output that cannot be written is an error" {
	run bash -c '"$GUARD" --version >/dev/full'
	said 'cannot write the output' 1
}

@test "while sealed no other manifest loads, but it may check" {
	touch "$K/sealed"
	refuses '--manifest is refused for loading while the kernel is sealed' a.ko
	accepts --dry-run a.ko
	accepts --check a.ko
	accepts --check
	run "$GUARD" --allow-md5 a.ko
	said '--allow-md5 is refused for loading' 1
	not_loaded
	rm "$K/sealed"
	accepts a.ko
}

@test "a file name cannot forge a line or drive the terminal" {
	local name=$'b\ninsmod-guard: a.ko: fine\e[31m\xc2\x9b\\.ko'
	module "$name" b
	refuses 'b\x0ainsmod-guard: a.ko: fine\x1b[31m\xc2\x9b\\.ko: refused' \
		"$name"
	[ "${#lines[@]}" -eq 1 ]
}

@test "closed standard descriptors do not become module files" {
	run bash -c 'exec "$GUARD" --manifest "$M" a.ko <&- >&- 2>&-'
	[ "$status" -eq 0 ]
	loaded a.ko
	cmp a.ko <(module /dev/stdout a)
}

@test "the environment does not reach OpenSSL [properties]" {
	local attack=$W/openssl.cnf
	cat >"$attack" <<-EOF
		openssl_conf = all
		[all]
		alg_section = algorithms
		[algorithms]
		default_properties = provider=evil
	EOF
	requires openssl
	[[ $(openssl version) != 'OpenSSL 1.'* ]] || skip "OpenSSL 1 has no properties"
	# The control: a program that heeds it has no digest any more.
	run -1 env OPENSSL_CONF="$attack" openssl dgst -sha256 a.ko
	OPENSSL_CONF=$attack OPENSSL_MODULES=$W OPENSSL_ENGINES=$W accepts a.ko
	loaded a.ko
}

# evil_engine() - openssl.cnf brings in an engine that finds all digests to be
# zero; the module b.ko, and a manifest that lists just such a digest
evil_engine() {
	requires openssl
	echo '#include <openssl/engine.h>' | "${CC:-cc}" -E - >header ||
		skip "this OpenSSL has no engines"
	"${CC:-cc}" -Wall -Wextra -Werror -shared -fPIC -o evil.so \
		"$BATS_TEST_DIRNAME/guard_engine.c" -lcrypto
	cat >openssl.cnf <<-EOF
		openssl_conf = all
		[all]
		engines = engines
		[engines]
		evil = evil
		[evil]
		dynamic_path = $W/evil.so
		default_algorithms = DIGESTS
		init = 1
	EOF
	module b.ko b
	zero=$(printf '%064d' 0)
	echo "$zero  b.ko" >"$M"
}

@test "the environment does not reach OpenSSL [an engine]" {
	evil_engine
	export OPENSSL_CONF=$W/openssl.cnf OPENSSL_ENGINES=$W
	# The control: to a program that heeds it, every file has that digest.
	[ "$(openssl dgst -r -sha256 b.ko)" = "$zero *b.ko" ]
	refuses 'is not listed' b.ko
	list b.ko
	accepts b.ko
	loaded b.ko
}

@test "the system's configuration does not reach OpenSSL" {
	requires namespaces
	evil_engine
	# shellcheck disable=SC2016 # for another shell
	local with=(unshare -m sh -c 'mount --bind "$0" "$1" && shift && exec "$@"'
		"$W/openssl.cnf" "$(openssl version -d | sed 's/.*"\(.*\)"/\1/')/openssl.cnf")
	[ "$("${with[@]}" openssl dgst -r -sha256 b.ko)" = "$zero *b.ko" ]
	run "${with[@]}" "$GUARD" --manifest "$M" b.ko
	said 'is not listed' 1
	not_loaded
	list b.ko
	run "${with[@]}" "$GUARD" --manifest "$M" b.ko
	[ "$status" -eq 0 ]
	loaded b.ko
}

@test "the environment does not reach libkmod" {
	export KMOD_LOG=debug MODPROBE_OPTIONS="--version" LD_BIND_NOT=1 POSIXLY_CORRECT=1
	accepts a.ko --verbose
	said 'insmod a.ko' 0
	[[ $output != *libkmod* ]]
	loaded a.ko
}

@test "the real program is hardened" {
	requires readelf
	run readelf -lhdW "$GUARD_REAL"
	[[ $output =~ FLAGS_1.*\ PIE ]] || fail "not PIE"
	[[ $output == *GNU_RELRO* ]] || fail "no RELRO"
	[[ $output == *'NOW'* ]] || fail "no BIND_NOW"
	[[ $output =~ GNU_STACK\ .*\ RW\ + ]] || fail "the stack is executable"
	run readelf -sW "$GUARD_REAL"
	[[ $output == *__stack_chk_fail* ]] || fail "no stack protector"
	[[ $output == *_chk@* ]] || fail "not fortified"
}

@test "the real program refuses, and does not need the fake to do so" {
	run "$GUARD_REAL" --dry-run --manifest "$M" a.ko
	[ "$(id -u)" -ne 0 ] || [ "$status" -eq 0 ]
	module b.ko b
	run "$GUARD_REAL" --dry-run --manifest "$M" b.ko
	[ "$status" -eq 1 ]
}
