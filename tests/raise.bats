# SPDX-License-Identifier: GPL-2.0
# mode=audit, raised: what is in the way of that is named, and nothing has changed
# but that; when it is gone the mode rises. What cannot be taken back, to take away
# what others have, is done by the raise that succeeds only.

load helpers
load unwind
load audit

# What the steps are made to answer: no kernel function answers that by itself.
ODD=-51

# The steps of seal/mode.c's ladder that can be made to fail; a test below holds
# this list to it.
LADDER="program_harden manifest_harden protect_harden rawdev_harden
	claims_harden hook_harden hook_prove gate_bpf_check gate_kexec_check
	hibernation_shut preopen_check"

RAISED=(insmod=/prog protect=/kept)

setup_file() {
	truncate -s 16M "$BATS_FILE_TMPDIR/disk"
	/usr/sbin/mke2fs -q -t ext4 -E root_owner=0:0 "$BATS_FILE_TMPDIR/disk"
	machine
}

# machine() - one with a disk, room for a kernel for crashes and, where that can
# be, a device behind an IOMMU
machine() {
	local words="-drive if=none,id=disk,format=raw,snapshot=on"
	words+=",file=$BATS_FILE_TMPDIR/disk -device virtio-blk-pci,drive=disk"
	if [ "${KERNEL-}" = "${KERNEL%arm64}" ]; then
		words+=" -M q35 -device intel-iommu,intremap=on"
		words+=" -device edu,addr=4"
	else
		words+=" -device pci-testdev"
	fi
	vm_boot --mem 768 --append "crashkernel=64M intel_iommu=on" \
		--qemu "$words"
	_vm_has_module virtio_blk || return 0
	vm_ok "for m in virtio_pci virtio_blk ext4 dm_mod brd; do
		kmod-modprobe -q \$m; done
		for i in 1 2 3 4 5 6; do [ -b /dev/vda ] && break
		sleep 0.5; done; mkdir /kept; mount -t ext4 /dev/vda /kept"
	# and one that holds nothing that is protected
	! _vm_has_module brd || vm_ok "mke2fs /dev/ram0 >/dev/null &&
		mkdir /other && mount -t ext4 /dev/ram0 /other"
	unwind_begin
	vm_ok "mkdir -p /kept/sub /etc/seal"
}

setup() {
	requires sealable module:virtio_blk
}

# What a test that failed has left is not the next one's.
teardown() {
	[ -z "${BATS_TEST_COMPLETED-}" ] || return 0
	vm "{ killall bpfwrite fmodret ioports sleep vfio; umount /kept/sub
		crashload unload; rmmod failstep; } >/dev/null 2>&1; true"
}

teardown_file() {
	vm_down
}

# fails_at(FUNCTION, [NTH]) - makes the raise's call number NTH of it fail, and
# asserts that the raise does, and that nothing is left of it
fails_at() {
	local nth=${2:-1}
	vm_ok "kmod-insmod /failstep.ko function=seal:$1 nth=$nth \
		error=$ODD" || return
	raise_fails || return
	vm_ok "cat /sys/module/failstep/parameters/calls; rmmod failstep" ||
		return
	[ "$output" -ge "$nth" ] || fail "$1 was called $output times only" ||
		return
	nothing_shut || fail "$1, call $nth: something is left"
}

# listed() - prints a file that programs of holes are made of: a library
listed() {
	_vm_ask "sed -n 's/^[0-9a-f]* [ *]//p' /etc/seal/programs.sha256 |
		grep '\\.so' | head -n1 | grep ."
}

# nothing_shut() - all is as in audit before: files and devices take writers,
# ftrace its switch, no module is held, nobody hibernates
nothing_shut() {
	vm_ok "sh /state >/tmp/state 2>&1; diff /in-audit /tmp/state" || return
	vm_ok ": >>$(listed)" || return
	vm_ok memdev map-rw /dev/vda 0 4096 || return
	! _vm_has_module brd || vm_ok memdev map-rw /dev/ram0 0 4096 || return
	! _vm_has_config HIBERNATION || vm_ok door hibernation || return
	# not every kernel has one any more
	vm "{ echo 0 >/proc/sys/kernel/ftrace_enabled; } 2>&1 &&
		echo 1 >/proc/sys/kernel/ftrace_enabled"
	[[ $status -eq 0 || $output == *"not supported"* ]]
}

# audits() - audit is on, with a program that has memory mapped
audits() {
	_vm_ask "grep -qx 'state: audit' $SECURITY/status" 2>/dev/null ||
		audit "${RAISED[@]}" || return
	_vm_ask "[ -p /tmp/mem.do ]" || maps
}

maps() {
	vm_serve mem memdev serve /dev/mem rw
	vm_told mem keep-map "$(spare_memory)" 4096
	[ "$status" -eq 0 ] || fail "no memory to be mapped: $output"
}

still_mapped() {
	vm_told mem use-map
	[ "$status" -eq 0 ] || fail "the mapping cannot be used: $output"
}

# held_back(REGEX) - the raise fails for that, and only for that; all that was
# open still is, the module can be removed, and who has something keeps it
held_back() {
	raise_fails "$1" || return
	still_mapped || return
	vm_ok "grep '^seal [0-9]* 0 - Live ' /proc/modules &&
		kmod-insmod /canary.ko && rmmod canary && : >>/prog &&
		echo x >>/kept/below/file && chmod 600 /kept/below/file &&
		: >>$(listed)" || return
	vm_ok memdev open-rw /dev/mem || return
	[ "$(vm_arch)" != amd64 ] || vm_ok ioports iopl
}

# holds(COMMAND) - starts a program that has what is in the way
holds() {
	vm_ok "{ $1; } >/tmp/held 2>&1 & echo \$! >/holder; sleep 0.5
		kill -0 \$(cat /holder)" || { _vm_ask "cat /tmp/held"; return 1; }
}

lets_go() {
	vm_ok "kill \$(cat /holder); sleep 0.5"
}

# attached(COMMAND) - starts one that attaches a BPF program
attached() {
	vm_ok "rm -f /tmp/acts; { $1 >/tmp/acts 2>&1 & echo \$! >/holder; }
		for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			grep -q attached /tmp/acts && break; sleep 0.25; done
		grep attached /tmp/acts || { cat /tmp/acts; exit 1; }"
}

# rises() - and says so
rises() {
	log_mark
	vm_ok "echo enforce >$MODE" || { log_since; return 1; }
	[[ $(log_since) == *"seal: sealed until reboot:"* ]] || return
	[ "$(seal_status state)" = sealed ] || return
	[ "$(_vm_ask "cat $MODE")" = enforce ]
}

@test "the ladder is the one in seal/mode.c" {
	local steps step
	steps=$(sed -n 's/^\t*err = \([a-z_]*\)();.*/\1/p' "$SEAL_TOP/seal/mode.c")
	for step in $steps; do
		grep -q "^static int $step(void)" "$SEAL_TOP/seal/mode.c" ||
			echo "$step"
	done | sort >"$BATS_TEST_TMPDIR/steps"
	# shellcheck disable=SC2086 # one word a step
	printf '%s\n' $LADDER | sort | diff "$BATS_TEST_TMPDIR/steps" -
}

@test "each step of the ladder fails, and the module goes" {
	local step
	audit "${RAISED[@]}"
	vm_ok "sh /state >/in-audit 2>&1"
	for step in $LADDER; do
		fails_at "$step"
	done
	audit_ends
}

@test "a part of a step fails [a program, a file of the list]" {
	audit "${RAISED[@]}"
	vm_ok "sh /state >/in-audit 2>&1"
	fails_at vouched_harden 1
	fails_at vouched_harden 2
	fails_at vouched_harden 4
	audit_ends
}

@test "a file that programs are made of has changed: it has to be loaded again" {
	local file
	file=$(listed)
	audit "${RAISED[@]}"
	vm_ok "sh /state >/in-audit 2>&1; cp $file /was/file; echo x >>$file"
	raise_fails "^seal: \"$file\": it has changed since: load the seal again\$"
	nothing_shut
	vm_ok "cat /was/file >$file; rm /was/file"
	audit_ends
}

@test "the first files to be protected come meanwhile: it has to be loaded again" {
	vm_ok "mkdir -p /m; echo '# nothing' >/m/list; sha256sum </canary.ko |
		sed 's/ .*/  canary.ko/' >/m/list; cp /m/list /kept/list"
	audit manifest=/m/list
	[ "$(seal_status door.file-change)" = open ]
	vm_ok "mount --bind /kept /m"
	# its gates are not there, whether the files are known by now or not
	raise_fails '^seal: files to be protected have come since: load it again$'
	raise_fails '^seal: files to be protected have come since: load it again$'
	vm_ok "rmmod seal && umount /m && rm -r /m /kept/list"
	as_before
}

@test "the first block device likewise" {
	vm_ok "mkdir -p /t && mount -t tmpfs none /t && mkdir /t/sub"
	audit protect=/t
	vm_fails "grep '^protected.devices: ' $SECURITY/status"
	vm_ok "mount -t ext4 /dev/vda /t/sub"
	raise_fails '^seal: block devices that hold what is protected have come since: load it again$'
	raise_fails '^seal: block devices that hold what is protected have come since: load it again$'
	vm_ok "rmmod seal && umount /t/sub && umount /t && rmdir /t"
	as_before
}

@test "held back by a writer [a program, its library, a file, a new one]" {
	local file
	audits
	vm_ok "echo x >/kept/new"
	for file in /prog "$(listed)"; do
		holds "exec sleep 1000 >>$file"
		held_back "^seal: \"$file\": somebody has it open for writing\$"
		lets_go
	done
	for file in /kept/below/file /kept/new; do
		holds "exec sleep 1000 >>$file"
		held_back "^seal: parameter mode=\"enforce\": \"$file\": somebody has it open for writing\$"
		lets_go
	done
}

@test "held back by a write to the memory of a program, of its library" {
	local file
	requires config:USERFAULTFD
	audits
	for file in /prog "$(listed)"; do
		lend "$file"
		held_back "^seal: \"$file\": its pages are in use by somebody who may write to them\$"
		take_back
	done
}

@test "held back by want of memory for a new file, which is tried again" {
	audits
	vm_ok "echo x >/kept/late
		kmod-insmod /failstep.ko function=seal:shadow_cast error=-12"
	held_back '^seal: parameter mode="enforce": cannot be protected: -ENOMEM$'
	vm_ok "rmmod failstep"
}

@test "held back by what is mounted where files are protected" {
	audits
	vm_ok "mount -t proc none /kept/sub"
	held_back '^seal: parameter mode="enforce": "/kept/sub": its file system is on no local disk: others may change it$'
	vm_ok "umount /kept/sub"
}

@test "held back by a mapping of the device beneath" {
	audits
	vm_serve disk memdev serve /dev/vda rw
	vm_told disk keep-map 0 4096
	[ "$status" -eq 0 ]
	held_back '^seal: block device [0-9]+:[0-9]+, which holds what is protected: somebody has it mapped for writing '
	vm_told disk use-map
	[ "$status" -eq 0 ]
	vm_ok "echo quit >/tmp/disk.do; sleep 0.5"
}

@test "held back by a mapping of another device that is in use" {
	requires module:brd
	audits
	vm_serve ram memdev serve /dev/ram0 rw
	vm_told ram keep-map 0 4096
	[ "$status" -eq 0 ]
	held_back '^seal: block device [0-9]+:[0-9]+, which is in use: somebody has it mapped for writing '
	vm_told ram use-map
	[ "$status" -eq 0 ]
	vm_ok "echo quit >/tmp/ram.do; sleep 0.5; memdev map-rw /dev/ram0 0 4096"
}

@test "held back by a BPF program that writes memory" {
	requires config:BPF_EVENTS
	audits
	attached "bpfwrite 999999 0x1000 text"
	held_back '^seal: BPF program [0-9]+ \(.*\): bpf_probe_write_user: it can act in the place of what the seal goes by; unload it first$'
	lets_go
}

@test "held back by a BPF program that answers for the kernel" {
	# before, a function has one owner
	requires config:BPF_EVENTS kernel:6.1
	audits
	attached "fmodret --pid 999999 security_locked_down 1"
	held_back '^seal: BPF program [0-9]+ \(.*\): security_locked_down: it can act in the place of what the seal goes by; unload it first$'
	lets_go
}

@test "held back by a kernel for crashes" {
	requires config:KEXEC config:CRASH_DUMP
	audits
	log_mark
	vm_ok crashload load
	[[ $(log_since) == *'seal: would refuse kexec '*'allow="keep=kexec"'* ]]
	held_back '^seal: a kernel for crashes is loaded, and would run when this one panics: unload it \(kexec -p -u\), or say keep=kexec$'
	vm_ok "grep -qx 1 /sys/kernel/kexec_crash_loaded && crashload unload"
}

@test "held back by who hibernates" {
	requires config:HIBERNATION
	audits
	holds "exec sleep 1000 </dev/snapshot"
	held_back '^seal: hibernation is in use \(/dev/snapshot is open\): end that, or say keep=hibernation$'
	lets_go
}

@test "held back by what cannot be taken away: I/O ports" {
	requires ports
	audits
	holds "exec ioports --hold iopl"
	held_back '^seal: preopened: ioports\[[0-9]+\] has I/O ports: end it, or say preopened=report$'
	lets_go
	holds "exec ioports --hold ioperm"
	held_back '^seal: preopened: ioports\[[0-9]+\] has I/O ports: end it, or say preopened=report$'
	lets_go
}

@test "held back by what cannot be taken away: a descriptor of debugfs" {
	[[ $(vm_kernel) != *-debug-* ]] ||
		skip "on this kernel the harness goes through debugfs itself"
	audits
	holds "exec sleep 1000 >/sys/kernel/debug/kprobes/enabled"
	held_back '^seal: preopened: sleep\[[0-9]+\] has a descriptor of debugfs or tracefs: end it, or say preopened=report$'
	lets_go
}

@test "held back by what cannot be taken away: a device that VFIO maps" {
	[ "${KERNEL-}" = "${KERNEL%arm64}" ] || skip "no such IOMMU on arm64"
	requires module:vfio_pci
	local device=0000:00:04.0 group
	audits
	vm_ok "kmod-modprobe vfio-pci && kmod-modprobe vfio_iommu_type1 &&
		echo vfio-pci >/sys/bus/pci/devices/$device/driver_override &&
		echo $device >/sys/bus/pci/drivers_probe"
	group=/dev/vfio/$(_vm_ask "basename \
		\$(readlink /sys/bus/pci/devices/$device/iommu_group)")
	vm_serve vfio vfio "$group" $device
	vm_told vfio keep
	[ "$status" -eq 0 ]
	held_back '^seal: preopened: vfio\[[0-9]+\] has a mapping of a device by VFIO: end it, or say preopened=report$'
	vm_told vfio map
	[ "$status" -eq 0 ]
	vm_ok "echo quit >/tmp/vfio.do; sleep 0.5"
}

@test "when nothing is in the way it rises, and takes away what it can" {
	local file
	audits
	still_mapped
	rises
	[[ $(log_since) =~ seal:\ preopened:\ memdev\[[0-9]+\]\ has\ a\ mapping\ of\ physical\ memory:\ it\ is\ taken\ away ]]
	vm_told mem use-map
	[[ $output == *"Bad address"* ]]
	# what came meanwhile is guarded like all else
	for file in /kept/new /kept/late; do
		log_mark
		vm "chmod 640 $file"
		refused file-change "what=\"$file\""
		vm_fails ": >>$file"
	done
	vm_fails ": >>/prog"
	log_mark
	vm kmod-insmod /canary.ko
	refused module-load
	[ "$(seal_status hooks)" -gt 0 ]
	vm_fails "grep '^seal [0-9]* 0 - ' /proc/modules"
}

@test "preopened=refuse: what could be taken away holds it back, and is not" {
	# shellcheck disable=SC2034 # helpers.bash reads it
	VM_NAME=own
	machine
	audit "${RAISED[@]}" preopened=refuse
	maps
	held_back '^seal: preopened: memdev\[[0-9]+\] has a mapping of physical memory: end it, or say preopened=report$'
	vm_ok "echo quit >/tmp/mem.do; sleep 0.5"
	if [ "$(vm_arch)" = amd64 ]; then
		holds "exec ioports --hold iopl"
		raise_fails '^seal: preopened: ioports\[[0-9]+\] has I/O ports: end it'
		lets_go
	fi
	rises
	vm_own_down
}

@test "preopened=report: it rises all the same, and tells" {
	local log
	# shellcheck disable=SC2034
	VM_NAME=own
	machine
	audit "${RAISED[@]}" preopened=report
	maps
	[ "$(vm_arch)" != amd64 ] || holds "exec ioports --hold iopl"
	rises
	log=$(log_since)
	[[ $log =~ seal:\ preopened:\ memdev\[[0-9]+\]\ has\ a\ mapping\ of\ physical\ memory:\ it\ stays ]]
	still_mapped
	if [ "$(vm_arch)" = amd64 ]; then
		[[ $log =~ seal:\ preopened:\ ioports\[[0-9]+\]\ has\ I/O\ ports:\ it\ stays ]]
		vm_ok "kill -0 \$(cat /holder)"
	fi
	[ "$(seal_status state)" = sealed ]
	vm_own_down
}
