# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# check: who holds doors open

# who(PID) - sets $who, and $program, its file
who() {
	who="$(fact "/proc/$1/comm")[$1]"
	program=$(readlink "$root/proc/$1/exe" 2>/dev/null) || program=
}

# may_have_hole() - is $program one that mem_allow= can name and should?
may_have_hole() {
	case $program in
	*[!A-Za-z0-9_./+-]* | "") return 1 ;;
	esac
	case ${program##*/} in
	sh | ash | bash | dash | ksh* | mksh | zsh* | csh | tcsh | fish | \
	busybox | python* | perl* | ruby* | lua* | node* | php*) return 1 ;;
	esac
	[ -f "$root$program" ]
}

# has_class(PROGRAM, [CLASS]) - is it given that, or any?
has_class() {
	configured mem_allow | split_classes |
		grep -qE "^$(printf '%s' "$1" | sed 's/[.+]/\\&/g')$TAB${2:-.*}\$"
}

# needs_hole(WHAT, WHY, CLASS) - but for MSRs, who drives hardware from outside
# the kernel may use ports too, which cannot be seen: it is proposed what a
# program has that no class is named of
needs_hole() {
	if ! may_have_hole; then
		finding "$1" "$2" \
			"mem_allow= with its program, which ${program:-?} cannot be"
		return
	fi
	has_class "$program" || ! has_class "${program##*/}" ||
		program=${program##*/}
	if has_class "$program" "$3"; then
		note "$1: $giver has mem_allow=$program"
		return
	fi
	case $3 in
	msr) wants mem_allow "$program${TAB}msr" ;;
	*)
		for class in ioport mem pci; do
			wants mem_allow "$program$TAB$class"
		done ;;
	esac
	finding "$1" "$2" "mem_allow=$(wanted_classes "$program")"
}

# needs_msr(WHAT)
needs_msr() {
	why="MSRs cannot be written any more"
	if may_have_hole && ! is_given keep msr; then
		needs_hole "$1" "$why, but for those of power and frequency by a program with a hole" msr
	else
		finding_unless keep msr "$1" "$why" keep=msr
	fi
}

# needs_memory(WHAT, FILE, WHY) - the hole is for display hardware without a
# driver
needs_memory() {
	case $2$(fact "${2%/*}/class") in
	/sys/*0x03????)
		if [ ! -e "$root${2%/*}/driver" ]; then
			needs_hole "$1" "$3" pci
			return
		fi ;;
	esac
	finding_unless keep pci_access "$1" "$3" keep=pci_access
}

NOT_HANDED="devices are not handed to programs any more"
KEEPS_MEMORY="once sealed RAM cannot be written, and display memory or ports only by a program with a hole"

# held(PID, TARGET, WRITES) - one descriptor
held() {
	who "$1"
	what="$who holds $2"
	case $2-$3 in
	/dev/mem-yes)
		needs_hole "$what" "$KEEPS_MEMORY" mem ;;
	/dev/port-yes)
		needs_hole "$what" "$KEEPS_MEMORY" ioport ;;
	/dev/mem-* | /dev/port-* | /proc/kcore-*)
		note "$what to read it: open but for read=no, level=confidentiality" ;;
	/dev/cpu/*-yes)
		needs_msr "$what" ;;
	/dev/cpu/*)
		note "$what to read it: that stays possible" ;;
	/dev/snapshot-*)
		finding_unless keep hibernation "$what" \
			"the seal does not go on while that is open" \
			"keep=hibernation, or end it" ;;
	/sys/kernel/debug/*-yes)
		finding_unless keep debugfs "$what" \
			"the seal does not go on while that is open" \
			"keep=debugfs, or end it" ;;
	/sys/kernel/debug/*)
		finding_unless keep debugfs "$what" \
			"it stays, but cannot be opened again" keep=debugfs ;;
	/dev/uio*-*)
		finding_unless keep uio "$what" "$NOT_HANDED" keep=uio ;;
	/dev/vfio/*)
		finding_unless keep vfio "$what" "$NOT_HANDED" keep=vfio ;;
	*/config-yes | /proc/bus/pci/*-yes)
		needs_hole "$what" "configuration space is shut (pci_access)" pci ;;
	*/resource*)
		needs_memory "$what" "$2" "devices' memory is shut (pci_access)" ;;
	esac
}

# mapped(PID, TARGET) - one mapping
mapped() {
	who "$1"
	what="$who maps $2"
	why="the mapping is taken away when the seal comes"
	case $2 in
	/dev/uio*)
		finding_unless keep uio "$what" "$why" keep=uio ;;
	/dev/*)
		needs_hole "$what" "$why" mem ;;
	*)
		needs_memory "$what" "$2" "$why" ;;
	esac
}

# PID TAB TARGET TAB WRITES of the descriptors that matter
list_held() {
	find "$root"/proc/[0-9]*/fd -mindepth 1 -maxdepth 1 -type l \
		-printf '%p\t%l\0' 2>/dev/null | tr '\n\0' '?\n' |
		grep -E "$TAB(/dev/(mem|port|snapshot|uio[0-9]+|cpu/[0-9]+/msr|vfio/.*)|/proc/kcore|/proc/bus/pci/.*|/sys/kernel/debug/.*|/sys/(devices|bus/pci)/.*/(config|resource[0-9]+(_wc)?))\$" |
		grep -v "$TAB/sys/kernel/debug/tracing/" |
		while IFS=$TAB read -r path target; do
			path=${path#"$root/proc/"}
			writes=yes
			# O_RDONLY is 0 in the last two bits
			case $(sed -n 's/^flags:[[:space:]]*//p' \
				"$root/proc/${path%%/*}/fdinfo/${path##*/}" \
				2>/dev/null) in
			*[04]) writes=no ;;
			esac
			printf '%s\t%s\t%s\n' "${path%%/*}" "$target" "$writes"
		done | sort -u
}

# PID TAB TARGET of mappings
list_mapped() {
	grep -sE ' (/dev/(mem|port|uio[0-9]+)|/proc/bus/pci/.*|/sys/devices/.*/resource[0-9]+(_wc)?)( \(deleted\))?$' \
		/dev/null "$root"/proc/[0-9]*/maps |
		sed 's#^.*/proc/\([0-9]*\)/maps:[^/]*\(/.*\)#\1\t\2#' | sort -u
}

check_holders() {
	list_held >"$work/held"
	while IFS=$TAB read -r pid target writes; do
		held "$pid" "$target" "$writes"
	done <"$work/held"
	list_mapped >"$work/mapped"
	while IFS=$TAB read -r pid target; do
		mapped "$pid" "$target"
	done <"$work/mapped"
	note "who has I/O ports (ioperm, iopl) cannot be seen from here; while one has that is no program of mem_allow= with ioport, the seal does not go on"
}
