# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# the words in which check tells what it finds, and what it asks the kernel's
# files and seal.conf

TAB='	'

# plain(TEXT) - names that others chose stay in their line
plain() {
	printf '%s' "$1" | tr -c '[:print:]' '?'
}

# finding(WHAT, WHY, REMEDY)
finding() {
	printf '%s: %s; %s\n' "$(plain "$1")" "$2" "$3"
	: >"$work/found"
}

note() {
	printf 'note: %s\n' "$(plain "$1")"
}

# wants(LIST, WORD) - for the parameter that is recommended at the end
wants() {
	grep -qsxF -e "$2" "$work/$1" || printf '%s\n' "$2" >>"$work/$1"
}

# wanted(LIST) - all of it, with commas
wanted() {
	sort -u "$work/$1" 2>/dev/null | paste -sd , -
}

# wanted_classes([PROGRAM]) - of programs, or of that one
wanted_classes() {
	sort -u "$work/mem_allow" 2>/dev/null | awk -F '\t' -v one="${1-}" '
		one != "" && $1 != one { next }
		$1 != program { program = $1; order[++n] = program }
		{ classes[program] = classes[program] "," $2 }
		END {
			for (i = 1; i <= n; i++) {
				list = substr(classes[order[i]], 2)
				if (list == "ioport,mem,pci")
					list = ""
				printf "%s%s", (i > 1 ? "," : "") order[i],
					(list == "" ? "" : ":" list)
			}
		}'
}

# fact(FILE) - the first line of one of the kernel's files; empty without it
fact() {
	head -n 1 "$root$1" 2>/dev/null || :
}

# take_configured() - what seal.conf gives, or the seal was given that audits: a
# word a line, to $work/conf. What is in it goes into what is recommended.
take_configured() {
	giver=seal.conf
	sed -n 's/^[[:space:]]*options[[:space:]]\{1,\}seal[[:space:]]//p' \
		"$root/etc/modprobe.d/seal.conf" 2>/dev/null |
		tr -s '[:space:]' '\n' >"$work/conf"
	if [ -n "$audits" ]; then
		giver="the seal"
		take_given
	fi
	configured mem_allow | split_classes >"$work/mem_allow"
	configured keep | tr , '\n' >"$work/keep"
	! is_true trust_signed || : >"$work/needs_trust"
}

# configured(PARAMETER)
configured() {
	sed -n "s/^$1=//p" "$work/conf" | tail -n 1
}

is_true() {
	case $(configured "$1") in
	1 | [yY]* | [tT]* | [oO][nN]) return 0 ;;
	esac
	return 1
}

# is_given(PARAMETER, WORD)
is_given() {
	configured "$1" | tr , '\n' | grep -qxF -e "$2"
}

# finding_unless(PARAMETER, WORD, WHAT, WHY, REMEDY) - that is given
finding_unless() {
	wants "$1" "$2"
	if is_given "$1" "$2"; then
		note "$3: $giver has $1=$2"
	else
		finding "$3" "$4" "$5"
	fi
}

# said_at_boot(PATTERN) - is there such a word on the kernel command line?
said_at_boot() {
	fact /proc/cmdline | tr ' ' '\n' | grep -qxE -e "$1"
}

# same_file(PATH, PATH) - below the root
same_file() {
	[ "$(realpath -m -- "$root$1")" = "$(realpath -m -- "$root$2")" ]
}
