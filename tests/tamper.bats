# SPDX-License-Identifier: GPL-2.0
# The seal itself under attack: whatever root does to ftrace, kprobes, BPF, the
# module's files, processors, memory and sleep, the doors stay shut, and the
# seal, which tries them every second, goes on finding them so.
#
# One machine: what an attack does to an unsealed kernel is seen first.

load helpers

PARAMETERS=/sys/module/seal/parameters
SECURITY=/sys/kernel/security/seal
TRACING=/sys/kernel/tracing

# What has to be refused, whatever else goes on.
attacks() {
	cat <<-END
		modload --finit /canary.ko
		modload --init /canary.ko
		$(abi32 modload) --finit /canary.ko
		$(abi32 modload) --init /canary.ko
		kmod-modprobe af_key
		memdev open-rw /dev/mem
		memdev open-ro /dev/mem
		kcore open
		modunload dummy
		$(abi32 modunload) --force dummy
	END
	[ "$(vm_arch)" != amd64 ] || printf '%s\n' "ioports ioperm" \
		"ioports --int80 ioperm" "ioports iopl" "ioports --int80 iopl"
}

# /doors tries them all: prints those that worked, as "open: ATTACK", and those
# that failed for another reason than that they are forbidden, as "odd: ATTACK"
make_doors() {
	vm_ok "cat >/attacks <<'END'
$(attacks)
END
		cat >/doors <<'END'
#!/bin/sh
# a load whose answer was forged is none
loaded() {
	case \$attack in
	modload*) grep -q '^canary ' /proc/modules ;;
	*af_key) grep -q '^af_key ' /proc/modules ;;
	esac
}
while read -r attack; do
	if said=\$(\$attack 2>&1 </dev/null) && loaded; then
		echo \"open: \$attack\"
	else
		case \$said in
		*'Operation not permitted'*) ;;
		*) echo \"odd: \$attack: \$said\" ;;
		esac
	fi
	case \$attack in
	mod*canary*) grep -q '^canary ' /proc/modules && rmmod canary ;;
	*af_key) rmmod af_key ;;
	*modunload*) grep -q '^dummy ' /proc/modules || kmod-modprobe dummy ;;
	esac 2>/dev/null
done </attacks
END
		chmod 755 /doors; kmod-modprobe dummy
		rm -f /m; sha256sum /argued.ko /ftracer.ko /dummy.ko >/m"
}

setup_file() {
	# the second processor comes with the test that is about it: function
	# tracers and two processors under emulation do not agree
	vm_boot --smp 2 --append maxcpus=1
	vm_ok "file=\$(find /lib/modules -name 'dummy.ko*')
		case \$file in *.xz) xz -dc \$file ;; *) cat \$file ;; esac >/dummy.ko"
	make_doors
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# Who runs out of memory is told with a trace. All else is trouble.
_vm_log() {
	_vm_ask dmesg | awk '
		/ invoked oom-killer: / { own = 1 }
		!own { print }
		/ (Out of memory|Memory cgroup out of memory): Killed / { own = 0 }'
}

# stays_shut() - asserts that every attack is refused, and that the seal, too,
# has found its doors shut since the mark
stays_shut() {
	local before
	vm_ok /doors || return
	[ -z "$output" ] || fail "not as if sealed" || return
	before=$(seal_status watch.rounds) || return
	vm_ok "for i in \$(seq 200); do
		n=\$(sed -n 's/^watch.rounds: //p' $SECURITY/status)
		[ \$n -lt $((before + 2)) ] || exit 0; sleep 0.1; done; exit 1" ||
		return
	[ "$(seal_status state)" = sealed ] || fail "the state is not sealed"
}

# while_attacked(COMMAND) - runs it while all attacks go on, and asserts that
# none works
while_attacked() {
	vm_ok "rm -f /tmp/stop; { while [ ! -e /tmp/stop ]; do /doors; done \
			>/tmp/doors 2>&1; : >/tmp/stopped; } &
		$*
		ret=\$?; : >/tmp/stop
		until [ -e /tmp/stopped ]; do sleep 0.1; done; rm /tmp/stopped
		cat /tmp/doors; exit \$ret" || return
	[[ $output != *open:* ]] || fail "a door was open"
}

# hooked() - every hooked function, a line each
hooked() {
	seal_status hooked | tr ' ' '\n'
}

# in_front(TOOL ARG...) - starts a BPF tool that takes a FIFO as last argument;
# $output is "attached" or "refused"
in_front() {
	vm_ok "rm -f /tmp/bpf; mkfifo /tmp/bpf
		{ $* /tmp/bpf >/tmp/bpf.log 2>&1 & }
		timeout 30 cat /tmp/bpf"
}

# gone(TOOL) - ends it; what it had attached is freed a little later
gone() {
	vm_ok "killall $1; while pidof $1; do sleep 0.1; done >/dev/null; sleep 0.5"
}

# --- before the seal ---

@test "unsealed: every attack works" {
	local attack
	vm_ok /doors
	while read -r attack; do
		[[ $'\n'$output$'\n' == *$'\n'"open: $attack"$'\n'* ]] ||
			fail "does not work: $attack"
	done < <(attacks)
	[[ $output != *odd:* ]]
}

@test "unsealed: probes, tracers and BPF take the functions" {
	vm_ok "cd $TRACING; echo 'p:seal/x load_module' >kprobe_events &&
		echo 1 >events/seal/x/enable && : >trace &&
		modload /canary.ko && rmmod canary && grep 'x: (load_module' trace
		ret=\$?; echo 0 >events/seal/x/enable; echo >kprobe_events; exit \$ret"
	vm_ok "cd $TRACING; echo load_module >set_ftrace_filter &&
		echo function >current_tracer && modload /canary.ko && rmmod canary &&
		grep load_module trace; ret=\$?
		echo nop >current_tracer; echo >set_ftrace_filter; exit \$ret"
	vm_ok "modload --args function=load_module /ftracer.ko && rmmod ftracer"
	in_front perfprobe load_module
	[ "$output" = attached ]
	gone perfprobe
	in_front fmodret --as exit load_module 0
	[ "$output" = attached ]
	gone fmodret
}

@test "unsealed: a load is killed in the middle" {
	vm_ok "mkfifo /tmp/k.ready /tmp/k.go
		{ stallload --at args --finit /tmp/k.ready /tmp/k.go /argued.ko & }
		timeout 20 cat /tmp/k.ready; killall -9 stallload
		while pidof stallload; do sleep 0.1; done >/dev/null
		rm /tmp/k.*; ! grep argued /proc/modules"
	[ "$output" = stalled ]
}

@test "unsealed: a live patch changes the kernel" {
	requires config:LIVEPATCH
	vm_ok "modload /patched.ko; cat /proc/cmdline"
	[ "$output" = patched ]
}

# From 6.1 on the kernel has both on one function, and calls the hook's choice
# from within the trampoline (kernel/bpf/trampoline.c:bpf_tramp_ftrace_ops_func).
@test "BPF that watches from before: the seal is on all the same, or not at all" {
	in_front fmodret --as exit load_module 0
	[ "$output" = attached ]
	if [[ $(vm_kernel) == 5.10.* ]]; then
		seal_fails 'cannot hook load_module: another module' \
			manifest=/m no_remove=1 read=no watch=1
		gone fmodret
	fi
	seal_on manifest=/m no_remove=1 read=no watch=1 keep=debugfs,hibernation
	stays_shut
}

@test "and when it goes" {
	[[ $(vm_kernel) != 5.10.* ]] || skip "it is gone already"
	gone fmodret
	stays_shut
}

# --- the module's own files ---

@test "its parameters: no write, no change of mode, no other way" {
	local before
	before=$(_vm_ask "cat $PARAMETERS/*")
	vm "cd $PARAMETERS; chmod 666 *
		for file in *; do echo 1 >\$file; echo no >\$file; done 2>&1 |
			grep -c 'rror\|denied\|permitted'"
	[ "$(_vm_ask "cat $PARAMETERS/*")" = "$before" ]
	vm_ok "chmod 444 $PARAMETERS/*"
	vm "mount -t sysfs sysfs /mnt && echo 1 >/mnt/module/seal/parameters/insmod"
	[ "$status" -ne 0 ]
	vm_ok "umount /mnt"
	stays_shut
}

@test "its files in securityfs: written, removed, renamed, covered" {
	local act
	vm_ok "chmod 777 $SECURITY $SECURITY/*"
	for act in "echo x >$SECURITY/status" "rm $SECURITY/status" \
		"mv $SECURITY/status $SECURITY/x" "rmdir $SECURITY" \
		": >$SECURITY/new" "mkdir $SECURITY/new" \
		"mv $SECURITY /sys/kernel/security/x" \
		"ln -s /m $SECURITY/link" "echo x >$SECURITY/manifest"; do
		vm_fails "$act"
	done
	vm_ok "mount -t tmpfs tmpfs /sys/kernel/security && /doors &&
		umount /sys/kernel/security"
	[ -z "$output" ]
	vm_ok "umount /sys/kernel/security"
	vm_ok /doors
	[ -z "$output" ]
	vm_ok "mount -t securityfs securityfs /sys/kernel/security"
	stays_shut
}

@test "it is not removed [rmmod, forced, 32-bit]" {
	local how
	for how in rmmod 'rmmod -f' kmod-rmmod 'kmod-rmmod -f' modunload \
		'modunload --force' "$(abi32 modunload)" \
		"$(abi32 modunload) --force"; do
		vm_fails "$how seal"
	done
	vm_ok "grep '^seal ' /proc/modules"
	stays_shut
}

# --- ftrace ---

@test "ftrace cannot be switched off" {
	vm_fails "echo 0 >/proc/sys/kernel/ftrace_enabled"
	vm_ok "grep -qx 1 /proc/sys/kernel/ftrace_enabled"
	stays_shut
}

@test "filters of the tracer are not those of the seal" {
	local file
	vm_ok "cd $TRACING; sed -n 's/^hooked: //p' $SECURITY/status | tr ' ' '\n' \
		>/hooked"
	for file in set_ftrace_notrace set_graph_notrace set_ftrace_filter; do
		vm_ok "cd $TRACING; while read -r fn; do
			echo \$fn >>$file || echo cannot \$fn; done </hooked"
		vm_ok "cd $TRACING; echo function >current_tracer"
		stays_shut
		vm_ok "cd $TRACING; echo nop >current_tracer; echo >$file"
	done
	vm_ok "cd $TRACING; echo 'load_module:traceoff' >set_ftrace_filter
		echo 'load_module:stacktrace' >>set_ftrace_filter"
	stays_shut
	vm_ok "cd $TRACING; echo '!load_module:traceoff' >set_ftrace_filter
		echo '!load_module:stacktrace' >>set_ftrace_filter; echo 1 >tracing_on"
}

@test "tracers: of functions, of graphs, with tracing off, the profiler, the stack" {
	local tracer
	for tracer in function function_graph; do
		vm_ok "cd $TRACING; cat /hooked >set_ftrace_filter
			echo $tracer >current_tracer; echo 0 >tracing_on"
		stays_shut
		vm_ok "cd $TRACING; echo 1 >tracing_on"
		stays_shut
		vm_ok "cd $TRACING; echo nop >current_tracer; : >trace"
	done
	vm "cd $TRACING; echo 1 >function_profile_enabled"
	vm "echo 1 >/proc/sys/kernel/stack_tracer_enabled"
	stays_shut
	vm "cd $TRACING; echo 0 >function_profile_enabled
		echo 0 >/proc/sys/kernel/stack_tracer_enabled; echo >set_ftrace_filter"
}

@test "an instance of the tracer" {
	vm_ok "cd $TRACING/instances; mkdir x && cd x &&
		cat /hooked >set_ftrace_filter && echo function >current_tracer"
	stays_shut
	vm_ok "cd $TRACING/instances; echo nop >x/current_tracer; rmdir x"
	stays_shut
}

# --- kprobes ---

@test "probes on every hooked function, armed and disarmed" {
	vm_ok "cd $TRACING; while read -r fn; do
			echo \"p:seal/p_\$fn \$fn\" >>kprobe_events &&
			echo \"r:seal/r_\$fn \$fn\" >>kprobe_events || echo cannot \$fn
		done </hooked; echo 1 >events/seal/enable"
	stays_shut
	while_attacked "for i in 1 2 3 4 5 6; do
		echo 0 >/sys/kernel/debug/kprobes/enabled; sleep 0.2
		echo 1 >/sys/kernel/debug/kprobes/enabled; sleep 0.2; done"
	vm_ok "echo 0 >/sys/kernel/debug/kprobes/enabled"
	stays_shut
	vm_ok "echo 1 >/sys/kernel/debug/kprobes/enabled
		cd $TRACING; echo 0 >events/seal/enable; echo >kprobe_events"
	stays_shut
}

@test "no probe gets inside the seal" {
	local fn
	for fn in callback find_planted seal_check gate_load_module gate_open_port \
		watch_round policy_set_prover; do
		_vm_ask "grep -q ' $fn.*\[seal\]' /proc/kallsyms" || continue
		vm_fails "echo 'p:seal/x seal:$fn' >$TRACING/kprobe_events"
		vm_fails "echo 'r:seal/x seal:$fn' >$TRACING/kprobe_events"
	done
	vm_fails "echo callback >$TRACING/set_ftrace_filter"
	stays_shut
}

@test "perf's probes watch, and override nothing" {
	local fn
	for fn in load_module open_port parse_args; do
		in_front perfprobe "$fn"
		[ "$output" = attached ]
		stays_shut
		gone perfprobe
		in_front perfprobe --override 0 "$fn"
		[ "$output" = refused ]
	done
	stays_shut
}

# --- BPF ---

# shellcheck disable=SC2030,SC2031 # bats runs each test apart
@test "BPF that watches, attached after the seal" {
	local fn kind
	for fn in load_module open_port write_mem; do
		for kind in entry exit; do
			in_front fmodret --as "$kind" "$fn" 0
			# before 6.1 a function has one owner
			if [[ $(vm_kernel) == 5.10.* ]]; then
				[ "$output" = refused ]
				continue
			fi
			[ "$output" = attached ]
			stays_shut
			gone fmodret
		done
	done
	stays_shut
}

# forge(FUNCTION, VALUE) - has BPF answer in its place: the doors stay shut. What
# the watch says of it is another matter.
# shellcheck disable=SC2031
forge() {
	local doors
	in_front fmodret "$1" "$2"
	[ "$output" = attached ] || return 0
	vm_ok /doors && doors=$output && gone fmodret || return
	[[ $doors != *open:* ]] || fail "$1 answers $2: $doors"
}

@test "no gate that decides can be answered for" {
	local fn
	for fn in $(hooked | grep -v -e ^security_ -e _sys_); do
		in_front fmodret "$fn" 0
		[ "$output" = refused ] || fail "$fn can be answered for"
	done
	stays_shut
}

# The kernel reads a positive answer as one that is not an error.
@test "a forged answer before a gate opens nothing [positive, zero]" {
	local fn value
	for fn in security_kernel_read_file security_kernel_load_data \
		security_kernel_post_read_file security_kernel_post_load_data \
		security_locked_down; do
		for value in 0 1 4096; do
			forge "$fn" "$value"
		done
	done
	forge security_capable 0
	stays_shut
}

@test "BPF of other kinds stands in for no gate" {
	local fn kind
	for fn in load_module open_port security_kernel_read_file; do
		for kind in lsm struct_ops; do
			in_front fmodret --as "$kind" "$fn" 0
			[ "$output" = refused ]
		done
	done
	stays_shut
}

# --- another module ---

@test "another module, let in, does not get a hooked function" {
	local fn
	for fn in load_module open_port; do
		vm "modload --args function=$fn /ftracer.ko"
		[ "$status" -eq 1 ]
		[[ $output == *"busy"* ]]
		stays_shut
	done
}

# What is switched off altogether is let go, and does not come back
# (kernel/livepatch/core.c:enabled_store); until then it can be turned round.
@test "a live patch from before is switched off and on" {
	requires config:LIVEPATCH
	local enabled=/sys/kernel/livepatch/patched/enabled
	vm_ok "grep -qx 1 $enabled"
	while_attacked "for i in 0 1 0 1 0 1; do
			echo \$i >$enabled; usleep 20000; done 2>/dev/null
		echo 0 >$enabled; for i in \$(seq 300); do
			[ -e $enabled ] || exit 0; sleep 0.1; done; exit 1"
	vm_fails "grep -x patched /proc/cmdline"
	stays_shut
}

# --- signals, memory, processors, sleep ---

@test "loads that are killed at any moment" {
	vm_ok "for i in \$(seq 60); do
		timeout -s KILL 0.0\$((i % 9 + 1)) modload /canary.ko
		timeout -s ALRM 0.0\$((i % 9 + 1)) modload --init /canary.ko
		done 2>/dev/null; ! grep '^canary ' /proc/modules"
	stays_shut
}

# What was admitted is forgotten with the load, however it ends.
@test "a load that is let in is killed in the middle" {
	vm_ok "for i in 1 2 3; do
			rm -f /tmp/k.*; mkfifo /tmp/k.ready /tmp/k.go
			{ stallload --at args --finit /tmp/k.ready /tmp/k.go /argued.ko & }
			timeout 20 cat /tmp/k.ready; killall -9 stallload
			while pidof stallload; do sleep 0.1; done >/dev/null
			grep '^argued ' /proc/modules && exit 1
			modload /canary.ko && exit 1
		done 2>/dev/null; rm /tmp/k.*"
	[ "$output" = $'stalled\nstalled\nstalled' ]
	stays_shut
	vm_ok "modload /argued.ko"
	vm_fails "rmmod argued"
}

@test "memory runs out" {
	while_attacked "for i in 1 2 3 4; do
		( echo 1000 >/proc/self/oom_score_adj; exec tail /dev/zero ) 2>/dev/null
		done; true"
	vm_ok "dmesg | grep -q 'invoked oom-killer'"
	stays_shut
}

@test "a processor comes and goes" {
	requires config:HOTPLUG_CPU
	local cpu=/sys/devices/system/cpu/cpu1/online
	while_attacked "for i in 1 2 3 4 5; do
		echo 1 >$cpu || exit; sleep 0.5; echo 0 >$cpu || exit; sleep 0.5; done"
	stays_shut
	vm_ok "echo 1 >$cpu"
	# the doors of that processor
	vm_ok "taskset 2 /doors"
	[ -z "$output" ]
	stays_shut
	vm_ok "echo 0 >$cpu"
	stays_shut
}

@test "the machine is put to sleep, as far as it can be tried [suspend]" {
	requires config:PM_DEBUG config:SUSPEND
	local level
	for level in freezer devices platform processors core; do
		vm_ok "echo $level >/sys/power/pm_test"
		while_attacked "echo mem >/sys/power/state ||
			echo freeze >/sys/power/state"
		stays_shut
	done
	vm_ok "echo none >/sys/power/pm_test"
}

# The clock wakes it: an emulated PC can be off but for its memory. Some guests
# wake into clocks that have gone wrong under emulation, where each command takes
# half a minute.
@test "the machine sleeps and wakes, while attacks go on" {
	requires config:SUSPEND arch:amd64
	[ -n "${SEAL_SLEEP-}" ] ||
		skip "an emulated machine may not wake well (SEAL_SLEEP=1)"
	vm_ok "grep -w deep /sys/power/mem_sleep"
	for _ in 1 2; do
		while_attacked "cd /sys/class/rtc/rtc0 && echo 0 >wakealarm &&
			echo +3 >wakealarm && sleep 1 && echo mem >/sys/power/state"
		stays_shut
	done
	vm_ok "dmesg | grep -c 'Waking up from system sleep state S3'"
	[ "$output" -ge 2 ]
}

@test "the machine is put to sleep, as far as it can be tried [hibernation]" {
	requires config:PM_DEBUG config:HIBERNATION
	vm_ok "echo core >/sys/power/pm_test; echo shutdown >/sys/power/disk"
	vm "echo disk >/sys/power/state"
	vm_ok "echo none >/sys/power/pm_test"
	stays_shut
}
