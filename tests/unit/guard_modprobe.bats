#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means to be
# insmod-guard as modprobe: names, dependencies, configuration, the kernel's call.

load guard
load guard_tree
setup_file() { guard_setup_file && tree_setup_file; }
teardown_file() { guard_teardown_file; }
setup() { guard_setup; tree_setup; }

refuses_modprobe() { # refuses_modprobe(TEXT, ARG...)
	local text=$1
	shift
	modprobe "$@"
	said "$text" 1
	not_loaded
}

@test "a module is loaded by name, its dependencies first" {
	modprobe ttop x=1
	[ "$status" -eq 0 ]
	modules_loaded tbase tmiddle ttop
	called 'init_module 0' 'init_module 0' 'init_module 0 x=1'
}

@test "a parameter with a space is quoted, as modprobe does" {
	modprobe tbase 'x=a b' 'y="c d"' z
	called 'init_module 0 x="a b" y="c d" z'
}

@test "an alias is resolved" {
	modprobe ttop_alias
	modules_loaded tbase tmiddle ttop
}

@test "a pattern alias is resolved" {
	modprobe pci:v1d2
	modules_loaded talone
}

@test "an alias of two modules loads both" {
	modprobe twin:x
	[ "$status" -eq 0 ]
	[ "$(calls | wc -l)" -eq 2 ]
}

@test "an alias of two modules loads the one that is listed, and fails" {
	list_tree talone
	modprobe twin:x
	said 'talone.ko: refused' 1
	modules_loaded tother
}

@test "a name that is nothing is an error, silent with --quiet" {
	refuses_modprobe 'nothing: there is no such module in' nothing
	modprobe --quiet nothing
	[ "$status" -eq 1 ]
	[ -z "$output" ]
}

@test "a path is not a name, and the message says what to do" {
	refuses_modprobe 'a file is loaded without --modprobe' ./a.ko
}

@test "one dependency that is not listed and nothing at all is loaded" {
	list_tree tbase
	refuses_modprobe 'tbase.ko: refused: its SHA256' ttop
}

@test "the target is not listed and its dependencies are not loaded" {
	list_tree ttop
	refuses_modprobe 'ttop.ko: refused: its SHA256' ttop
}

@test "all refusals are told, not only the first" {
	list_tree tbase ttop
	refuses_modprobe 'tbase.ko: refused' ttop
	said 'ttop.ko: refused' 1
	[[ $output != *'tmiddle.ko: refused'* ]]
}

@test "a dependency that cannot be read refuses it all" {
	rm "$(ko tmiddle)"
	refuses_modprobe 'ttop: its dependencies cannot be resolved' ttop
	mkdir "$(ko tmiddle)"
	refuses_modprobe 'tmiddle.ko: it is a directory' ttop
}

@test "a dependency that the kernel refuses stops the rest" {
	echo 8 >"$K/errno"
	modprobe ttop
	said 'tbase.ko: could not be loaded' 1
	modules_loaded tbase
}

@test "soft dependencies go before and after" {
	modprobe tsoft
	modules_loaded tpre tsoft tpost
}

@test "a soft dependency that is not listed is left out, with a warning" {
	list_tree tpre
	modprobe tsoft
	[ "$status" -eq 0 ]
	said 'tpre.ko: refused' 0
	said 'tpre: going on without it' 0
	modules_loaded tsoft tpost
}

@test "a soft dependency that the kernel refuses does not matter" {
	echo 'options tpre p' >"$T/conf"
	echo 8 >"$K/errno.p"
	modprobe tsoft
	[ "$status" -eq 0 ]
	modules_loaded tpre tsoft tpost
}

@test "a soft dependency that is also a dependency is required" {
	echo 'softdep ttop pre: tbase' >"$T/conf"
	list_tree tbase
	refuses_modprobe 'tbase.ko: refused' ttop
}

@test "a soft dependency that does not exist does not matter" {
	echo 'softdep tbase pre: nowhere' >"$T/conf"
	modprobe tbase
	[ "$status" -eq 0 ]
	modules_loaded tbase
}

@test "options of modprobe.d are given to the module they are for" {
	printf 'options tbase a=1 b=2\noptions ttop c=3\n' >"$T/conf"
	modprobe ttop d=4
	called 'init_module 0 a=1 b=2' 'init_module 0' 'init_module 0 c=3 d=4'
}

@test "an alias of modprobe.d is resolved" {
	echo 'alias nickname tbase' >"$T/conf"
	modprobe nickname
	modules_loaded tbase
}

@test "an alias for a module that does not exist is an error" {
	echo 'alias nickname nowhere' >"$T/conf"
	refuses_modprobe 'nowhere: could not be loaded: there is no such module' nickname
}

@test "a blacklisted module is not loaded by alias, but by name" {
	echo 'blacklist talone' >"$T/conf"
	modprobe pci:v1d2
	[ "$status" -eq 0 ]
	not_loaded
	modprobe talone
	modules_loaded talone
}

@test "a blacklisted module is not loaded by name with --use-blacklist" {
	echo 'blacklist talone' >"$T/conf"
	modprobe --use-blacklist talone
	[ "$status" -eq 0 ]
	not_loaded
}

@test "a builtin module is done already, a failure with --first-time" {
	modprobe tinbuilt
	[ "$status" -eq 0 ]
	not_loaded
	modprobe --first-time tinbuilt
	said 'already loaded' 1
}

@test "a loaded module is done already, a failure with --first-time" {
	requires namespaces
	local mp=("$GUARD" --modprobe --manifest "$M" -d "$T" -S 1.0-test -C "$T/conf")
	with_kernel_modules tbase=0 tmiddle=0 ttop=0 -- "${mp[@]}" ttop
	[ "$status" -eq 0 ]
	not_loaded
	with_kernel_modules tbase=0 tmiddle=0 ttop=0 -- \
		"${mp[@]}" --first-time ttop
	said 'ttop: it is already loaded' 1
}

@test "loaded dependencies need not be listed" {
	requires namespaces
	list_tree tbase tmiddle
	with_kernel_modules tbase=1 tmiddle=0 -- "$GUARD" --modprobe \
		--manifest "$M" -d "$T" -S 1.0-test -C "$T/conf" ttop
	[ "$status" -eq 0 ]
	modules_loaded ttop
}

@test "a module that came meanwhile is done, a failure with --first-time" {
	echo 17 >"$K/errno"
	modprobe tbase
	[ "$status" -eq 0 ]
	modprobe --first-time tbase
	said 'tbase.ko: could not be loaded: it is already loaded' 1
}

@test "an install command is run instead" {
	echo "install tbase echo module=\$MODPROBE_MODULE opts=\$CMDLINE_OPTS,\$CMDLINE_OPTS >$W/out" >"$T/conf"
	modprobe tbase x=1
	[ "$status" -eq 0 ]
	[ "$(cat out)" = 'module=tbase opts=x=1,x=1' ]
	not_loaded
}

@test "an install command in the midst keeps its place" {
	echo "install tmiddle cp $K/log $W/then" >"$T/conf"
	modprobe ttop
	[ "$status" -eq 0 ]
	modules_loaded tbase ttop
	[ "$(wc -l <"then")" -eq 1 ]
}

@test "an install command that fails is a failure" {
	echo 'install tmiddle exit 3' >"$T/conf"
	modprobe ttop
	said 'tmiddle: its command failed with status 3' 1
	modules_loaded tbase
	echo 'install tbase kill -9 $$' >"$T/conf"
	modprobe tbase
	said 'tbase: its command was killed by signal 9' 1
}

@test "an install command is not run when something is refused" {
	echo "install tmiddle touch $W/out" >"$T/conf"
	list_tree ttop
	refuses_modprobe 'ttop.ko: refused' ttop
	[ ! -e out ]
}

@test "an install command sees nothing of our environment" {
	echo "install tbase env >$W/out" >"$T/conf"
	export EVIL=1 LC_TEST=kept LD_DEBUG_OUTPUT=/dev/null MODPROBE_OPTIONS=-q
	modprobe tbase
	[ "$status" -eq 0 ]
	grep -qx 'PATH=/usr/sbin:/usr/bin:/sbin:/bin' out
	grep -qx 'LC_TEST=kept' out
	! grep -E '^(EVIL|LD_|MODPROBE_OPTIONS|GUARD_FAKE|ASAN)' out || fail "it does"
}

@test "--ignore-install loads what an install command stands before" {
	echo "install tbase touch $W/out" >"$T/conf"
	modprobe --ignore-install tbase
	[ "$status" -eq 0 ]
	[ ! -e out ]
	modules_loaded tbase
}

@test "--dry-run runs and loads nothing, but refuses" {
	echo "install tbase touch $W/out" >"$T/conf"
	modprobe --dry-run --verbose ttop
	[ "$status" -eq 0 ]
	said "install touch $W/out" 0
	said "insmod $(ko ttop)" 0
	[ ! -e out ]
	not_loaded
	list_tree ttop
	refuses_modprobe 'ttop.ko: refused' -n ttop
}

@test "--all takes names, and goes on behind a failure" {
	modprobe --all tbase nothing talone
	said 'nothing: there is no such module' 1
	modules_loaded tbase talone
}

@test "--show-depends and --resolve-alias say what modprobe says" {
	local real
	real=$(PATH=$PATH:/usr/sbin:/sbin type -P modprobe) || skip "modprobe is not installed"
	printf 'options tbase a=1\ninstall tmiddle true\nsoftdep talone pre: tbase\n' >"$T/conf"
	local name option
	for option in -D -R; do
		for name in ttop tsoft talone twin:x tinbuilt ttop_alias; do
			run "$real" "$option" -d "$T" -S 1.0-test -C "$T/conf" "$name"
			local expected=$output
			modprobe "$option" "$name"
			[ "$output" = "$expected" ] || fail "$option $name: expected $expected"
		done
	done
	not_loaded
}

@test "--strict-path wants every module of the plan where the line says" {
	modprobe --strict-path ttop
	said 'for this path' 1
	sha256sum "$T"/lib/modules/1.0-test/kernel/*.ko >"$M"
	modprobe --strict-path ttop
	[ "$status" -eq 0 ]
	modules_loaded tbase tmiddle ttop
}

@test "--remove removes, and then the dependencies nobody uses" {
	requires namespaces
	local mp=("$GUARD" --modprobe --manifest "$M" -d "$T" -S 1.0-test -C "$T/conf")
	with_kernel_modules ttop=0 tmiddle=0 tbase=1 -- "${mp[@]}" -r ttop
	[ "$status" -eq 0 ]
	called 'delete_module 0 ttop' 'delete_module 0 tmiddle'
}

@test "--remove does not remove what is in use, builtin or not there" {
	requires namespaces
	local mp=("$GUARD" --modprobe --manifest "$M" -d "$T" -S 1.0-test -C "$T/conf")
	with_kernel_modules ttop=2 -- "${mp[@]}" -r ttop
	said 'ttop: it is in use' 1
	with_kernel_modules -- "${mp[@]}" -r tinbuilt
	said 'tinbuilt: it is built into the kernel' 1
	with_kernel_modules -- "${mp[@]}" -r ttop
	[ "$status" -eq 0 ]
	with_kernel_modules -- "${mp[@]}" -r --first-time ttop
	said 'ttop: it is not loaded' 1
	not_loaded
}

@test "--remove tells when the kernel refuses" {
	requires namespaces
	echo 1 >"$K/errno"
	with_kernel_modules talone=0 -- "$GUARD" --modprobe -d "$T" -S 1.0-test -C "$T/conf" -r talone
	said 'talone: could not be removed: Operation not permitted' 1
}

@test "--remove runs remove commands, and takes soft dependencies along" {
	requires namespaces
	echo "remove talone echo \$MODPROBE_MODULE >$W/out" >"$T/conf"
	local mp=("$GUARD" --modprobe -d "$T" -S 1.0-test -C "$T/conf")
	with_kernel_modules talone=0 tsoft=0 tpre=0 tpost=0 -- \
		"${mp[@]}" -r talone tsoft
	[ "$status" -eq 0 ]
	[ "$(cat out)" = talone ]
	called 'delete_module 0 tpost' 'delete_module 0 tsoft' 'delete_module 0 tpre'
}

@test "the kernel's own call makes it modprobe, whatever its name" {
	local name
	for name in insmod-guard some-name modprobe; do
		rm -f "$K"/*
		ln -sf "$GUARD" "$name"
		run "./$name" --manifest "$M" -d "$T" -S 1.0-test -C "$T/conf" -q -- ttop
		[ "$status" -eq 0 ]
		modules_loaded tbase tmiddle ttop
	done
}

@test "the name modprobe makes it modprobe" {
	ln -s "$GUARD" modprobe
	run ./modprobe --manifest "$M" -d "$T" -S 1.0-test -C "$T/conf" tbase
	[ "$status" -eq 0 ]
	modules_loaded tbase
	run ./modprobe
	said 'a module name is missing' 2
}

@test "a bare name without options is a file, as for insmod" {
	refuses 'ttop: cannot open it' ttop
}

# As the kernel calls it: no descriptors at all, and the one way to be heard is
# /dev. The script gives it a /dev of its own.
as_kernel() { # as_kernel(NAME, SYSLOG, KMSG) - with these if not empty
	# shellcheck disable=SC2016 # the inner shell expands them
	run unshare -m sh -c '
		mount -t tmpfs none /dev && mknod /dev/null c 1 3 || exit 99
		[ -z "$3" ] || : >/dev/kmsg
		if [ -n "$2" ]; then
			"$GUARD_TOOL" listen /dev/log >"$W/syslog" &
			while [ ! -S /dev/log ]; do sleep 0.01; done
		fi
		"$GUARD" --manifest "$M" -d "$T" -S 1.0-test -C "$T/conf" -q -- "$1" <&- >&- 2>&-
		status=$?
		wait
		cat /dev/kmsg >"$W/kmsg" 2>/dev/null
		exit $status' sh "$@"
}

@test "called by the kernel it loads" {
	requires namespaces
	as_kernel ttop '' kmsg
	[ "$status" -eq 0 ]
	modules_loaded tbase tmiddle ttop
	[ ! -s kmsg ]
}

@test "called by the kernel a refusal goes to the kernel's log" {
	requires namespaces
	list_tree tbase
	as_kernel tbase '' kmsg
	[ "$status" -eq 1 ]
	not_loaded
	grep -q "^<4>insmod-guard: .*/tbase.ko: refused: its SHA256 digest" kmsg
	[ "$(wc -l <kmsg)" -eq 1 ]
}

@test "called by the kernel a refusal goes to syslog where there is one" {
	requires namespaces
	list_tree tbase
	as_kernel tbase syslog kmsg
	[ "$status" -eq 1 ]
	grep -q 'insmod-guard.*/tbase.ko: refused: its SHA256 digest' syslog
	[ ! -s kmsg ]
}

@test "called by the kernel where there is no way to be heard it still refuses" {
	requires namespaces
	list_tree tbase
	as_kernel tbase '' ''
	[ "$status" -eq 1 ]
	not_loaded
}

@test "closed standard descriptors are replaced before anything is opened" {
	requires root
	echo "install tbase readlink /proc/\$PPID/fd/0 /proc/\$PPID/fd/1 /proc/\$PPID/fd/2 >$W/out" >"$T/conf"
	run bash -c 'exec "$GUARD" --modprobe -d "$T" -S 1.0-test -C "$T/conf" tbase <&- >&- 2>&-'
	[ "$status" -eq 0 ]
	[ "$(cat out)" = $'/dev/null\n/dev/null\n/dev/null' ]
}

@test "it is not dumpable, and leaves no core" {
	requires user
	chmod 0777 "$K" "$W"
	echo "install tbase stat -c %u /proc/\$PPID/environ >$W/owner; ulimit -c >$W/core" >"$T/conf"
	ulimit -c 1000
	run as_nobody "$GUARD" --modprobe \
		-d "$T" -S 1.0-test -C "$T/conf" tbase
	[ "$status" -eq 0 ]
	[ "$(cat owner)" -eq 0 ]
	[ "$(cat core)" -eq 0 ]
}
