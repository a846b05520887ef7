#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output and lines are set by run
# A kernel that lacks what the module needs is refused when it is built, by one
# line that names what is missing. The compiler's preprocessor reads the head of
# seal/compat.h, with a kernel made up of a version and some options.

bats_require_minimum_version 1.5.0

# Versions around those that the header tells apart.
versions=(5.10.0 5.11.0 5.11.22 5.12.0 5.15.0 5.18.19 5.19.0 6.1.0 6.12.0 7.2.0 7.3.0)

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	fakes=$BATS_TEST_TMPDIR/include
	mkdir -p "$fakes/linux"
	: >"$fakes/linux/kconfig.h"
	echo '#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))' \
		>"$fakes/linux/version.h"
	# what follows is for C, and wants the kernel's headers
	sed '/^#ifndef __ASSEMBLY__/,$d' seal/compat.h >"$BATS_TEST_TMPDIR/head"
	mapfile -t unwanted < <(awk '/^#if/ { condition = $0 }
		/^#error "seal cannot do with / { print condition }' \
		"$BATS_TEST_TMPDIR/head" | grep -o 'CONFIG_[A-Z0-9_]*')
	mapfile -t options < <(grep -o 'CONFIG_[A-Z0-9_]*' \
		"$BATS_TEST_TMPDIR/head" | sort -u |
		grep -vxF "$(printf '%s\n' "${unwanted[@]}")")
	[ "${#options[@]}" -gt 0 ] && [ "${#unwanted[@]}" -gt 0 ]
}

# demands() - each #error line that is about options: it, a tab, the options of
# the condition above it
demands() {
	awk '
		/^#if/ { condition = "" }
		/^#error "seal cannot do with / { next }
		/^#error/ {
			names = ""
			while (match(condition, /CONFIG_[A-Z0-9_]*/)) {
				names = names " " substr(condition, RSTART, RLENGTH)
				condition = substr(condition, RSTART + RLENGTH)
			}
			if (names)
				print $0 "\t" substr(names, 2)
			next
		}
		{ condition = condition " " $0 }' "$BATS_TEST_TMPDIR/head" \
		>"$BATS_TEST_TMPDIR/demands"
	[ -s "$BATS_TEST_TMPDIR/demands" ]
}

# is_named(OPTION, LINE) - in full, or by its end as in "CONFIG_A_X or _Y"
is_named() {
	local word words
	read -r -a words <<<"${2//[^A-Za-z0-9_]/ }"
	for word in "${words[@]}"; do
		[ "$word" != "$1" ] || return 0
		[[ $word != _* || $1 != *"$word" ]] || return 0
	done
	echo "$1 is not named: $2"
	return 1
}

# build(VERSION, OPTION...) - $status, and each error as a line of $output
build() {
	local version=$1
	shift
	run "${CC:-cc}" -E -P -x c -D__ASSEMBLY__ -nostdinc -I"$fakes" \
		-fno-diagnostics-show-caret \
		-D"LINUX_VERSION_CODE=KERNEL_VERSION(${version//./,})" \
		"${@/#/-D}" -o /dev/null seal/compat.h
	output=$(sed -n 's/^.*error: *//p' <<<"$output")
	echo "$version: status $status: $output"
}

# without(OPTION...) - all options but these, in $rest
without() {
	local option
	rest=()
	for option in "${options[@]}"; do
		[[ " $* " == *" $option "* ]] || rest+=("$option")
	done
}

# refused_by(LINE, VERSION, OPTION...) - by it alone
refused_by() {
	build "${@:2}"
	[ "$status" -ne 0 ]
	[ "$output" = "$1" ] || [ "$output" = "${1#\#error }" ]
}

builds() {
	build "$@"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "a kernel that has everything is built for" {
	local version
	for version in "${versions[@]}"; do
		builds "$version" "${options[@]}"
	done
}

@test "a kernel with an option that is in the way is refused, whichever it is" {
	local name line
	line=$(grep '^#error "seal cannot do with ' seal/compat.h)
	for name in "${unwanted[@]}"; do
		refused_by "$line" 6.12.0 "${options[@]}" "$name"
	done
}

@test "a kernel that is too old is refused by one line that says which will do" {
	local line
	line=$(grep -m1 '^#error' seal/compat.h)
	[[ $line == *"Linux 5.10 "* ]]
	builds 5.10.0 "${options[@]}"
	refused_by "$line" 5.9.255 "${options[@]}"
	refused_by "$line" 4.19.0 "${options[@]}"
}

@test "every option that is asked for is named by the line that refuses" {
	local line names name
	demands
	while IFS=$'\t' read -r line names; do
		for name in $names; do
			is_named "$name" "$line"
		done
	done <"$BATS_TEST_TMPDIR/demands"
	# and there are no others
	[ "$(cut -f2 "$BATS_TEST_TMPDIR/demands" | tr ' ' '\n' | sort -u)" = \
		"$(printf '%s\n' "${options[@]}")" ]
}

@test "a kernel without an option is refused by one line that names it" {
	local line version names seen rest
	demands
	while IFS=$'\t' read -r line names; do
		# shellcheck disable=SC2086 # one word an option
		without $names
		seen=0
		for version in "${versions[@]}"; do
			build "$version" "${rest[@]}"
			[ "$status" -ne 0 ] || continue
			refused_by "$line" "$version" "${rest[@]}"
			seen=$((seen + 1))
		done
		echo "$line: by $seen versions"
		[ "$seen" -gt 0 ]
	done <"$BATS_TEST_TMPDIR/demands"
}

@test "of options that stand for each other, one is enough" {
	local line version names name rest
	demands
	while IFS=$'\t' read -r line names; do
		# shellcheck disable=SC2086 # one word an option
		without $names
		for name in $names; do
			for version in "${versions[@]}"; do
				builds "$version" "${rest[@]}" "$name"
			done
		done
	done <"$BATS_TEST_TMPDIR/demands"
}

@test "an option that only some versions need is asked of those only" {
	local rest
	[[ " ${options[*]} " == *" CONFIG_LIVEPATCH "* ]] || skip "none is"
	without CONFIG_LIVEPATCH
	builds 5.10.0 "${rest[@]}"
	builds 5.11.22 "${rest[@]}"
	build 5.12.0 "${rest[@]}"
	[[ $output == *CONFIG_LIVEPATCH* ]]
	build 5.18.19 "${rest[@]}"
	[[ $output == *CONFIG_LIVEPATCH* ]]
	builds 5.19.0 "${rest[@]}"
	builds 6.12.0 "${rest[@]}"
}
