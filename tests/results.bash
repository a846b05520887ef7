# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What was seen on the kernels of tests/kernels, for tests/catalogue: a file each,
# docs/results/NAME, which outlives the logs of tests/matrix that it is taken
# from. Its first line is the kernel's version; then comes, in the order of the
# page, a line for each attack, each way through a reason of the kernel's own
# list, and each door of the seal's own:
#
#	attack|way|door NAME refused|failed|skipped [WHY]
#
# What was not run has none. Who loads this has die(), $names and $field, what
# tests/lockdown.bash has, and in $all what everything() says.

# shellcheck disable=SC2154 # names, field, all

kernel_list=${SEAL_KERNEL_LIST:-tests/kernels}
matrix=${SEAL_MATRIX:-build/matrix}
results=docs/results

# known_kernels() - their names, in the order of the list
known_kernels() {
	awk '!/^#/ && NF { print $1 }' "$kernel_list"
}

# known_reasons() - those of the tables, in their order
known_reasons() {
	# shellcheck disable=SC2086 # words
	printf '%s\n' $INTEGRITY $CONFIDENTIALITY
}

# own_doors() - a line each, the fields after one another by tabs
own_doors() {
	sed '/^$/d; s/ | /\t/g' <<<"$OWN"
}

# everything() - all that is tried, in the order of the page: the kind, the name,
# the suite and the test that goes through it, those that find it shut, by tabs.
# Of ways, tests/lockdown.bats makes notes.
everything() {
	local name title
	for name in "${names[@]}"; do
		title=${field[$name title]}
		printf 'attack\t%s\tattacks\tunsealed: %s\tattacks\tsealed: %s\n' \
			"$name" "$title" "$title"
	done
	awk '
		NR == FNR {
			ways[$1] = ways[$1] "way\t" $2 "\tlockdown\t\tlockdown\t\n"
			next
		}
		{ printf "%s", ways[$1] }' <(echo "$WAYS") <(known_reasons)
	own_doors | sed 's/^/door\t/'
}

# version_of(FILE) - its first line
version_of() {
	local version
	version=$(head -n 1 "$1")
	[[ $version =~ ^[0-9][^[:space:]]*$ ]] || die "$1: its first line is no version"
	echo "$version"
}

# merged(FILE, LOG...) - the lines of a results file, as these logs would have them
merged() {
	local log logs=()
	for log in "${@:2}"; do
		logs+=("suite=$(basename "$log" .log)" "$log")
	done
	awk -f tests/results.awk phase=all <(echo "$all") phase=old "$1" \
		phase=log "${logs[@]}"
}

# logs_of(KERNEL) - those that the matrix has, of the suites that matter
logs_of() {
	local suite
	for suite in $(cut -f3,5 <<<"$all" | tr '\t' '\n' | sort -u); do
		[ ! -f "$matrix/$1/$suite.log" ] || echo "$matrix/$1/$suite.log"
	done
}

# newer(VERSION, THAN)
newer() {
	[ "$1" != "$2" ] &&
		[ "$(printf '%s\n' "$1" "$2" | sort -V | tail -n 1)" = "$1" ]
}

# take_in(KERNEL) - what the matrix has seen, into its file. A new version of the
# kernel begins a new one, of an old one nothing is told any more.
take_in() {
	local file=$results/$1 from=/dev/null was='' version logs
	mapfile -t logs < <(logs_of "$1")
	if [ -f "$file" ]; then
		from=$file
		was=$(version_of "$file")
	fi
	version=$was
	if [ "${#logs[@]}" -gt 0 ]; then
		version=$(version_of "$matrix/$1/version")
	fi
	if [ -n "$was" ] && newer "$was" "$version"; then
		echo "$file is of $was: nothing of $version is taken in" >&2
		version=$was logs=()
	elif [ "$version" != "$was" ]; then
		from=/dev/null
	fi
	[ -n "$version" ] || return 0
	mkdir -p "$results"
	{
		echo "$version"
		merged "$from" "${logs[@]}"
	} >"$file.new"
	mv "$file.new" "$file"
}

take_all_in() {
	local kernel
	for kernel in $(known_kernels); do
		take_in "$kernel"
	done
}

# result_files() - of all kernels that have one
result_files() {
	local kernel
	for kernel in $(known_kernels); do
		[ ! -f "$results/$kernel" ] || echo "$results/$kernel"
	done
}

# all_known() - has no kernel results that is none?
all_known() {
	local file
	for file in "$results"/*; do
		[ ! -f "$file" ] ||
			grep -qxF "${file##*/}" <(known_kernels) ||
			die "$file: $kernel_list has no such kernel"
	done
}

# all_sound() - is each file as it would be written today?
all_sound() {
	local file
	for file in $(result_files); do
		diff "$file" <(version_of "$file"; merged "$file") ||
			die "$file is not of today: run tests/catalogue"
	done
}

# summed_up() - of each "attack|way|door NAME", by a tab, what all files have to say
summed_up() {
	local files
	mapfile -t files < <(result_files)
	awk '
		FNR == 1 {
			kernel = FILENAME
			sub(/.*\//, "", kernel)
			next
		}
		{ what = $1 " " $2; seen[what] }
		$3 == "refused" { held[what]++ }
		$3 == "failed" { failed[what] = failed[what] " " kernel }
		$3 == "skipped" {
			why = $0
			sub(/^[^ ]* [^ ]* skipped /, "", why)
			if (!kernels[what, why]++)
				reason[what, ++reasons[what]] = why
		}
		END {
			for (what in seen) {
				text = ""
				if (what in failed)
					text = "; FAILED on" failed[what]
				if (what in held)
					text = text "; held on " held[what]
				for (i = 1; i <= reasons[what]; i++) {
					why = reason[what, i]
					text = text (i == 1 ? "; not tried on " : ", ") \
						kernels[what, why] " (" why ")"
				}
				print what "\t" substr(text, 3)
			}
		}' /dev/null "${files[@]}"
}

# counts(KERNEL) - of the attacks, the ways and the doors: cells of a table
counts() {
	local file=$results/$1
	[ -f "$file" ] || file=/dev/null
	awk -v ORS='' '
		NR == FNR { all[$1]++; next }
		{ n[$1, $3]++; all[$1]-- }
		function part(what, n) {
			if (n)
				text = text ", " what " " n
		}
		END {
			split("attack way door", kinds, " ")
			for (i = 1; i <= 3; i++) {
				kind = kinds[i]
				text = ""
				part("FAILED", n[kind, "failed"])
				part("held", n[kind, "refused"])
				part("not tried", n[kind, "skipped"])
				if (text != "")
					part("not yet", all[kind])
				print " | " (text == "" ? "not yet" : substr(text, 3))
			}
		}' <(echo "$all") "$file"
}
