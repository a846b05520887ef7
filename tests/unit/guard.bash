# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # status, output and lines are set by run
#
# The vocabulary of the insmod-guard tests. They run the sanitized program
# against a kernel that only takes down what it is given: nothing is loaded.
#
#	load guard
#	setup_file() { guard_setup_file; }
#	teardown_file() { guard_teardown_file; }
#	setup() { guard_setup; }
#
#	@test "a module that is not listed is refused" {
#		list /dev/null
#		refuses 'is not listed' "$W/a.ko"
#	}
#
# What is built goes to build/, or to $SEAL_OUT if that is set.
#
# In a test $W is a fresh directory, $M its manifest, $K the fake kernel's
# directory (see guard_fake_system.c), and $W/a.ko a module.

GUARD_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
GUARD_BUILD=${SEAL_OUT:-$GUARD_TOP/build}
GUARD_OUT=$GUARD_BUILD/tests/unit

bats_require_minimum_version 1.5.0

# fail(TEXT...) - ends the test, saying why
fail() {
	echo "$*"
	return 1
}

# requires(WORD...) - skips the test unless every WORD holds:
#	root		we are root
#	user		there is another user we can become, who can run the program
#	namespaces	we can have mounts of our own
#	PROGRAM		it is installed
requires() {
	local word
	for word; do
		case $word in
		root)
			[ "$(id -u)" -eq 0 ] || skip "needs root" ;;
		user)
			requires root setpriv
			chmod 0755 "$GUARD_HOME"
			as_nobody test -x "$GUARD" -a -x "$GUARD_HOME" ||
				skip "another user cannot get at the program" ;;
		namespaces)
			requires root unshare
			unshare -m true ||
				skip "mount namespaces are not allowed here" ;;
		*)
			command -v "$word" >/dev/null ||
				skip "$word is not installed" ;;
		esac
	done
}

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# A manifest is trusted only where nobody else may write; /tmp is no such place.
_guard_is_safe() {
	local dir=$1 owner mode
	while :; do
		read -r owner mode < <(stat -c '%u %a' "$dir" 2>/dev/null) ||
			return 1
		[ "$owner" -eq 0 ] || [ "$owner" -eq "$(id -u)" ] || return 1
		(( (8#$mode & 8#022) == 0 )) || return 1
		[ "$dir" != / ] || return 0
		dir=$(dirname "$dir")
	done
}

_guard_home() {
	local dir
	for dir in "$GUARD_OUT" /run /var/lib; do
		if [ -w "$dir" ] && _guard_is_safe "$dir"; then
			mktemp -d -p "$dir" --suffix=.guard
			return
		fi
	done
	return 1
}

_guard_build() {
	local cc=${CC:-cc} flags=(-std=gnu11 -Wall -Wextra -Werror -g -O1)
	mkdir -p "$GUARD_OUT"
	(
		flock 9
		make -s -C "$GUARD_TOP/insmod-guard" \
			O="$GUARD_BUILD/insmod-guard" all sanitize fake
		"$cc" "${flags[@]}" -o "$GUARD_OUT/guard_tool" \
			"$GUARD_TOP/tests/unit/guard_tool.c"
		"$cc" "${flags[@]}" -fsanitize=address,undefined \
			-fno-sanitize-recover=undefined \
			-I"$GUARD_TOP/seal" \
			-o "$GUARD_OUT/guard_manifest_text" \
			"$GUARD_TOP/tests/unit/guard_manifest_text.c" \
			"$GUARD_TOP/seal/manifest_text.c"
		"$cc" "${flags[@]}" -I"$GUARD_TOP/seal" \
			-o "$GUARD_OUT/manifest_rows" \
			"$GUARD_TOP/tests/unit/manifest_rows.c" \
			"$GUARD_TOP/seal/manifest_text.c"
	) 9>"$GUARD_OUT/guard.lock" >&2
}

# guard_setup_file() - builds what is needed, makes this file's directory
guard_setup_file() {
	_guard_build || return
	GUARD_HOME=$(_guard_home) ||
		skip "needs a directory that only its owner can write, up to the root"
	export GUARD_HOME
	export GUARD_REAL=$GUARD_BUILD/insmod-guard/insmod-guard
	export GUARD_FAST=$GUARD_BUILD/insmod-guard/fake/insmod-guard
	export GUARD=$GUARD_BUILD/insmod-guard/sanitize/insmod-guard
	export GUARD_TOOL=$GUARD_OUT/guard_tool
	# A process that is not dumpable cannot be searched for leaks.
	export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:disable_coredump=0
	export UBSAN_OPTIONS=print_stacktrace=1
	umask 022
}

guard_teardown_file() {
	[ -z "${GUARD_HOME-}" ] || rm -rf "$GUARD_HOME"
}

guard_setup() {
	W=$GUARD_HOME/$BATS_TEST_NUMBER
	M=$W/manifest
	K=$W/kernel
	mkdir -p "$K"
	export W M K GUARD_FAKE=$K
	cd "$W" || return
	module "$W/a.ko" a
	list "$W/a.ko"
}

# module(FILE, TEXT) - some bytes that the fake kernel takes for a module
module() {
	printf '\177ELF this is module %s\n' "$2" >"$1"
}

# list(FILE...) - makes the manifest $M of just these files
list() {
	sha256sum "$@" >"$M"
}

# guard(ARG...) - runs insmod-guard with $M as its manifest
guard() {
	echo "# insmod-guard $*"
	run "$GUARD" --manifest "$M" "$@"
	echo "status $status"
	echo "$output"
	# A sanitizer's report must not pass for a refusal.
	[[ $output != *Sanitizer* && $output != *'runtime error'* ]] ||
		fail "the sanitizer found an error"
}

# modprobe(ARG...) - runs it as modprobe on the tree in $T
modprobe() {
	guard --modprobe --dirname "$T" --set-version 1.0-test \
		--config "$T/conf" "$@"
}

# accepts(ARG...) - it must exit with 0
accepts() {
	guard "$@" || return
	[ "$status" -eq 0 ] || fail "should have been done: $*"
}

# refuses(TEXT, ARG...) - it must exit with 1 and say TEXT, and load nothing
refuses() {
	local text=$1
	shift
	rm -f "$K/log"
	guard "$@" || return
	said "$text" 1 || return
	[ ! -e "$K/log" ] || fail "it was refused, but something was loaded"
}

# said(TEXT, STATUS) - the last run ended so, and TEXT is in what it said
said() {
	[ "$status" -eq "$2" ] || fail "status $status instead of $2" || return
	[[ $output == *"$1"* ]] || fail "it did not say: $1"
}

# calls() - what the fake kernel was asked: CALL RESULT PARAMETERS, in order
calls() {
	local call result parameters
	[ ! -e "$K/log" ] ||
	while read -r call _ result parameters; do
		echo "$call $result${parameters:+ $parameters}"
	done <"$K/log"
}

# called(LINE...) - the calls were these and no others
called() {
	local expected
	expected=$([ $# -eq 0 ] || printf '%s\n' "$@")
	[ "$(calls)" = "$expected" ] ||
		fail "called: $(calls); expected: $expected"
}

# loaded(FILE...) - exactly the bytes of these were given to the kernel
loaded() {
	local n=0 file
	for file; do
		n=$((n + 1))
		cmp "$K/$n.bytes" "$file" || fail "$n: not $file" || return
	done
	[ ! -e "$K/$((n + 1)).bytes" ] || fail "more than $n were loaded"
}

# not_loaded() - the kernel was asked nothing
not_loaded() {
	[ ! -e "$K/log" ] || fail "the kernel was called: $(calls)"
}

# with_etc(COMMAND...) - runs it where /etc has nothing but seal/, and this is
# $W/etc; needs namespaces
with_etc() {
	# shellcheck disable=SC2016 # for another shell
	run unshare -m sh -c 'mount -t tmpfs -o mode=755 etc /etc &&
		mkdir /etc/seal && mount --bind "$0" /etc/seal &&
		exec "$@"' "$W/etc" "$@"
	echo "status $status"
	echo "$output"
	[[ $output != *Sanitizer* && $output != *'runtime error'* ]] ||
		fail "the sanitizer found an error"
}
