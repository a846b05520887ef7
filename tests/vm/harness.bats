#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# The harness itself: what the guest says comes back exactly, and what goes
# wrong with a machine is noticed. A second machine is broken on purpose.

load ../helpers

setup_file() {
	mkdir -p "$BATS_FILE_TMPDIR/tree/deep"
	echo leaf >"$BATS_FILE_TMPDIR/tree/deep/leaf"
	# of its libraries two are no other program's
	root=$(vm_root "${KERNEL:-cloud-amd64}")
	vm_boot --tree "$BATS_FILE_TMPDIR/tree:/opt/tree" \
		--file "$root/usr/bin/stat:/opt/dynamic" \
		--append "seal.harness=yes" --mem 384 --smp 2
}

teardown_file() {
	vm_down
}

# second(COMMAND...) - runs a helper with the machine that is to be broken
second() {
	VM_NAME=second "$@"
}

teardown() {
	second _vm_dir
	if [ -e "$VM_DIR" ]; then
		_vm_stop
	fi
	VM_NAME=vm
}

# qemu_of(NAME) - the process id of that machine
qemu_of() {
	cat "$BATS_FILE_TMPDIR/$1/qemu.pid"
}

# agent_port() - what the guest calls it
agent_port() {
	use_arch "$(vm_arch)"
	# shellcheck disable=SC2154 # set by that
	echo "/dev/$arch_port"
}

# inner(TEXT) - writes a suite that holds TEXT and prints its name; TEST stands
# for what bats would take for a test of this file
inner() {
	local suite=$BATS_TEST_TMPDIR/harness-inner.bats
	printf 'load "%s/tests/helpers"\n%s\n' "$SEAL_TOP" "${1//TEST/@test}" \
		>"$suite"
	echo "$suite"
}

# inner_bats(SUITE) - runs it as from a shell: with nothing of this suite's, and
# open to an interrupt, which whoever runs in a shell's background is not
inner_bats() {
	env -i --default-signal=INT PATH="${PATH//"$BATS_LIBEXEC:"/}" HOME="${HOME:-/}" \
		TMPDIR="$BATS_TEST_TMPDIR" KERNEL="$(vm_kernel)" \
		SEAL_KERNELS="$SEAL_KERNELS" bats --tap "$1" 3>&- 4>&-
}

# --- what comes back ---

@test "status comes back [exit]" {
	local code
	for code in 0 1 3 127 255; do
		vm exit "$code"
		[ "$status" -eq "$code" ]
	done
}

@test "status comes back [signal]" {
	vm 'kill -SEGV $$'
	[ "$status" -eq 139 ]
}

@test "output comes back in the order it was written" {
	vm 'echo one; echo two >&2; echo; echo three'
	[ "$output" = $'one\ntwo\n\nthree' ]
	[ "${#lines[@]}" -eq 3 ]
	[ "${lines[1]}" = two ]
}

@test "output comes back [stderr apart]" {
	vm --separate-stderr 'echo one; echo two >&2; exit 4'
	[ "$status" -eq 4 ]
	[ "$output" = one ]
	# shellcheck disable=SC2154 # set by vm
	[ "$stderr" = two ]
}

@test "output comes back [none]" {
	vm true
	[ -z "$output" ]
	[ "${#lines[@]}" -eq 0 ]
}

@test "output comes back [every byte]" {
	local all
	all=$(printf '\\%03o' {0..255})
	vm "printf '$all$all'"
	# shellcheck disable=SC2059 # the format is what is tested
	printf "$all$all" | cmp - "$VM_DIR/out"
}

@test "output comes back [200 KB]" {
	vm seq 1 40000
	[ "$(stat -c %s "$VM_DIR/out")" -gt 200000 ]
	seq 1 40000 | cmp - "$VM_DIR/out"
}

@test "a reply that looks like two is one" {
	vm 'printf "seal-vm 1 0 0 0\nseal-vm 2 9 9 9\n"'
	[ "$status" -eq 0 ]
	[ "$output" = $'seal-vm 1 0 0 0\nseal-vm 2 9 9 9' ]
	vm_ok true
}

@test "a command arrives unchanged [quotes]" {
	local text=$'a \'b\' "c" $d `e` \\f\\n %s \t ü *\n#g'
	vm "printf %s '${text//\'/\'\\\'\'}'"
	[ "$output" = "$text" ]
}

@test "a command arrives unchanged [50,000 characters]" {
	local text
	text=$(printf 'x%.0s' {1..50000})
	vm "echo $text | wc -c"
	[ "$output" -eq 50001 ]
}

@test "a command that is too long is an error" {
	local text
	text=$(printf 'x%.0s' {1..60001})
	run vm "$text"
	[ "$status" -ne 0 ]
	[[ $output == *"too long"* ]]
	vm_ok true
}

# --- what a command cannot do to the harness ---

@test "a command may kill everything" {
	vm 'sleep 100 & kill -9 -1; exit 5'
	[ "$status" -eq 5 ]
	vm_ok true
}

@test "a command has nothing to read, and no agent's port" {
	vm_ok cat
	[ -z "$output" ]
	vm_ok ls -l /proc/self/fd
	[[ $output == *" 0 -> /dev/null"* ]]
	[[ $output != *"$(agent_port)"* ]]
}

@test "a job left behind neither holds nor spoils anything" {
	vm_ok '(sleep 1; echo late) & echo early'
	[ "$output" = early ]
	vm sleep 2
	[ -z "$output" ]
}

# --- what is in the guest ---

@test "the guest has what it was booted with" {
	vm_ok cat /opt/tree/deep/leaf
	[ "$output" = leaf ]
	vm_ok /opt/dynamic --version
	vm_ok grep -w seal.harness=yes /proc/cmdline
	vm_ok nproc
	[ "$output" -eq 2 ]
	vm_ok 'stat -c "%u %a" / /etc /run'
	[ "$output" = $'0 755\n0 755\n0 755' ]
}

@test "the guest runs the kernel that was asked for" {
	vm_ok uname -r
	[ "$output" = "$(vm_kernel)" ]
	[ -d "$(vm_tree)/kernel" ]
}

@test "modules load [leaf, with busybox and kmod]" {
	# shellcheck disable=SC2016 # it is the guest's
	vm_ok 'cd /lib/modules/*/kernel/drivers/net; case $(echo dummy.ko*) in
		*.xz) xz -dc dummy.ko.xz ;; *) cat dummy.ko ;; esac >/tmp/dummy.ko'
	vm_ok /sbin/insmod /tmp/dummy.ko
	vm_ok kmod-rmmod dummy
	vm_ok kmod-modprobe dummy
	vm_ok rmmod dummy
	vm_fails test -e /sys/module/dummy
}

@test "modules load [with several dependencies]" {
	vm_ok modprobe bridge
	vm_ok 'ls -d /sys/module/bridge /sys/module/stp /sys/module/llc'
}

@test "modules load [by the kernel itself]" {
	vm_fails test -e /sys/module/ifb
	vm_ok ip link add seal0 type ifb
	vm_ok test -e /sys/module/ifb
}

@test "a file is pushed with its mode" {
	local file=$BATS_TEST_TMPDIR/file
	head -c 70000 /dev/urandom >"$file"
	chmod 640 "$file"
	vm_push "$file" "/tmp/a name with 'quotes'"
	vm_ok "cat /tmp/a*; stat -c %a /tmp/a* >&2"
	head -c 70000 "$VM_DIR/out" | cmp - "$file"
	[[ $(tail -c 4 "$VM_DIR/out") == 640 ]]
}

@test "a push to nowhere fails" {
	run vm_push "$BATS_TEST_FILENAME" /no/such/directory/file
	[ "$status" -ne 0 ]
}

# --- the assertions ---

@test "vm_ok and vm_fails assert" {
	vm_ok true
	vm_fails false
	run vm_ok false
	[ "$status" -ne 0 ]
	[[ $output == *"should have succeeded: false"* ]]
	run vm_fails true
	[ "$status" -ne 0 ]
	[[ $output == *"should have failed: true"* ]]
}

@test "log_since gives what came since the mark, bare" {
	vm 'echo before >/dev/kmsg'
	log_mark
	vm 'echo "first [x] line" >/dev/kmsg; echo second >/dev/kmsg'
	[ "$(log_since)" = $'first [x] line\nsecond' ]
	log_mark
	[ -z "$(log_since)" ]
}

@test "log_since fails without its mark" {
	run log_since
	[ "$status" -ne 0 ]
	log_mark
	vm dmesg -c
	run log_since
	[ "$status" -ne 0 ]
	[[ $output == *"no longer in the kernel log"* ]]
}

# say(TEXT...) - a command that is refused, with these lines in the log
say() {
	local text command='echo insmod: Operation not permitted; '
	for text; do
		command+="echo '$text' >/dev/kmsg; "
	done
	log_mark
	vm "$command false"
}

@test "refused wants exactly one line of its door" {
	local line='seal: refused module-load what="x" by a[1] reason=none'
	say "$line"
	refused module-load 'what="x"' 'by a\[1\]' 'reason=none$'
	run refused module-load 'what="x"' 'by b'
	[ "$status" -ne 0 ]
	run refused mem-write
	[ "$status" -ne 0 ]
	say "$line" "$line"
	run refused module-load
	[ "$status" -ne 0 ]
	[[ $output == *"2 lines"* ]]
	say "not $line"
	run refused module-load
	[ "$status" -ne 0 ]
	[[ $output == *"0 lines"* ]]
}

@test "refused wants EPERM" {
	log_mark
	vm 'echo "seal: refused module-load x" >/dev/kmsg; echo Bad file; false'
	run refused module-load
	[ "$status" -ne 0 ]
	log_mark
	vm 'echo "seal: refused module-load x" >/dev/kmsg
		echo Operation not permitted'
	run refused module-load
	[ "$status" -ne 0 ]
	[[ $output == *"was not refused"* ]]
}

# fake_insmod(TEXT) - what kmod-insmod is for the rest of this boot
fake_insmod() {
	vm_ok "rm -f /sbin/kmod-insmod; echo '#!/bin/sh
$1' >/sbin/kmod-insmod; chmod 755 /sbin/kmod-insmod"
}

@test "seal_on and seal_fails assert" {
	second vm_boot
	export VM_NAME=second
	fake_insmod 'exit 0'
	seal_on a=b
	run seal_fails .
	[ "$status" -ne 0 ]
	# shellcheck disable=SC2016 # it is the guest's
	fake_insmod 'echo "seal: bad $2" >/dev/kmsg; exit 1'
	seal_fails '^seal: bad a=b c$' 'a=b c'
	run seal_on
	[ "$status" -ne 0 ]
	run seal_fails 'seal: good'
	[ "$status" -ne 0 ]
	fake_insmod 'exit 1'
	run seal_fails .
	[ "$status" -ne 0 ]
	[[ $output == *"0 lines"* ]]
	fake_insmod 'for i in 1 2; do echo seal: x >/dev/kmsg; done; exit 1'
	run seal_fails .
	[ "$status" -ne 0 ]
	[[ $output == *"2 lines"* ]]
	fake_insmod 'echo seal: x >/dev/kmsg; mount -t tmpfs x /sys/module
		mkdir /sys/module/seal; exit 1'
	run seal_fails .
	[ "$status" -ne 0 ]
	[[ $output == *"left something behind"* ]]
	vm_down
}

@test "requires skips for a reason, and knows its words" {
	local suite
	suite=$(inner '
		vm_kernel() { echo 6.1.0-1-amd64; }
		TEST a {
			requires generic host:sh arch:amd64
		}
		TEST b {
			requires cloud
			false
		}
		TEST c {
			requires tool:no-such-tool
			false
		}
		TEST d {
			requires sunshine
		}
		TEST e {
			requires arch:arm64
			false
		}')
	run inner_bats "$suite"
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *$'\nok 1 a\n'* ]]
	[[ $output == *"ok 2 b # skip needs the cloud flavour"* ]]
	[[ $output == *"ok 3 c # skip the test tool no-such-tool"* ]]
	[[ $output == *"not ok 4 d"*'does not know "sunshine"'* ]]
	[[ $output == *"ok 5 e # skip needs the architecture arm64"* ]]
	requires module:dummy config:MODULES
}

# --- a machine that goes wrong ---

@test "a machine that hangs is noticed" {
	local qemu
	second vm_boot
	qemu=$(qemu_of second)
	second vm_ok 'echo a sign of life >/dev/kmsg'
	VM_TIMEOUT=2 VM_NAME=second run vm sleep 100
	[ "$status" -ne 0 ]
	[[ $output == *"hangs: no answer in 2 seconds"* ]]
	[[ $output == *"a sign of life"* ]]
	VM_NAME=second run vm true
	[ "$status" -ne 0 ]
	[[ $output == *"gone since: the machine hangs"* ]]
	VM_NAME=second run vm_down
	[ "$status" -ne 0 ]
	[ ! -e "/proc/$qemu" ]
	vm_ok true
}

@test "a panic is noticed" {
	second vm_boot
	VM_NAME=second run vm 'echo c >/proc/sysrq-trigger'
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *"the machine has died"* ]]
	[[ $output == *"Kernel panic"* ]]
	VM_NAME=second run vm_down
	[ "$status" -ne 0 ]
}

@test "a death between two tests is noticed" {
	second vm_boot
	second vm '(sleep 1; echo c >/proc/sysrq-trigger) &'
	sleep 3
	VM_NAME=second run vm_down
	[ "$status" -ne 0 ]
	[[ $output == *"the machine has died"* ]]
}

@test "a warning in the log fails vm_down" {
	local line
	for line in 'WARNING: CPU: 0 PID: 1' 'BUG: bad page' 'Call Trace:' \
		'Oops: 0002'; do
		second vm_boot
		second vm "echo '$line' >/dev/kmsg"
		VM_NAME=second run vm_down
		[ "$status" -ne 0 ]
		[[ $output == *"trouble:"*"$line"* ]]
		[ ! -e "$BATS_FILE_TMPDIR/second" ]
	done
}

@test "a forged reply is noticed" {
	second vm_boot
	VM_NAME=second run vm "echo seal-vm 9 0 0 0 >$(agent_port)"
	[ "$status" -ne 0 ]
	[[ $output == *'was answered by "seal-vm 9 0 0 0"'* ]]
}

@test "a machine that does not boot is noticed" {
	VM_NAME=second run vm_boot --append "rdinit=/no/such/file"
	[ "$status" -ne 0 ]
	[[ $output == *"the machine has died"* ]]
	[[ $output == *"Kernel panic"* ]]
	[ ! -e "$BATS_FILE_TMPDIR/second" ]
}

@test "a boot that is asked for wrongly is an error" {
	VM_NAME=second run vm_boot --colour red
	[ "$status" -ne 0 ]
	VM_NAME=second run vm_boot --file /no/such/file:/x
	[ "$status" -ne 0 ]
	VM_NAME=second run vm_boot --kernel no-such-flavour
	[ "$status" -ne 0 ]
	VM_NAME=second run vm_boot --qemu -no-such-option
	[ "$status" -ne 0 ]
	[[ $output == *"no-such-option"* ]]
	run vm_boot
	[ "$status" -ne 0 ]
	[[ $output == *"runs already"* ]]
}

# --- suites beside each other, and what they leave ---

# A suite that tells where its machine is, and then takes its time.
slow_suite() {
	inner "
		setup_file() { vm_boot; }
		teardown_file() { vm_down; }
		TEST slow {
			cat \"\$BATS_FILE_TMPDIR/vm/qemu.pid\" >'$1.pid'
			echo \"\$BATS_FILE_TMPDIR/vm\" >'$1.dir'
			vm_ok sleep $2
		}"
}

# gone(PID, SECONDS) - has that process ended by then?
gone() {
	timeout "$2" tail --pid="$1" -s 0.1 -f /dev/null
}

@test "one suite runs twice at the same time" {
	local suite first
	suite=$(slow_suite "$BATS_TEST_TMPDIR/it" 2)
	inner_bats "$suite" >"$BATS_TEST_TMPDIR/first" 2>&1 &
	first=$!
	run inner_bats "$suite"
	echo "$output"
	[ "$status" -eq 0 ]
	wait "$first"
	grep -q '^ok 1 slow' "$BATS_TEST_TMPDIR/first"
	vm_ok true
}

# interrupted(SIGNAL, WHOM) - WHOM: the suite's group, or just its leader
interrupted() {
	local told=$BATS_TEST_TMPDIR/it suite leader wait=0
	suite=$(slow_suite "$told" 50)
	set -m
	inner_bats "$suite" >/dev/null 2>&1 &
	leader=$!
	set +m
	until [ -s "$told.dir" ]; do
		sleep 0.2
		wait=$((wait + 1))
		[ "$wait" -lt 150 ] || fail "the suite does not start" || return
	done
	kill "-$1" -- "${2/leader/$leader}"
	gone "$(<"$told.pid")" 10 || fail "QEMU lives on"
	wait=0
	while [ -e "$(<"$told.dir")/agent.in" ]; do
		sleep 0.2
		wait=$((wait + 1))
		[ "$wait" -lt 25 ] || fail "a FIFO is left" || return
	done
}

@test "a suite that is interrupted leaves nothing" {
	interrupted INT -leader
}

@test "a suite that is killed leaves nothing" {
	interrupted KILL -leader
}
