# SPDX-License-Identifier: GPL-2.0
# The seal tries its own doors, and says when one is open. A module that the
# manifest lists takes its hooks away, one after the other.

load helpers

UNHOOK=/sys/module/unhook/parameters

# something_to_protect() - makes /kept on a disk, if the machine can have one, and
# has device mapper there
something_to_protect() {
	_vm_has_config EXT4_FS && _vm_has_module brd || return 0
	vm_ok "kmod-modprobe -q dm_mod; kmod-modprobe -q dm_crypt
		kmod-modprobe ext4 && kmod-modprobe brd rd_nr=1 rd_size=16384 &&
		mke2fs /dev/ram0 >/dev/null && mkdir /kept &&
		mount -t ext4 /dev/ram0 /kept && mkdir /kept/safe"
}

# sealed_machine([PARAM...]) - boots one and seals it, with a round a second and
# all gates, and with the module that is let in
sealed_machine() {
	vm_boot --append audit=1 || return
	vm_ok "sha256sum /unhook.ko /ftracer.ko >/m && echo 0 >/proc/sys/kernel/printk_ratelimit" ||
		return
	something_to_protect || return
	! _vm_ask "[ -d /kept ]" || set -- "$@" protect=/kept/safe
	! _vm_is_sealable ||
		seal_on manifest=/m no_remove=1 read=no watch=1 "$@"
}

setup_file() {
	sealed_machine
}

setup() {
	requires sealable
}

teardown() {
	VM_NAME=second
	_vm_dir
	[ ! -e "$VM_DIR" ] || _vm_stop
	VM_NAME=vm
}

teardown_file() {
	vm_down
}

# rounds(N) - waits until the doors have been tried N times more
rounds() {
	local now
	now=$(seal_status watch.rounds) || return
	vm_ok "for i in \$(seq 300); do
		n=\$(sed -n 's/^watch.rounds: //p' /sys/kernel/security/seal/status)
		[ \$n -lt $((now + $1)) ] || exit 0; sleep 0.1; done; exit 1"
}

# said() - what the seal has said since the mark
said() {
	log_since | grep '^seal: ' || true
}

# no_status(KEY...) - asserts that there is no such line
no_status() {
	local key
	for key; do
		vm_fails "grep '^$key: ' /sys/kernel/security/seal/status" ||
			return
	done
}

# refusals() - how often each door refused
refusals() {
	_vm_ask "grep '^refused' /sys/kernel/security/seal/status"
}

# deciding() - the hooked functions that something rests on
deciding() {
	seal_status hooked | tr ' ' '\n' | grep -v '^security_kernel_'
}

@test "rounds pass, and nothing is said, counted or audited" {
	local before log
	before=$(refusals)
	log_mark
	rounds 5
	log=$(log_since)
	[[ $log != *seal:* && $log != *type=1316* ]]
	[ "$(refusals)" = "$before" ]
	[ "$(seal_status state)" = sealed ]
	[ "$(seal_status watch.interval)" = 1 ]
	[ "$(seal_status on_broken)" = log ]
	no_status broken broken.now passed_by untried
	echo "# a round takes $(seal_status watch.took_us) us" >&3
}

@test "others are refused, told and counted while it tries" {
	log_mark
	vm "for i in \$(seq 40); do modload /canary.ko; sleep 0.05; done"
	[ "$(grep -c 'Operation not permitted' <<<"$output")" -eq 40 ]
	[ "$(said | grep -c 'refused module-load what="/canary.ko"\|refused module-load what="(image')" -eq 40 ]
}

@test "the module that takes hooks away is let in" {
	vm_ok modload /unhook.ko
	rounds 2
	[ "$(seal_status state)" = sealed ]
}

@test "no memory is no fault: it is told once, and nothing is broken" {
	log_mark
	vm_ok "echo 1 >$UNHOOK/starve"
	rounds 4
	[ "$(said)" = "seal: load_module could not be tried: out of memory" ]
	[ "$(seal_status untried)" = load_module ]
	[ "$(seal_status state)" = sealed ]
	vm_ok "echo 0 >$UNHOOK/starve"
	rounds 2
	no_status untried
	[ "$(said | wc -l)" -eq 1 ]
}

@test "a gate that nothing rests on is told of, and no more" {
	local fn
	for fn in security_kernel_read_file security_kernel_load_data; do
		log_mark
		vm_ok "echo $fn >$UNHOOK/lose"
		rounds 3
		[[ $(said) == "seal: $fn does not ask the seal any more: "* ]]
		[ "$(said | wc -l)" -eq 1 ]
		[ "$(seal_status state)" = sealed ]
		[ "$(seal_status passed_by)" = "$fn" ]
		vm_ok "echo $fn >$UNHOOK/find"
		rounds 2
		[ "$(said | tail -n1)" = "seal: $fn asks the seal again" ]
		no_status passed_by
	done
}

@test "each gate that is lost is named, and when it comes back" {
	local fn
	[ "$(deciding | wc -l)" -ge 8 ]
	for fn in $(deciding); do
		log_mark
		vm_ok "echo $fn >$UNHOOK/lose"
		rounds 2
		[[ $(said | head -n1) == "seal: BROKEN: $fn is not guarded any more: a call of it did not reach the gate, but returned "* ]] ||
			fail "$fn: $(said)"
		[ "$(seal_status state)" = broken ]
		[ "$(seal_status broken.now)" = "$fn" ]
		vm_ok "echo $fn >$UNHOOK/find"
		rounds 2
		[ "$(said | tail -n1)" = "seal: $fn is guarded again; what came in meanwhile is not known" ] ||
			fail "$fn: $(said)"
	done
}

@test "as long as it lasts there is a line a round, however many they are" {
	local lost=(load_module open_port)
	log_mark
	vm_ok "for fn in ${lost[*]}; do echo \$fn >$UNHOOK/lose || exit; done"
	rounds 5
	[ "$(said | grep -c 'is not guarded any more')" -eq 2 ]
	[ "$(said | grep -c "^seal: BROKEN: not guarded: ${lost[*]}$")" -ge 3 ]
	vm_ok "for fn in ${lost[*]}; do echo \$fn >$UNHOOK/find || exit; done"
	rounds 2
	log_mark
	rounds 3
	[ -z "$(said)" ]
}

@test "the status goes on telling what was broken" {
	local broken
	[ "$(seal_status state)" = broken ]
	no_status broken.now
	broken=$(seal_status broken)
	[ "$(tr ' ' '\n' <<<"$broken" | sort)" = "$(deciding | sort)" ]
}

@test "the gates that came back refuse" {
	log_mark
	vm modload /canary.ko
	refused module-load
	log_mark
	vm memdev open-rw /dev/mem
	refused mem-write
}

@test "on_broken=panic ends the machine, and says why" {
	# shellcheck disable=SC2030,SC2031 # each test has its own
	export VM_NAME=second
	sealed_machine on_broken=panic
	[ "$(seal_status on_broken)" = panic ]
	vm_ok "modload /unhook.ko
		echo security_kernel_load_data >$UNHOOK/lose"
	rounds 3
	run vm "echo load_module >$UNHOOK/lose; sleep 30"
	[ "$status" -ne 0 ]
	[[ $output == *"the machine has died"* ]]
	[[ $output == *"Kernel panic - not syncing: seal: BROKEN: load_module is not guarded any more: a call of it did not reach the gate"* ]]
}

# An end that ftrace makes of itself leaves what it has patched as it is
# (kernel/trace/ftrace.c:ftrace_kill): the gates stand, and that is proved.
@test "ftrace ends itself: the gates are proved to stand" {
	# shellcheck disable=SC2030,SC2031 # each test has its own
	export VM_NAME=second
	sealed_machine
	vm_ok "modload /unhook.ko; echo 1 >$UNHOOK/kill"
	# it is dead: nobody hooks anything any more
	vm modload --args function=do_nanosleep /ftracer.ko
	[ "$status" -eq 1 ]
	[[ $output == *"No such device"* ]]
	log_mark
	rounds 5
	[ -z "$(said)" ]
	[ "$(seal_status state)" = sealed ]
	vm modload /canary.ko
	refused module-load
	vm_down
}
