# SPDX-License-Identifier: GPL-2.0
# The load door without a hole: no module enters, by any entrance or ABI.

load helpers

setup_file() {
	vm_boot
	# Newer releases compress their modules.
	vm_ok "file=\$(find /lib/modules -name 'dummy.ko*')
		case \$file in *.xz) xz -dc \$file ;; *) cat \$file ;; esac >/dummy.ko"
	# Its content does not matter: it is refused before it is read.
	vm_ok "gzip -c /canary.ko >/canary.ko.xz"
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# loads(COMMAND...) - the control: it works, and can be undone
loads() {
	vm_ok "$@"
	vm_ok "rmmod canary 2>/dev/null || rmmod dummy"
}

not_loaded() {
	vm_fails "grep '^canary ' /proc/modules"
}

# stall(NAME, FILE, ARGS...) - starts a load that waits inside the kernel; of
# two modules of one name the kernel holds back the second by itself
stall() {
	local name=$1 file=$2
	shift 2
	vm_ok "mkfifo /tmp/$name.ready /tmp/$name.go || exit
		{ stallload $* /tmp/$name.ready /tmp/$name.go $file \
			>/tmp/$name.out 2>&1; echo \$? >/tmp/$name.status; } &
		timeout 20 cat /tmp/$name.ready"
	[ "$output" = stalled ]
}

# unstall(NAME) - lets it go on and takes over its verdict
unstall() {
	vm "echo go >/tmp/$1.go; while [ ! -s /tmp/$1.status ]; do sleep 0.1; done
		cat /tmp/$1.out; exit \$(cat /tmp/$1.status)"
}

@test "unsealed: finit_module, init_module, 64-bit and 32-bit, all load" {
	loads modload --finit /canary.ko
	loads modload --init /canary.ko
	loads "$(abi32 modload) --finit /canary.ko"
	loads "$(abi32 modload) --init /canary.ko"
}

@test "unsealed: insmod of busybox and of kmod load the distribution's module" {
	loads insmod /dummy.ko
	loads kmod-insmod /dummy.ko
	loads kmod-modprobe dummy
}

@test "unsealed: the kernel loads a module by itself for a socket" {
	vm_fails "grep -q ^af_key /proc/modules"
	vm_ok autoload 15 3 2
	vm_ok "grep ^af_key /proc/modules && rmmod af_key"
}

@test "unsealed: a load stalled in the image's copy goes on and succeeds" {
	stall control-image /canary.ko --at image
	unstall control-image
	[ "$status" -eq 0 ]
	vm_ok rmmod canary
}

@test "unsealed: a load stalled in the arguments' copy runs module code" {
	log_mark
	stall control-args /canary.ko --at args --args word=hello
	unstall control-args
	[ "$status" -eq 0 ]
	[[ $(log_since) == *"canary: param set hello"* ]]
	vm_ok rmmod canary
}

@test "stalled loads are inside the kernel when the seal comes" {
	stall image /canary.ko --at image
	stall args /canary.ko --at args --args word=hello
	stall finit-args /ftracer.ko --at args --finit \
		--args function=do_nanosleep
}

@test "the seal goes on" {
	vm_ok "kmod-modprobe ifb && grep '^ifb ' /proc/modules"
	log_mark
	seal_on
	[[ $(log_since) == *"seal: sealed until reboot: module-load=shut module-remove=open mem-write=shut mem-read=open ioport=shut kcore=open"* ]]
	[ "$(seal_status state)" = sealed ]
	[ "$(seal_status door.module-load)" = shut ]
}

@test "a load stalled in the image's copy before the seal is refused" {
	log_mark
	unstall image
	refused module-load 'what="\(image\)"' 'by stallload\[' 'reason=sealed$'
	vm_fails "grep canary /proc/modules"
}

@test "a load stalled in the arguments' copy before the seal runs no code" {
	log_mark
	unstall args
	refused module-load 'what="canary"' 'reason=before-seal$'
	[[ $(log_since) != *"canary: param set"* ]]
	vm_fails "grep canary /proc/modules"
}

@test "finit_module stalled in the arguments' copy before the seal is refused" {
	log_mark
	unstall finit-args
	refused module-load 'what="ftracer"' 'reason=before-seal$'
	[[ $(log_since) != *"ftracer: "* ]]
}

@test "finit_module is refused [64-bit]" {
	log_mark
	vm modload --finit /canary.ko
	refused module-load 'what="/canary.ko"' 'by modload\[[0-9]+\]' 'uid=0' \
		'exe="/usr/lib/seal-tests/modload"' 'reason=sealed$'
}

@test "finit_module is refused [32-bit]" {
	log_mark
	vm "$(abi32 modload) --finit /canary.ko"
	refused module-load 'what="/canary.ko"' 'reason=sealed$'
}

@test "finit_module of a compressed file is refused before it is read" {
	[[ $(vm_kernel) != 5.10.* ]] ||
		skip "the kernel knows no compressed modules"
	log_mark
	vm modload --compressed /canary.ko.xz
	refused module-load 'what="/canary.ko.xz"' 'reason=sealed$'
}

@test "init_module is refused [64-bit]" {
	log_mark
	vm modload --init /canary.ko
	refused module-load 'what="\(memory\)"' 'reason=sealed$'
}

@test "init_module is refused [32-bit]" {
	log_mark
	vm "$(abi32 modload) --init /canary.ko"
	refused module-load 'what="\(memory\)"' 'reason=sealed$'
}

@test "finit_module with flags that skip checks is refused" {
	log_mark
	vm modload --finit --flags 3 /canary.ko
	refused module-load 'reason=sealed$'
}

@test "a module the distribution signed is refused to kmod's insmod" {
	log_mark
	vm kmod-insmod /dummy.ko
	refused module-load 'what="/dummy.ko"' 'exe="/usr/bin/kmod"'
	vm_fails "grep dummy /proc/modules"
}

@test "modprobe is refused" {
	log_mark
	vm kmod-modprobe dummy
	refused module-load 'what="(.*/dummy\.ko(\.xz)?|\(memory\))"' \
		'by modprobe\['
}

@test "the kernel's own auto-loading is refused" {
	log_mark
	vm_fails autoload 15 3 2
	[[ $(log_since) == *"seal: refused module-load what="*"by modprobe["* ]]
	vm_fails "grep af_key /proc/modules"
}

@test "a module of that name that is loaded already is refused all the same" {
	log_mark
	vm modload --finit /seal.ko
	refused module-load 'what="/seal.ko"' 'reason=sealed$'
}

# What a BPF program returns for a security_* function goes before any hook.
@test "BPF cannot attach to the function that decides" {
	vm fmodret load_module 0
	[ "$status" -eq 1 ]
	[[ $output == *"not modifiable"* ]]
}

# The reader takes the forged answer for the length of an image it never read:
# an unsealed kernel would fall over it.
@test "BPF that forges the entrance brings nothing in and breaks nothing" {
	vm_ok "mkfifo /tmp/bpf; { fmodret security_kernel_read_file 4096 /tmp/bpf & }
		timeout 20 cat /tmp/bpf"
	# Before 6.1 a function has one owner: BPF cannot even attach.
	[[ $(vm_kernel) != 5.10.* ]] || { [[ $output == *busy* ]]; return; }
	[[ $output == *attached* ]]
	log_mark
	vm modload --finit /canary.ko
	refused module-load 'what="\(image\)"' 'reason=sealed$'
	vm_ok "killall fmodret"
	vm_fails "grep canary /proc/modules"
}

# A positive answer here once passed for the length read, past naive gates.
@test "BPF that forges the verdict on the image does not open the door" {
	vm_ok "mkfifo /tmp/bpf2
		{ fmodret security_kernel_post_read_file \
			\$(stat -L -c %s /canary.ko) /tmp/bpf2 & }
		timeout 20 cat /tmp/bpf2"
	[[ $output == *attached* ]]
	log_mark
	vm modload --finit /canary.ko
	refused module-load 'reason=sealed$'
	vm_ok "killall fmodret"
	vm_fails "grep canary /proc/modules"
}

@test "without no_remove=1 other modules still go, but not by force" {
	local how
	[ "$(seal_status door.module-remove)" = open ]
	for how in 'modunload --force' "$(abi32 modunload) --force" 'rmmod -f' \
		'kmod-rmmod -f'; do
		log_mark
		vm "$how ifb"
		refused module-remove 'what="ifb"' 'reason=forced$'
	done
	log_mark
	vm_ok "rmmod ifb"
	[[ $(log_since) != *"seal: refused"* ]]
	vm_fails "grep '^ifb ' /proc/modules"
}

@test "the seal itself does not go [rmmod, rmmod -f, 64-bit, 32-bit]" {
	local how
	for how in modunload "$(abi32 modunload)"; do
		vm "$how seal"
		[ "$status" -eq 1 ]
		[[ $output == *"Resource temporarily unavailable"* ]]
		log_mark
		vm "$how --force seal"
		refused module-remove 'what="seal"' 'reason=forced$'
	done
	vm_ok "grep '^seal ' /proc/modules"
	[ "$(seal_status state)" = sealed ]
}

@test "ftrace cannot be switched off beneath it" {
	vm "echo 0 >/proc/sys/kernel/ftrace_enabled"
	[ "$status" -ne 0 ]
	# nobody can since 7.3
	[[ $output == *"busy"* || $output == *"Operation not supported"* ]]
	vm_ok "grep -qx 1 /proc/sys/kernel/ftrace_enabled"
}

@test "tracers on the functions that decide change nothing" {
	vm_ok "cd /sys/kernel/tracing && echo load_module >set_ftrace_filter &&
		echo load_module >set_graph_function &&
		echo function_graph >current_tracer"
	log_mark
	vm modload --finit /canary.ko
	refused module-load 'reason=sealed$'
	vm_ok "cd /sys/kernel/tracing && echo function >current_tracer"
	log_mark
	vm modload --init /canary.ko
	refused module-load 'reason=sealed$'
	vm_ok "cd /sys/kernel/tracing && echo nop >current_tracer &&
		echo >set_ftrace_filter"
	not_loaded
}

@test "its parameters cannot be written" {
	vm_ok "ls /sys/module/seal/parameters"
	[ "$output" = "args
insmod
keep
key
level
manifest
mem_allow
mode
no_remove
on_broken
preopened
programs
protect
raw
read
revoked
serial_file
trust_signed
watch" ]
	vm_fails "echo 1 >/sys/module/seal/parameters/insmod"
	vm_ok "stat -c %a /sys/module/seal/parameters/* | sort -u"
	[ "$output" = 444 ]
}

@test "every refusal is counted, the log is rate-limited" {
	local before after
	before=$(seal_status refused.module-load)
	log_mark
	vm flood /canary.ko 500
	[ "$status" -eq 1 ]
	after=$(seal_status refused.module-load)
	[ "$((after - before))" -eq 500 ]
	[ "$(log_since | grep -c '^seal: refused')" -le 100 ]
	# A flood at one door hides nothing at another.
	log_mark
	vm memdev open-rw /dev/mem
	refused mem-write 'reason=sealed$'
	vm_ok "sleep 6; modload --finit /canary.ko; true"
	[[ $(log_since) =~ seal:\ [0-9]+\ refusals\ of\ module-load\ were\ too\ many\ to\ log ]]
}

@test "a hostile name or comm cannot forge a line of the log" {
	log_mark
	vm oddname load /canary.ko
	[ "$status" -ne 0 ]
	local log
	log=$(log_since)
	[ "$(grep -c '^seal: refused' <<<"$log")" -eq 1 ]
	[[ $log == *'\x0a'* ]]
	[ "$(grep -o 'uid=' <<<"$log" | wc -l)" -ge 1 ]
	[[ $(grep '^seal: refused' <<<"$log") =~ ^seal:\ refused\ module-load\ what=\"[^\"]*\"\ by\ [^\ \[]+\[[0-9]+\]\ uid=0\ exe=\"[^\"]*\"\ reason=sealed$ ]]
}

@test "the status is root's alone and names every hooked function" {
	vm_ok "stat -c '%a %u' /sys/kernel/security/seal/status"
	[ "$output" = "400 0" ]
	[[ " $(seal_status hooked) " == *" load_module "* ]]
	vm_fails "su nobody -s /bin/sh -c 'cat /sys/kernel/security/seal/status'"
}

# No emulator has such a processor, and a kernel that runs on one dies of the
# first call that goes elsewhere.
@test "with indirect branch tracking, every call by pointer lands where it may" {
	requires config:X86_KERNEL_IBT
	# the control: a function that has no such place
	vm_ok endbr seal landing_targets
	[[ $output == landing_targets* && $output != *' f3 0f 1e fa '* ]]
	vm_ok endbr seal orig_ on_each drop_filter get_curr_or_next io_bitmap_exit
	echo "$output"
	[ "$(grep -c ^orig_ <<<"$output")" -ge 10 ]
	[ "$(grep -vc ' f3 0f 1e fa ' <<<"$output")" -eq 0 ]
}
