# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2016 # what is quoted so is awk's
#
# manifests: reading them, their numbers

# read_manifest(FILE, NAME) - sets $kind, $serial and $count, and writes the
# digests, sorted, to FILE.digests
read_manifest() {
	escape "$2"
	tr -d '\0' <"$1" >"$1.lines" || die "$work cannot be written"
	cmp -s "$1" "$1.lines" || die "$escaped: it holds a NUL byte"
	rm -f "$1.lines"
	: >"$1.unsorted" || die "$work cannot be written"
	facts=$(awk -v digests="$1.unsorted" -f "$parts/manifest.awk" \
		"$1") || die "$escaped: ${facts:-it cannot be read}"
	sort -u "$1.unsorted" >"$1.digests" || die "sorting failed"
	rm -f "$1.unsorted"
	kind=${facts%% *} count=${facts##* }
	serial=${facts#* }
	serial=${serial% *}
}

# is_higher(A, B) - as numbers of any length without leading zeros
is_higher() {
	[ "${#1}" -gt "${#2}" ] && return
	[ "${#1}" -eq "${#2}" ] && [ "$1" != "$2" ] &&
		[ "$(printf '%s\n' "$1" "$2" | sort | tail -n 1)" = "$1" ]
}

# raised(N) - N + 1, however large
raised() {
	printf '%s\n' "$1" | awk '{
		for (i = length($0); i; i--) {
			digit = substr($0, i, 1)
			if (digit != "9")
				break
			zeros = zeros "0"
		}
		print (i ? substr($0, 1, i - 1) digit + 1 : "1") zeros
	}'
}

# number(FILE, SERIAL, KIND) - writes to FILE.new the text with these remarks,
# at the top but below a heading; an empty one stays as it is
number() {
	awk -v serial="$2" -v kind="$3" '
		function ours() {
			return (serial != "" && /^# serial: /) ||
				(kind != "" && /^# kind: /)
		}
		function say() {
			if (serial != "")
				print "# serial: " serial
			if (kind != "")
				print "# kind: " kind
			said = 1
		}
		NR == 1 && /^#/ && !/^# *(serial|kind|args) *[:=]/ {
			print
			say()
			next
		}
		!said { say() }
		!ours()' "$1" >"$1.new" || die "$work cannot be written"
}
