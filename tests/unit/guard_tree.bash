# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # status and output are set by run
#
# A module tree for the modprobe tests: real ELF files, a real depmod, no code.
#
#	load guard_tree
#	setup_file() { guard_setup_file && tree_setup_file; }
#	setup() { guard_setup; tree_setup; }
#
# Then $T is a tree of the kernel version "1.0-test", all of it listed in $M, and
# $T/conf is its modprobe.d file, empty.
#
#	top -> middle -> base		dependencies
#	soft				before it pre, after it post: soft ones
#	alone				needs nothing; alias pci:v1* and twin:*
#	other				alias twin:* as well
#	inbuilt				built into the kernel

_tree_elf() { # _tree_elf(FILE, NEEDED, INFO...) - a module: name from FILE
	local name needed=$2 info='' word
	name=$(basename "$1" .ko)
	for word in "name=$name" "${@:3}"; do
		info+="$word\\0"
	done
	{
		printf 'static const char info[] __attribute__((section(".modinfo"), used)) = "%s";\n' "$info"
		printf 'static const char symbol[] __attribute__((section("__ksymtab_strings"), used)) = "fn_%s";\n' "$name"
		[ -z "$needed" ] || printf 'void fn_%s(void);\n' "$needed"
		printf 'void fn_%s(void);\nvoid fn_%s(void) { %s }\n' "$name" "$name" "${needed:+fn_$needed();}"
	} | ${CC:-cc} -x c -c -o "$1" -
}

# tree_setup_file() - builds the tree once for the file
tree_setup_file() {
	local dir=$GUARD_HOME/tree/lib/modules/1.0-test
	requires depmod
	mkdir -p "$dir/kernel"
	_tree_elf "$dir/kernel/tbase.ko" ''
	_tree_elf "$dir/kernel/tmiddle.ko" tbase
	_tree_elf "$dir/kernel/ttop.ko" tmiddle alias=ttop_alias
	_tree_elf "$dir/kernel/tpre.ko" ''
	_tree_elf "$dir/kernel/tpost.ko" ''
	_tree_elf "$dir/kernel/tsoft.ko" '' 'softdep=pre: tpre post: tpost'
	_tree_elf "$dir/kernel/talone.ko" '' 'alias=pci:v1*' 'alias=twin:*'
	_tree_elf "$dir/kernel/tother.ko" '' 'alias=twin:*'
	echo kernel/tinbuilt.ko >"$dir/modules.builtin"
	# libkmod 27 to 29 look there only, if there is an index of it
	printf 'tinbuilt.license=GPL\0' >"$dir/modules.builtin.modinfo"
	: >"$dir/modules.order"
	depmod -b "$GUARD_HOME/tree" 1.0-test
}

tree_setup() {
	T=$W/tree
	export T
	cp -a "$GUARD_HOME/tree" "$T"
	: >"$T/conf"
	list_tree
}

# list_tree(NAME...) - lists all modules of the tree but these
list_tree() {
	local name
	(cd "$T/lib/modules/1.0-test/kernel" && sha256sum ./*.ko) >"$M"
	for name; do
		sed -i "/\/$name.ko\$/d" "$M"
	done
}

# ko(NAME...) - the paths of these modules
ko() {
	printf "$T/lib/modules/1.0-test/kernel/%s.ko\n" "$@"
}

# modules_loaded(NAME...) - exactly these were loaded, in this order
modules_loaded() {
	local files
	readarray -t files < <([ $# -eq 0 ] || ko "$@")
	loaded "${files[@]}"
}

# with_kernel_modules(NAME=REFCOUNT... -- CMD...) - CMD sees these as loaded
with_kernel_modules() {
	local script='mount -t tmpfs none /sys/module'
	while [ "$1" != -- ]; do
		script+=" && mkdir /sys/module/${1%=*} &&
			echo live >/sys/module/${1%=*}/initstate &&
			echo ${1#*=} >/sys/module/${1%=*}/refcnt"
		shift
	done
	shift
	run unshare -m sh -c "$script"' && exec "$@"' sh "$@"
	echo "status $status"
	echo "$output"
}
