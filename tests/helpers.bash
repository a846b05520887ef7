# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The vocabulary of the VM suites. A suite loads this file, boots one machine
# in setup_file and ends it in teardown_file:
#
#	load helpers
#
#	setup_file() { vm_boot; seal_on no_remove=1; }
#	teardown_file() { vm_down; }
#
#	@test "a module is not removed" {
#		log_mark
#		vm rmmod dummy
#		refused module-remove 'what="dummy"' 'by rmmod\['
#	}
#
# Knobs, from the environment:
#	KERNEL		flavour or version to boot (cloud-amd64)
#	SEAL_ACCEL	QEMU's accelerator (tcg), for kernels of this machine's
#			architecture
#	QEMU		the program to run instead of the architecture's own
#	VM_TIMEOUT	seconds a command may take before the machine is
#			declared hung (120; 300 for a debug kernel)
#	VM_NAME		which machine the helpers speak to, for a suite that
#			needs two at once (vm)
# The console is kept in build/tests/SUITE/console.log; no verdict is taken
# from it.

SEAL_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SEAL_KERNELS=${SEAL_KERNELS:-$SEAL_TOP/build/kernels}

bats_require_minimum_version 1.5.0

# shellcheck source=vm/arch.bash
. "$SEAL_TOP/tests/vm/arch.bash"

# --- what tests say ---

# fail(TEXT...) - ends the test, saying why
fail() {
	echo "$*"
	return 1
}

# requires(WORD...) - skips the test unless every WORD holds:
#	cloud, generic		the flavour of the kernel
#	arch:ARCH		its architecture
#	sealable, unsealable	it can be sealed, it cannot: see unsealable.bats
#	ports			the machine has I/O ports for programs
#	devmem-rw		read() and write() of /dev/mem reach a device
#	low-ram			the kernel itself lets some RAM be written
#	kernel:VERSION		it is of that version or a later one
#	before:VERSION		it is of an earlier one
#	module:NAME		the kernel has it as a module
#	config:NAME		the kernel is configured with CONFIG_NAME=y or m
#	tool:NAME		the test tool has been built for it
#	host:PROGRAM		PROGRAM is installed on this machine
requires() {
	local word name
	for word; do
		name=${word#*:}
		case $word in
		cloud)
			[[ $(vm_kernel) == *-cloud-* ]] ||
				skip "needs the cloud flavour of the kernel" ;;
		generic)
			[[ $(vm_kernel) != *-cloud-* ]] ||
				skip "needs the generic flavour of the kernel" ;;
		sealable)
			_vm_is_sealable ||
				skip "the kernel's ftrace cannot redirect calls" ;;
		unsealable)
			! _vm_is_sealable || skip "the kernel can be sealed" ;;
		arch:?*)
			[ "$(vm_arch)" = "$name" ] ||
				skip "needs the architecture $name" ;;
		ports)
			[ "$(vm_arch)" = amd64 ] ||
				skip "only x86 has ioperm and iopl" ;;
		devmem-rw)
			# arch/arm64/mm/mmap.c:valid_phys_addr_range()
			[ "$(vm_arch)" = amd64 ] ||
				skip "read and write of /dev/mem reach RAM only" ;;
		low-ram)
			[ "$(vm_arch)" = amd64 ] ||
				skip "STRICT_DEVMEM spares the low megabyte on x86 only" ;;
		kernel:?*)
			_vm_is_since "$name" ||
				skip "needs Linux $name" ;;
		before:?*)
			! _vm_is_since "$name" ||
				skip "needs Linux before $name" ;;
		module:?*)
			_vm_has_module "$name" ||
				skip "the kernel has no module $name" ;;
		config:?*)
			_vm_has_config "$name" ||
				skip "the kernel lacks CONFIG_$name" ;;
		tool:?*)
			[ -x "$(vm_built)/tests/tools/$name" ] ||
				skip "the test tool $name is not built" ;;
		host:?*)
			command -v "$name" >/dev/null ||
				skip "$name is not installed" ;;
		*)
			fail "requires does not know \"$word\"" || return ;;
		esac
	done
}

# vm(CMD...) - runs a shell command line in the guest and sets $status, $output
# and $lines as bats' run does; the words are joined by spaces. With
# --separate-stderr as first word $output is stdout and $stderr the rest.
# The exact bytes are in the files $VM_DIR/out and $VM_DIR/err. The guest's
# shell prefers busybox's applets: give a full path to run another program of
# that name.
vm() {
	local mode=merged
	if [ "${1-}" = --separate-stderr ]; then
		mode='split'
		shift
	fi
	echo "vm# $*"
	_vm_exchange "$mode" "$*" out err || return
	status=$_vm_status
	output=$(_vm_text "$VM_DIR/out")
	# shellcheck disable=SC2034 # for the test to read
	stderr=$(_vm_text "$VM_DIR/err")
	# shellcheck disable=SC2034
	IFS=$'\n' read -d '' -r -a lines <<<"$output" || true
	echo "status $status"
	_vm_excerpt "$output"
}

# vm_ok(CMD...) - runs it and asserts that it succeeds
vm_ok() {
	vm "$@" || return
	[ "$status" -eq 0 ] || fail "should have succeeded: $*"
}

# vm_fails(CMD...) - runs it and asserts that it fails
vm_fails() {
	vm "$@" || return
	[ "$status" -ne 0 ] || fail "should have failed: $*"
}

# vm_serve(NAME, TOOL ARG...) - starts a test tool that opens its file now and
# obeys later
vm_serve() {
	local name=$1
	shift
	vm_ok "mkfifo /tmp/$name.do /tmp/$name.did || exit
		$* /tmp/$name.do /tmp/$name.did >/tmp/$name.log 2>&1 &
		sleep 0.3; cat /tmp/$name.log"
}

# vm_told(NAME, ACT...) - has that tool do something; $output is its answer and
# $status as if it had been run for that
vm_told() {
	local name=$1
	shift
	vm_ok "echo '$*' >/tmp/$name.do; timeout 10 head -n1 /tmp/$name.did" ||
		return
	[[ $output == ok* ]] || status=1
}

# lend(FILE) - has the kernel hold a page of it to write to it later, while nobody
# has it open
lend() {
	vm_ok "rm -f /tmp/lent; mkfifo /tmp/lent
		lender $1 0 evil /tmp/lent >/tmp/lent.log 2>&1 &
		for i in 1 2 3 4 5 6 7 8 9 10; do
			grep lent /tmp/lent.log && exit; sleep 0.5; done
		cat /tmp/lent.log; exit 1"
}

# take_back() - it will not be written
take_back() {
	vm_ok "killall lender; while pidof lender; do sleep 0.2; done"
}

# log_mark() - from here on the kernel log counts: see log_since and refused
log_mark() {
	VM_MARK="seal-test-mark-$BASHPID-$RANDOM$RANDOM"
	_vm_ask "echo $VM_MARK >/dev/kmsg"
}

# log_since() - prints the kernel log, without time stamps, since log_mark
log_since() {
	[ -n "${VM_MARK-}" ] || fail "log_mark was not called" || return
	_vm_ask "dmesg | awk 'f { sub(/^\\[[^]]*\\] /, \"\"); print }
		/$VM_MARK/ { f = 1 } END { exit !f }'" ||
		fail "the mark is no longer in the kernel log"
}

# refused(DOOR, REGEX...) - asserts that the last vm command failed with EPERM
# and that the log since the mark has exactly one refusal at DOOR, which
# matches each extended regular expression
refused() {
	local door=$1 log found regex
	shift
	[ "$status" -ne 0 ] || fail "the command was not refused" || return
	[[ $output == *"Operation not permitted"* ]] ||
		fail "the command failed, but not with EPERM" || return
	log=$(log_since) || { echo "$log"; return 1; }
	mapfile -t found < <(grep "^seal: refused $door " <<<"$log")
	[ "${#found[@]}" -eq 1 ] || fail "${#found[@]} lines of" \
		"\"seal: refused $door\" instead of one in the log:" \
		$'\n'"$log" || return
	for regex; do
		[[ ${found[0]} =~ $regex ]] ||
			fail "no match for $regex: ${found[0]}" || return
	done
}

# abi32(TOOL) - prints the command by which a test tool makes its system calls
# in the 32-bit ABI: a 64-bit program can on amd64 only
abi32() {
	case $(vm_arch) in
	amd64) echo "$1 --int80" ;;
	*) echo "${1}32" ;;
	esac
}

# vm_push(FILE, DEST) - copies a small file, with its mode, into the guest
vm_push() {
	local chunk sum dest
	dest=$(_vm_quote "$2")
	sum=$(sha256sum <"$1") || return
	_vm_ask ": >$dest" || fail "cannot write $2 in the guest" || return
	while IFS= read -r chunk; do
		_vm_ask "echo $chunk | base64 -d >>$dest" || return
	done < <(base64 -w 32768 "$1" && echo)
	[ "$(_vm_ask "sha256sum <$dest")" = "$sum" ] ||
		fail "$1 did not arrive whole" || return
	_vm_ask "chmod $(stat -L -c %a "$1") $dest"
}

# seal_on(PARAM...) - loads seal.ko with these parameters; by kmod's insmod,
# since busybox's tries a second time through another entrance
seal_on() {
	# where the harness itself looks for leaks: _vm_check_leaks()
	! _vm_is_debug || [[ " $* " == *" keep="* ]] || set -- "$@" keep=debugfs
	vm_ok "kmod-insmod /seal.ko $(_vm_quote "$@")" && return
	_vm_ask "dmesg | grep seal:" || true
	return 1
}

# seal_fails(REGEX, PARAM...) - asserts that loading seal.ko with these
# parameters fails, that it says why in exactly one line, matching the extended
# regular expression, and that nothing is left of it
seal_fails() {
	local regex=$1 log said
	shift
	log_mark || return
	vm_fails "kmod-insmod /seal.ko $(_vm_quote "$@")" || return
	log=$(log_since) || { echo "$log"; return 1; }
	# the kernel's own remarks about any module that it did not come with
	mapfile -t said < <(grep '^seal: ' <<<"$log" |
		grep -v -e 'out-of-tree module taints kernel' \
			-e 'module verification failed' \
			-e "unknown parameter '.*' ignored")
	[ "${#said[@]}" -eq 1 ] || fail "${#said[@]} lines of" \
		"\"seal:\" instead of one in the log:"$'\n'"$log" || return
	[[ ${said[0]} =~ $regex ]] ||
		fail "no match for $regex: ${said[0]}" || return
	_vm_ask "[ ! -e /sys/module/seal ] &&
		[ ! -e /sys/kernel/security/seal ]" ||
		fail "the module failed to load, but left something behind"
}

# log_again() - after a flood of refusals, waits until each is logged again
log_again() {
	vm_ok "sleep 6"
}

# seal_status(KEY) - prints the value of KEY in the seal's status file
seal_status() {
	_vm_ask "awk -F': ' -v key=$(_vm_quote "$1") '
		\$1 == key { sub(/^[^:]*: */, \"\"); print; f = 1 }
		END { exit !f }' /sys/kernel/security/seal/status" ||
		fail "the status has no \"$1\""
}

# --- the machine ---

# vm_kernel() - prints the version of the kernel that was booted
vm_kernel() {
	_vm_dir
	cat "$VM_DIR/version"
}

# vm_arch() - prints the distribution's name of its architecture
vm_arch() {
	local version
	version=$(vm_kernel) || return
	arch_of "$version"
}

# vm_built() - prints the directory on this machine with what was built for the
# guest: insmod-guard and tests/tools
vm_built() {
	_vm_dir
	sed -n 1p "$VM_DIR/programs"
}

# vm_root(KERNEL) - prints the directory below which, on this machine, the
# distribution's programs for that kernel's guest lie
vm_root() {
	local version
	version=$("$SEAL_TOP/tests/vm/kernel" "$1") || return
	"$SEAL_TOP/tests/vm/kernel" --programs "$version" | sed -n 2p
}

# spare_memory() - prints a physical address, neither RAM nor a display's, where
# a page can be mapped, read and written back without harm: a PC's BIOS, else
# the test device of vm_boot --qemu "-device pci-testdev", switched on
spare_memory() {
	if [ "$(vm_arch)" = amd64 ]; then
		echo 0xf0000
		return
	fi
	_vm_ask "cd /sys/bus/pci/devices; for d in *; do
		[ \$(cat \$d/vendor)\$(cat \$d/device) = 0x1b360x0005 ] || continue
		echo 1 >\$d/enable; read -r start _ <\$d/resource
		printf '0x%x\n' \$start; exit
		done; exit 1"
}

# display_memory() - prints the address of the memory of the display that
# vm_boot --qemu "-device VGA" gives, switched on
display_memory() {
	_vm_ask "for d in /sys/bus/pci/devices/*; do
		grep -q ^0x03 \$d/class || continue
		echo 1 >\$d/enable; head -n1 \$d/resource | cut -d' ' -f1
		done | grep ."
}

# vm_tree() - prints where on this machine that kernel's whole module tree is
vm_tree() {
	local version
	version=$(vm_kernel) || return
	echo "$SEAL_KERNELS/$version/lib/modules/$version"
}

# vm_boot([OPTION]...) - boots a machine and waits until it takes commands
#	--kernel FLAVOUR	or a version; see tests/vm/kernel
#	--append "WORDS"	more for the kernel command line
#	--mem M			megabytes of memory (512; a debug kernel gets twice
#				as many)
#	--smp N			processors (1)
#	--file SRC:DEST		a file to have in the guest
#	--tree SRC:DEST		a directory and all that is below it
#	--qemu "WORDS"		more arguments for QEMU, such as "-vga std"
vm_boot() {
	local kernel=${KERNEL:-cloud-amd64} mem=512 smp=1 append='' version
	local given=() extra=() words
	# the machine has one channel and one log
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	while [ $# -gt 0 ]; do
		[ $# -ge 2 ] || fail "vm_boot: $1 wants a value" || return
		case $1 in
		--kernel) kernel=$2 ;;
		--append) append+=" $2" ;;
		--mem) mem=$2 ;;
		--smp) smp=$2 ;;
		--file) _vm_given -f "$2" || return; given+=("$2") ;;
		--tree) _vm_given -d "$2" || return; given+=("$2") ;;
		--qemu) read -r -a words <<<"$2"; extra+=("${words[@]}") ;;
		*) fail "vm_boot does not know $1" || return ;;
		esac
		shift 2
	done
	_vm_dir
	[ ! -e "$VM_DIR" ] || fail "vm_boot: $VM_NAME runs already" || return
	version=$("$SEAL_TOP/tests/vm/kernel" "$kernel") || return
	mkdir -p "$VM_DIR"
	echo "$version" >"$VM_DIR/version"
	"$SEAL_TOP/tests/vm/kernel" --programs "$version" >"$VM_DIR/programs"
	echo 0 >"$VM_DIR/seq"
	if ! "$SEAL_TOP/tests/vm/mkinitramfs" "$version" "$VM_DIR/initramfs" \
		"${given[@]}"; then
		rm -rf "$VM_DIR"
		return 1
	fi
	use_arch "$(arch_of "$version")"
	! _vm_is_debug || mem=$((mem * 2))
	_vm_start -m "$mem" -smp "$smp" "${extra[@]}" -append "$(_vm_cmdline \
		"$append")"
	if ! _vm_await_ready; then
		_vm_stop
		return 1
	fi
	rm -f "$VM_DIR/initramfs"
}

# vm_down() - powers the machine off; fails if it had died or hung, if the
# kernel log holds a warning, a bug or a trace, or if a kernel that looks for
# leaked memory finds some
vm_down() {
	local good=true
	_vm_dir
	[ -e "$VM_DIR" ] || return 0
	_vm_check_leaks || good=false
	_vm_check_log || good=false
	if $good && ! _vm_power_off; then
		good=false
	fi
	_vm_stop
	$good
}

# vm_own_down() - likewise, of the machine named own, that a single test has
# beside or instead of the suite's
vm_own_down() {
	local VM_NAME=own
	vm_down
}

# --- below here: how, not what ---

# Where the state of the machine lies, shared by the processes of one suite.
_vm_dir() {
	VM_NAME=${VM_NAME:-vm}
	VM_DIR=$BATS_FILE_TMPDIR/$VM_NAME
}

_vm_given() {
	[[ $2 == *:/* ]] || fail "vm_boot: \"$2\" is not SRC:/DEST" || return
	test "$1" "${2%%:*}" || fail "vm_boot: ${2%%:*} does not exist," \
		"or should be given by --file or --tree"
}

_vm_cmdline() {
	# a slow machine is no reason for a stall report; what follows the
	# dashes is for init
	echo "console=$arch_console quiet panic=-1 panic_on_warn=1 oops=panic" \
		"printk.devkmsg=on log_buf_len=1M" \
		"rcupdate.rcu_cpu_stall_timeout=60 $arch_append$1" \
		"-- /dev/$arch_port"
}

# The console's file in build/tests; emptied at the first boot of a run.
_vm_console_file() {
	local suite dir name=console
	suite=$(basename "${BATS_TEST_FILENAME:-none}" .bats)
	dir=$SEAL_TOP/build/tests/$suite
	[ "$VM_NAME" = vm ] || name=console-$VM_NAME
	mkdir -p "$dir"
	if [ ! -e "$BATS_FILE_TMPDIR/.booted-$VM_NAME" ]; then
		rm -f "$dir/$name.log"
		touch "$BATS_FILE_TMPDIR/.booted-$VM_NAME"
	fi
	echo "$dir/$name.log"
}

_vm_start() {
	local version accel=${SEAL_ACCEL:-tcg} cpu=host console boot
	version=$(<"$VM_DIR/version")
	console=$(_vm_console_file)
	boot=$SEAL_KERNELS/$version/boot/vmlinux-$version
	[ -f "$boot" ] || boot=$SEAL_KERNELS/$version/boot/vmlinuz-$version
	mkfifo "$VM_DIR/agent.in" "$VM_DIR/agent.out"
	[ "$(vm_arch)" = "$(dpkg --print-architecture)" ] || accel=tcg
	# with a thread for each processor QEMU may execute a breakpoint again and
	# again that ftrace has put into code and taken out
	[ "$accel" != tcg ] || {
		cpu=$arch_cpu
		accel+=,thread=single
	}
	local args=(-accel "$accel" "${arch_machine[@]}" -cpu "$cpu" -nodefaults
		-no-reboot -display none "${arch_agent[@]}"
		-kernel "$boot" -initrd "$VM_DIR/initramfs")
	# in a session of its own, since it cleans up when this one is killed;
	# without job control, setsid stays the process it was started as
	(
		set +m
		QEMU=${QEMU:-$arch_qemu} setsid "$SEAL_TOP/tests/vm/qemu" "$VM_DIR" "$$" "$console" \
			"${args[@]}" "$@" </dev/null >"$VM_DIR/qemu.log" 2>&1 &
		echo $! >"$VM_DIR/keeper.pid"
	)
}

# QEMU opens the FIFOs some time after it was started: until it has spoken, a
# writer of our own keeps the end of file away.
_vm_await_ready() {
	local line fd result=0
	exec {fd}<>"$VM_DIR/agent.out"
	_vm_read_line line "${VM_BOOT_TIMEOUT:-120}" "$fd" || result=1
	exec {fd}>&-
	[ "$result" -eq 0 ] || return
	[[ $line == "seal-vm ready "* ]] ||
		_vm_broken "the guest began with \"$line\""
}

# Ends the machine, in whatever state it is, and forgets it. The keeper cleans
# up behind QEMU.
_vm_stop() {
	local keeper
	keeper=$(cat "$VM_DIR/keeper.pid" 2>/dev/null) || true
	_vm_close
	if [ -n "$keeper" ]; then
		kill "$keeper" 2>/dev/null || true
		_vm_ended "$keeper" 10 || kill -KILL "$keeper" || true
	fi
	rm -rf "$VM_DIR"
}

# Has that process ended, within so many seconds?
_vm_ended() {
	timeout "$2" tail --pid="$1" -s 0.1 -f /dev/null
}

# The log that is judged; for a suite that brings about what it holds to say
# otherwise.
_vm_log() {
	_vm_ask dmesg
}

# Every trouble a kernel reports. A line of ours may quote a hostile name.
_vm_check_log() {
	local log trouble
	log=$(_vm_log) || { echo "$log"; return 1; }
	trouble=$(grep -vE '^\[[^]]*\] seal: ' <<<"$log" | grep -E \
		'^\[[^]]*\] (WARNING:|.*(BUG:|Oops|Call Trace|KASAN:|UBSAN:|ODEBUG:|INFO: |DEBUG_LOCKS_WARN|cut here))') ||
		return 0
	fail "the kernel log holds trouble:"$'\n'"$trouble"
}

# What nothing points to any more, where the kernel can tell. It judges what is
# some seconds old and stayed the same from one scan to the next
# (mm/kmemleak.c: MSECS_MIN_AGE, update_checksum). Lockdep stops looking at the
# first thing it reports, and at some taints: it must still be at it.
_vm_check_leaks() {
	local found
	_vm_is_debug || return 0
	found=$(_vm_ask "cd /sys/kernel/debug && echo scan >kmemleak &&
		sleep 6 && echo scan >kmemleak && cat kmemleak || echo cannot look") ||
		{ echo "$found"; return 1; }
	found=$(_vm_without_kept <<<"$found")
	[ -z "$found" ] || fail "memory has leaked:"$'\n'"$found" || return
	_vm_ask "grep -q '^ debug_locks: *1' /proc/lockdep_stats" ||
		fail "lockdep has stopped looking"
}

_vm_power_off() {
	_vm_exchange poweroff true ask ask.err || return
	_vm_ended "$(<"$VM_DIR/keeper.pid")" 30 ||
		_vm_broken "the machine does not power off"
}

_vm_has_module() {
	local tree name=${1//-/_}
	tree=$(vm_tree) || return
	sed 's,.*/,,; s/\.ko.*//; s/-/_/g' "$tree/modules.order" |
		grep -qxF "$name"
}

_vm_has_config() {
	local version
	version=$(vm_kernel) || return
	grep -qE "^CONFIG_$1=[ym]$" \
		"$SEAL_KERNELS/$version/boot/config-$version"
}

# A list of leaks without what a seal that is on keeps from its load: it hangs on
# data that is read-only after init, where kmemleak does not look
# (kernel/module/debug_kmemleak.c). That are the values of its parameters, the
# certificate, what hashes, the serial file and who opened it.
_vm_without_kept() {
	_vm_ask "[ -e /sys/module/seal ]" || { cat; return; }
	awk '
		function kind(text) {
			if (text ~ /param_set\+[^\n]* \[seal\]/)
				return "parameter"
			if (text ~ / prepare_exec_creds\+/)
				return "credentials"
			if (text ~ / do_one_initcall\+/ && match(text,
			    / (kernel_read_file|crypto_alloc_tfmmem|alloc_empty_file)[.+]/))
				return substr(text, RSTART, RLENGTH)
			return ""
		}
		function kept(i,    what) {
			what = kind(text[i])
			return what != "" && its[i] == load &&
				++count[what] <= (what == "parameter" ? 10 : 1)
		}
		/^unreferenced object/ { n++ }
		/^  comm / { its[n] = $4 }
		{ text[n] = text[n] $0 "\n" }
		END {
			for (i = 1; i <= n; i++)
				if (kind(text[i]) == "parameter")
					load = its[i]
			for (i = 0; i <= n; i++)
				if (!kept(i))
					printf "%s", text[i]
		}'
}

# Is the kernel of that version or a later one?
_vm_is_since() {
	printf '%s\n' "$1" "$(vm_kernel)" | sort -CV
}

# Is it one of tests/debug/kernel's?
_vm_is_debug() {
	[[ $(vm_kernel) == *-debug-* ]]
}

_vm_is_sealable() {
	_vm_has_config DYNAMIC_FTRACE_WITH_ARGS ||
		{ [ "$(vm_arch)" = amd64 ] &&
			_vm_has_config DYNAMIC_FTRACE_WITH_REGS; }
}

_vm_quote() {
	[ $# -eq 0 ] || printf "'%s' " "${@//\'/\'\\\'\'}"
}

# A file's text, as bash can hold it.
_vm_text() {
	[ ! -s "$1" ] || tr -d '\0' <"$1"
}

_vm_excerpt() {
	[ -n "$1" ] || return 0
	printf '%s\n' "${1:0:2000}" | cat -v
	[ "${#1}" -le 2000 ] || echo "[... ${#1} characters]"
}

# Runs a command for a helper, leaving $status and $output alone; prints what
# it printed and returns its status.
_vm_ask() {
	_vm_exchange split "$1" ask ask.err || return
	cat "$VM_DIR/ask" "$VM_DIR/ask.err"
	return "$_vm_status"
}

# The machine cannot be used any more: says so, shows the console's end, and
# ends QEMU, so that every later command fails at once for the same reason.
_vm_broken() {
	local console
	[ -e "$VM_DIR/broken" ] || echo "$*" >"$VM_DIR/broken"
	kill "$(cat "$VM_DIR/keeper.pid")" 2>/dev/null || true
	console=$(cat "$VM_DIR/console" 2>/dev/null) || true
	echo "VM: $*"
	cat "$VM_DIR/qemu.log"
	if [ -n "$console" ]; then
		echo "--- the end of $console"
		tail -n 60 "$console" | tr -d '\r'
		echo "---"
	fi
	return 1
}

# QEMU holds both ends of both FIFOs open. So do we for a moment, lest an open
# wait for ever; what remains is a reader that sees the end of file when QEMU
# is gone, and a writer that never gets SIGPIPE.
_vm_open() {
	local both
	_vm_close
	exec {_vm_lock}>"$VM_DIR/lock"
	flock "$_vm_lock"
	[ -p "$VM_DIR/agent.out" ] || _vm_broken "the machine has died" ||
		return
	exec {both}<>"$VM_DIR/agent.out" {_vm_in}<>"$VM_DIR/agent.in"
	exec {_vm_out}<"$VM_DIR/agent.out" {both}>&-
}

_vm_close() {
	[ -z "${_vm_out-}" ] || exec {_vm_out}<&-
	[ -z "${_vm_in-}" ] || exec {_vm_in}>&-
	[ -z "${_vm_lock-}" ] || exec {_vm_lock}>&-
	unset _vm_in _vm_out _vm_lock
}

# _vm_read_line(VARIABLE, SECONDS, FD) - one line from the agent; waits in
# slices, because read goes on when the suite is interrupted
_vm_read_line() {
	local part text='' got end=$((SECONDS + $2))
	while true; do
		got=0
		IFS= read -r -t 1 -u "$3" part || got=$?
		text+=$part
		if [ "$got" -eq 0 ]; then
			printf -v "$1" %s "$text"
			return
		elif [ "$got" -le 128 ] || ! _vm_lives; then
			_vm_broken "the machine has died" || return
		elif [ -n "${BATS_INTERRUPTED-}" ]; then
			_vm_broken "interrupted" || return
		elif [ "$SECONDS" -ge "$end" ]; then
			_vm_broken "the machine hangs:" \
				"no answer in $2 seconds" || return
		fi
	done
}

_vm_lives() {
	kill -0 "$(<"$VM_DIR/keeper.pid")" 2>/dev/null
}

# _vm_exchange(MODE, COMMAND, OUT, ERR) - one request and its reply; leaves the
# status in $_vm_status and the bytes in those files of $VM_DIR
_vm_exchange() {
	local result=0
	_vm_dir
	[ -d "$VM_DIR" ] || fail "there is no machine: vm_boot comes first" ||
		return
	if [ -e "$VM_DIR/broken" ]; then
		fail "VM: gone since: $(<"$VM_DIR/broken")" || return
	fi
	# what the FIFO and the guest's line buffer hold for certain
	[ "${#2}" -le 60000 ] || fail "the command is too long" || return
	_vm_open && _vm_send "$1" "$2" && _vm_receive "$3" "$4" || result=1
	_vm_close
	return "$result"
}

_vm_send() {
	_vm_seq=$(($(<"$VM_DIR/seq") + 1))
	echo "$_vm_seq" >"$VM_DIR/seq"
	printf '%s %s\n%s\0' "$_vm_seq" "$1" "$2" >&"$_vm_in"
}

# The number makes sure that the reply is the one to this very request.
_vm_receive() {
	local line limit=120 err
	! _vm_is_debug || limit=300
	limit=${VM_TIMEOUT:-$limit}
	_vm_read_line line "$limit" "$_vm_out" || return
	[[ $line =~ ^seal-vm\ $_vm_seq\ ([0-9]+)\ ([0-9]+)\ ([0-9]+)$ ]] ||
		_vm_broken "request $_vm_seq was answered by \"$line\"" ||
		return
	_vm_status=${BASH_REMATCH[1]}
	err=${BASH_REMATCH[3]}
	_vm_receive_bytes "${BASH_REMATCH[2]}" "$VM_DIR/$1" "$limit" &&
		_vm_receive_bytes "$err" "$VM_DIR/$2" "$limit"
}

_vm_receive_bytes() {
	: >"$2"
	[ "$1" -gt 0 ] || return 0
	timeout "$3" head -c "$1" <&"$_vm_out" >"$2" || true
	[ "$(stat -c %s "$2")" -eq "$1" ] || _vm_broken "an answer was cut off"
}
