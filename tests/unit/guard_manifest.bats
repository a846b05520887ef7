#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means to be
# The manifest: its grammar, and who may have written it.

load guard
setup_file() { guard_setup_file; }
teardown_file() { guard_teardown_file; }
setup() { guard_setup; }

digest() { # digest(ALGORITHM, FILE) - the bare digest
	"$1sum" <"$2" | cut -d' ' -f1
}

@test "the table of manifests" {
	run "$GUARD_OUT/guard_manifest_text"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *' 0 failed'* ]]
}

@test "the program reads each row of the table as the table says" {
	local row what why good=0 bad=0
	mkdir rows
	"$GUARD_OUT/manifest_rows" rows
	for row in rows/*.good rows/*.bad; do
		M=$W/$row
		{ read -r what; read -r why; } <"${M%.*}.what"
		guard --dry-run a.ko
		case $row:$why in
		*.bad:*)
			said "$M: ${why//\\/\\\\}" 1 || fail "$what"
			bad=$((bad + 1)) ;;
		*:modules\ *)
			said 'is not listed' 1 || fail "$what"
			good=$((good + 1)) ;;
		*)
			said "of another kind, ${why%% *}:" 1 || fail "$what"
			good=$((good + 1)) ;;
		esac
	done
	echo "# $good manifests were good, $bad bad" >&3
	[ "$good" -gt 30 ]
	[ "$bad" -gt 100 ]
}

@test "what sha256sum prints is taken" {
	sha256sum "$W/a.ko" >"$M"
	accepts a.ko
	loaded a.ko
}

@test "binary mode is taken" {
	sha256sum -b "$W/a.ko" >"$M"
	grep -q ' \*' "$M"
	accepts a.ko
}

@test "comments, blank lines, duplicates and a missing last newline are fine" {
	{
		printf '# made by hand\n\n \t\n#\n'
		sha256sum a.ko a.ko a.ko
		printf '%s  again' "$(digest sha256 a.ko)"
	} >"$M"
	accepts a.ko
}

@test "upper case digits are taken" {
	printf '%s  x\n' "$(digest sha256 a.ko | tr a-f A-F)" >"$M"
	accepts a.ko
}

@test "digests that the kernel does not compare are refused with advice" {
	local sum
	for sum in sha384sum sha512sum; do
		{ sha256sum a.ko; "$sum" a.ko; } >"$M"
		refuses 'line 2: it is no SHA-256 digest, and the kernel compares no others' a.ko
		[[ $output == *seal-manifest* ]]
	done
}

@test "names that sha256sum escapes are taken" {
	local name=$'new\nline \\ back\rreturn.ko'
	module "$name" odd
	sha256sum "$name" >"$M"
	grep -q '^[\]' "$M"
	accepts "$name"
	accepts --check
}

@test "a manifest that lists nothing is refused" {
	: >"$M"
	refuses "$M: the manifest lists nothing" a.ko
	printf '# serial: 5\n# args: a x=1\n' >"$M"
	refuses "$M: the manifest lists nothing" a.ko
	[ "${#lines[@]}" -eq 1 ]
}

@test "remarks are read, and leave the rest as it is" {
	{
		printf '# serial: 5\n# kind: modules\n# args: a x=1\n'
		sha256sum a.ko
		printf '# args: a y'
	} >"$M"
	accepts a.ko x=1
	loaded a.ko
}

@test "what is listed as revoked is not vouched for" {
	local kind
	for kind in revoked programs; do
		{ echo "# kind: $kind"; sha256sum a.ko; } >"$M"
		refuses "it is a manifest of another kind, $kind: it vouches for no module" a.ko
		refuses 'it is a manifest of another kind' --check
		refuses 'it is a manifest of another kind' --check a.ko
	done
}

@test "a remark that is nearly one is refused" {
	{ echo '# Kind: revoked'; sha256sum a.ko; } >"$M"
	refuses 'line 1: it is nearly one of the remarks' a.ko
	{ sha256sum a.ko; echo '# serial: 5'; } >"$M"
	refuses 'line 2: it comes too late' a.ko
}

@test "a manifest beyond all measure is refused" {
	{ sha256sum a.ko; yes '' | head -c $((256 << 20)); } >"$M"
	GUARD=$GUARD_FAST refuses 'cannot read the manifest: File too large' a.ko
	truncate -s -100 "$M"
	GUARD=$GUARD_FAST accepts a.ko
	: >"$M"
}

@test "a bad line is named by its number, and nothing is loaded" {
	{ sha256sum a.ko; echo '# fine'; echo 'rubbish'; } >"$M"
	refuses 'line 3: it does not begin with a digest' a.ko
}

@test "a bad line behind the right one still counts" {
	{ sha256sum a.ko; yes "# filler" | head -n 100000; echo x; } >"$M"
	refuses 'line 100002: ' a.ko
}

@test "every bad line is named, up to a number" {
	yes rubbish | head -n 25 >"$M"
	refuses 'line 10: ' a.ko
	[[ $output != *'line 11: '* ]]
	[[ $output == *'15 more lines are bad'* ]]
}

@test "a bad last line without a newline is named" {
	{ sha256sum a.ko; printf 'rubbish'; } >"$M"
	refuses 'line 2: ' a.ko
}

@test "a NUL byte is refused" {
	{ sha256sum a.ko; printf '# a\0b\n'; } >"$M"
	refuses 'line 2: it holds a NUL byte' a.ko
}

@test "DOS line ends are refused" {
	sha256sum a.ko | sed 's/$/\r/' >"$M"
	refuses 'line 1: it ends in a carriage return' a.ko
}

@test "the BSD style is refused with advice" {
	sha256sum --tag a.ko >"$M"
	refuses 'line 1: it is in the BSD style' a.ko
}

@test "a digest cut short is refused" {
	sha256sum a.ko | cut -c2- >"$M"
	refuses 'line 1: its digest has the length of no algorithm' a.ko
}

@test "a line without end is refused" {
	head -c 3000000 /dev/zero | tr '\0' a >"$M"
	refuses 'line 1: it is too long' a.ko
}

@test "a line that is too long is refused" {
	{ echo '#'; printf '#%020000d\n' 0; sha256sum a.ko; } >"$M"
	refuses 'line 2: it is too long' a.ko
}

@test "lines are put together across the blocks that are read" {
	local n
	for n in 262143 262144 262145; do
		{ head -c "$n" /dev/zero | tr '\0' '\n'; sha256sum a.ko; } >"$M"
		accepts a.ko
	done
}

@test "MD5 lines are refused with advice" {
	{ sha256sum a.ko; md5sum a.ko; } >"$M"
	refuses 'line 2: it is an MD5 digest' a.ko
	[[ $output == *seal-manifest* ]]
}

@test "MD5 lines are taken with --allow-md5, with a warning" {
	md5sum a.ko >"$M"
	accepts --allow-md5 a.ko
	loaded a.ko
	said '1 MD5 digests are taken at their word' 0
	list a.ko
	accepts --allow-md5 a.ko
	[[ $output != *MD5* ]]
}

@test "SHA-1 lines are refused, with --allow-md5 too" {
	sha1sum a.ko >"$M"
	refuses 'line 1: it is an SHA-1 digest' a.ko
	refuses 'line 1: it is an SHA-1 digest' --allow-md5 a.ko
	[[ $output == *seal-manifest* ]]
}

@test "a manifest that is missing is refused" {
	rm "$M"
	refuses 'cannot open the manifest: No such file' a.ko
}

@test "the default manifest is the one in /etc" {
	run "$GUARD" --check
	[[ $output == *'/etc/seal/modules.sha256: '* ]]
}

@test "a manifest that others may write is refused [other]" {
	chmod o+w "$M"
	refuses 'may be written by others' a.ko
}

@test "a manifest that others may write is refused [group]" {
	chmod g+w "$M"
	refuses 'may be written by others' a.ko
}

@test "a directory that others may write is refused [parent]" {
	mkdir d
	mv "$M" d/
	M=$W/d/manifest
	accepts a.ko
	chmod o+w d
	refuses "the directory $W/d may be written by others" a.ko
	chmod 1777 d
	refuses 'mode 1777' a.ko
}

@test "a directory that others may write is refused [grandparent]" {
	mkdir -p d/e/f
	mv "$M" d/e/f/
	M=$W/d/e/f/manifest
	accepts a.ko
	chmod g+w d
	refuses "the directory $W/d may be written by others" a.ko
}

@test "a symbolic link to a good manifest is followed" {
	ln -s "$M" link
	M=$W/link
	accepts a.ko
	ln -s manifest relative
	M=$W/relative
	accepts a.ko
	ln -s . here
	M=$W/here/../$BATS_TEST_NUMBER/./here//manifest
	accepts a.ko
}

@test "a symbolic link into a directory that others may write is refused" {
	mkdir d
	mv "$M" d/
	chmod o+w d
	ln -s d/manifest "$M"
	refuses "the directory $W/d may be written by others" a.ko
}

@test "a symbolic link in a directory that others may write is refused" {
	mkdir d
	chmod o+w d
	ln -s "$M" d/link
	M=$W/d/link
	refuses "the directory $W/d may be written by others" a.ko
}

@test "a loop of symbolic links is refused" {
	ln -s loop2 loop1
	ln -s loop1 loop2
	M=$W/loop1
	refuses 'cannot open the manifest: Too many levels' a.ko
}

@test "a relative name is walked from the root" {
	M=manifest
	accepts a.ko
	mkdir d
	chmod o+w d
	cp manifest d/
	cd d
	M=manifest
	refuses "the directory $W/d may be written by others" ../a.ko
}

@test "what is no regular file is refused [directory]" {
	M=$W
	refuses 'cannot open the manifest: Is a directory' a.ko
}

@test "what is no regular file is refused [FIFO]" {
	rm "$M"
	mkfifo "$M"
	refuses 'it is not a regular file' a.ko
}

@test "what is no regular file is refused [device]" {
	M=/dev/null
	refuses 'manifest not trusted' a.ko
}

@test "a file used as a directory is refused" {
	M=$W/a.ko/manifest
	refuses 'Not a directory' a.ko
}

@test "an owner other than root is refused [file]" {
	requires root
	echo 0 >"$K/owner"
	accepts a.ko
	chown 12345 "$M"
	refuses "the file $M belongs to user 12345, not to root" a.ko
}

@test "an owner other than root is refused [directory]" {
	requires root
	echo 0 >"$K/owner"
	mkdir d
	mv "$M" d/
	M=$W/d/manifest
	chown 12345 d
	refuses "the directory $W/d belongs to user 12345" a.ko
}
