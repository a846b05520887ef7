# SPDX-License-Identifier: GPL-2.0
# The doors that the kernel lists itself, of which it asks
# security_locked_down(): shut by their class, but for what keep= names. And those
# beside them that keep= knows, too: devices in the hands of programs.

load helpers
load lockdown

# machine() - one with devices that no driver has, one that a program may have, and
# the driver of MSRs
machine() {
	vm_boot --qemu "-device VGA -device pci-testdev -device edu"
	requires sealable
	[[ $(vm_kernel) != *-debug-* ]] ||
		skip "on this kernel the harness goes through debugfs itself"
	# what one of them was called before
	_vm_is_since 5.14 || {
		WAYS=${WAYS//bpf_read_kernel/bpf_read}
		CONFIDENTIALITY=${CONFIDENTIALITY/bpf_read_kernel/bpf_read}
	}
	vm_ok "mount -t debugfs none /sys/kernel/debug 2>/dev/null
		mount -t tracefs none /sys/kernel/tracing 2>/dev/null
		modprobe msr 2>/dev/null
		modprobe uio_pci_generic && modprobe vfio &&
		echo 1234 11e8 >/sys/bus/pci/drivers/uio_pci_generic/new_id
		true"
}

teardown() {
	vm_down
}

# lacks(WORD...) - says why this machine does not have that way; false if it does
lacks() (
	# shellcheck disable=SC2317 # requires() calls it
	skip() { echo "$*"; exit; }
	requires "$@" && return 1
)

# noted(WAY, WHAT...) - for tests/catalogue, in the suite's output: control,
# refused ERRNO, untried WHY, failed
noted() {
	echo "# way $*" >&3
}

# each_way(COMMAND, [REASON...]) - COMMAND REASON WAY ERRNO for all there are, or
# those of these reasons
each_way() {
	local command=$1 reason way errno words why
	shift
	while read -r reason way errno words <&4; do
		[ -n "$reason" ] || continue
		[ $# -eq 0 ] || [[ " $* " == *[[:space:]]"$reason"[[:space:]]* ]] ||
			continue
		# shellcheck disable=SC2086 # words
		if why=$(lacks $words); then
			[ "$command" != control ] ||
				noted "$way" untried "$why"
			continue
		fi
		"$command" "$reason" "$way" "$errno" || return
	done 4<<<"$WAYS"
}

# passes(REASON, WAY), control(REASON, WAY) - which of these it is, the catalogue
# wants to know
passes() {
	vm door "$2"
	[ "$status" -eq 0 ] || {
		noted "$2" failed
		fail "$2: no way through $1: $output"
	}
}

control() {
	passes "$@" && noted "$2" control
}

is_refused() {
	found_shut "$@" && noted "$2" refused "$3" && return
	noted "$2" failed
	return 1
}

# found_shut(REASON, WAY, ERRNO)
found_shut() {
	local log text
	log_mark
	vm door "$2"
	[ "$status" -eq 1 ] || fail "$2: not refused at $1: $output" || return
	case $3 in
	EPERM) text='Operation not permitted' ;;
	EINVAL) text='Invalid argument' ;;
	ENODATA) text='No data available' ;;
	esac
	[[ $output == *"$text"* ]] || fail "$2: not with $3: $output" || return
	log=$(log_since)
	grep -qE "^seal: refused $1 what=\"[^\"]+\" by door\[[0-9]+\] uid=0 exe=\"[^\"]*/door\" reason=(sealed|args)$" \
		<<<"$log" || fail "$2: no line of $1 in the log: $log"
}

count_of() {
	seal_status "refused.$1"
}

# What each class of mem_allow= is for: the class, the door, a program of the
# tests' and how it is called, words of requires().
CLASS_WAYS='
mem	mem-write	memdev	map-rw /dev/mem VIDEO 4096
ioport	ioport		ioports	ioperm				ports
ioport	ioport		ioports	iopl				ports
ioport	ioport		ioports	--int80 iopl			ports
ioport	mem-write	memdev	write-blind /dev/port 0x80 1	config:DEVPORT
ioport	mem-write	memdev	open-rw /dev/port		config:DEVPORT
pci	pci_access	door	pci-config
pci	pci_access	door	pci-config-proc
pci	pci_access	door	pci-map-display
msr	msr		door	msr 0x1b0			arch:amd64
msr	msr		door	msr-ioctl 0x1b0			arch:amd64
'

# each_class_way(COMMAND) - COMMAND CLASS DOOR PROGRAM CALL for all there are
each_class_way() {
	local class door program call words
	while IFS=$'\t' read -r class door program call words <&3; do
		[ -n "$class" ] || continue
		# shellcheck disable=SC2086 # words
		can_be_gone $words || continue
		"$1" "$class" "$door" "$program" "${call/VIDEO/$VIDEO}" || return
	done 3< <(tr -s '\t' <<<"$CLASS_WAYS")
}

works_for_all() {
	local class
	for class in $CLASSES; do
		vm "/$class/$3 $4"
		[ "$status" -eq 0 ] || fail "/$class/$3 $4: $output" || return
	done
}

# has(CLASSES, CLASS) - of those that a program was given, or was not
has() {
	case $1 in
	all) return 0 ;;
	default) [ "$2" != msr ] ;;
	*) [ "$1" = "$2" ] ;;
	esac
}

works_for_its_class() {
	local class
	for class in $CLASSES; do
		log_mark
		vm "/$class/$3 $4"
		if has "$class" "$1"; then
			[ "$status" -eq 0 ] || fail "/$class/$3 $4: $output"
		else
			refused "$2" "exe=\"/$class/$3\"" 'reason=not-in-hole$'
		fi || return
	done
}

# open_registers() - what class msr writes, by the manual: FIRST LAST of each range
open_registers() {
	sed -nE 's/^\.It (0x[0-9a-f]+)( to (0x[0-9a-f]+))?$/\1 \3/p' \
		"$SEAL_TOP/seal/seal.4"
}

# What it does not: some registers of each kind.
SHUT_REGISTERS='
entries of the kernel		0x174 0x175 0x176 0xc0000080 0xc0000081 0xc0000082 0xc0000083 0xc0000084
its data			0xc0000100 0xc0000101 0xc0000102
FRED				0x1cc 0x1d0 0x1d4
shadow stacks			0x6a0 0x6a2 0x6a4 0x6a8
no NX, no protection keys	0x1a0 0x6e1 0xda0
branch and event records	0x1d9 0x3f1 0x3f4 0x600
Processor Trace			0x560 0x561 0x570
performance counters		0xc1 0x186 0x38f 0xc0010000 0xc0010200 0xc0011030
tables that are in memory	0xef 0x17d0 0x989 0xd93 0xc0000105
debugging from outside		0x80 0xc80
microcode, self-tests		0x79 0x7a5 0x2c2 0x2c6 0xc0010020
SMM				0x9b 0x9e 0x1f2 0x4e0 0xc0010050 0xc0010056 0xc0010111 0xc0010112 0xc0010116
what memory is			0x200 0x250 0x277 0x2ff 0xc0010010 0xc0010016 0xc001001a 0xc001001d 0xc0010058
its encryption			0x982 0xc0010130 0xc0010132
interrupts and start-up		0x1b 0x830
virtual machines		0x3a 0xc0010114 0xc0010117 0xc001011e
a hypervisor makes up		0x11 0x4b564d00 0x40000000
mitigations			0x48 0x49 0x10b 0x122 0x123 0x10f 0xc0011020 0xc0011029 0xc001102e
machine checks			0x17a 0x400 0x280 0xc0010015 0xc0010022
clocks				0x10 0x3b 0xc0000103
of one vendor or model		0x1107 0x33 0xc0010073 0xc0011022
numbers that are none		0x0 0xffffffff
'

# all_refused(KIND, REGISTERS)
all_refused() {
	vm_ok "for r in $2; do
		/driver msr \$r 2>&1 | grep -q 'not permitted' || echo \$r
	done"
	[ -z "$output" ] || fail "$1: not refused: ${output//$'\n'/ }"
}

# written_late() - has SYSENTER_CS set to what it is by a write that waits inside
# the kernel until the rest of the test calls go_on
written_late() {
	vm_ok "rm -f /tmp/s.*; mkfifo /tmp/s.ready /tmp/s.go || exit
		{ stallload --at data --offset 0x174 /tmp/s.ready /tmp/s.go \
			/dev/cpu/0/msr >/tmp/s.out 2>&1
			echo \$? >/tmp/s.status; } &
		timeout 20 cat /tmp/s.ready"
	[ "$output" = stalled ]
}

go_on() {
	vm "echo go >/tmp/s.go; while [ ! -s /tmp/s.status ]; do sleep 0.1; done
		cat /tmp/s.out; exit \$(cat /tmp/s.status)"
}

@test "level=integrity, the default: what writes is shut, what reads is not" {
	machine
	each_way control
	seal_on
	[ "$(seal_status level)" = integrity ]
	[ "$(seal_status keep)" = none ]
	# shellcheck disable=SC2086 # words
	each_way is_refused $INTEGRITY uio vfio
	# shellcheck disable=SC2086
	each_way passes $CONFIDENTIALITY
	[ "$(count_of kexec)" -ge 2 ]
	[ "$(count_of tracefs)" -eq 0 ]
	[ "$(seal_status door.kexec)" = shut ]
	[ "$(seal_status door.tracefs)" = open ]
	[ "$(seal_status door.uio)" = shut ]
	# what leads nowhere is nobody's business
	vm_ok "echo Y >/sys/module/printk/parameters/time"
}

# As session managers do, again and again.
@test "to look whether the machine could hibernate is no attempt" {
	vm_boot
	requires sealable config:HIBERNATION
	vm_ok "grep -q disk /sys/power/state"
	seal_on
	log_mark
	vm_ok "! grep -q disk /sys/power/state && grep -q disabled /sys/power/disk"
	[ "$(count_of hibernation)" -eq 0 ]
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "level=confidentiality: all are shut, and reading with them" {
	machine
	each_way control
	seal_on level=confidentiality
	[ "$(seal_status level)" = confidentiality ]
	each_way is_refused
	[ "$(seal_status door.kcore)" = shut ]
	[ "$(seal_status door.mem-read)" = shut ]
	log_mark
	vm kcore read
	refused kcore
	# what does not look into the kernel is nobody's business
	passes none bpf-filter
	passes none classic-filter
	passes none seccomp-filter
}

# The kernel asks about each key with a lock held. What does sleep looks as if all
# were well, but for a kernel that checks itself.
@test "a refusal to dump keys is told without sleeping" {
	vm_boot
	requires sealable kernel:5.11 config:XFRM_USER config:INET_AH
	vm_ok "mount -t tracefs none /sys/kernel/tracing 2>/dev/null; true"
	vm_ok door xfrm-dump
	seal_on level=confidentiality keep=tracefs,debugfs
	vm_ok "cd /sys/kernel/tracing && echo 1 >events/kmem/kmalloc/enable"
	log_mark
	vm door xfrm-dump
	[ "$status" -eq 1 ]
	[[ $output == *"No data available"* ]]
	[[ $(log_since) == *"seal: refused xfrm_secret "* ]]
	vm_ok "cd /sys/kernel/tracing && echo 0 >events/kmem/kmalloc/enable &&
		grep '\[seal\].*gfp_flags=' trace"
	[[ $output == *gfp_flags=GFP_ATOMIC* ]]
	[[ $output != *gfp_flags=GFP_KERNEL* ]]
}

@test "keep= leaves open what it names, and nothing else" {
	machine
	seal_on level=confidentiality \
		keep=kexec,hibernation,msr,debugfs,bpf_write_user,tracefs,kcore,dev_mem,uio
	[ "$(seal_status keep)" = "dev_mem kexec hibernation msr debugfs bpf_write_user kcore tracefs uio" ]
	each_way passes kexec hibernation msr debugfs tracefs uio
	each_way is_refused pci_access tiocsserial module_parameters kprobes \
		perf vfio
	vm_ok kcore read
	vm_ok memdev open-rw /dev/mem
	for door in kexec kcore mem-write mem-read uio; do
		[ "$(seal_status "door.$door")" = open ]
	done
}

@test "every reason of the kernel's is a door, with a test or the reason it has none" {
	machine
	seal_on
	vm_ok "sed -n 's/^lockdown\\.\\([^:]*\\): .*/\\1/p' /sys/kernel/security/seal/status"
	local reasons=$output reason
	# the kernel's own list, as the headers of the build have it
	[ "$(wc -l <<<"$reasons")" -ge 24 ]
	for reason in $reasons; do
		[[ $WAYS$DECIDED$WITHOUT == *$'\n'"$reason"$'\t'* ]] ||
			fail "no test goes through $reason"
		seal_status "door.$(seal_status "lockdown.$reason")"
	done
}

@test "a descriptor of /dev/snapshot from before the seal: the seal does not go on" {
	machine
	requires config:HIBERNATION
	vm_ok "sleep 100 </dev/snapshot & echo \$! >/pid"
	seal_fails 'hibernation is in use \(/dev/snapshot is open\)'
	seal_fails 'hibernation is in use \(/dev/snapshot is open\)'
	vm_ok "kill \$(cat /pid); sleep 0.2"
	seal_on
}

@test "BPF does not answer for the kernel's question" {
	machine
	requires config:BPF_EVENTS tool:fmodret
	vm timeout -s KILL 10 fmodret security_locked_down 1
	[[ $output == *attached* ]] || fail "it does without the seal: $output"
	seal_on keep=kexec
	log_mark
	vm fmodret security_locked_down 1
	[ "$status" -ne 0 ]
	refused seal 'what="BPF program [0-9]+ \([^)]*\): security_locked_down"'
	each_way is_refused pci_access debugfs
}

@test "mem_allow= opens pci_access, and maps a display that no driver has" {
	machine
	vm_ok "cp /usr/lib/seal-tests/door /driver"
	seal_on mem_allow=/driver
	[ "$(seal_status door.pci_access)" = hole ]
	vm_ok /driver pci-config
	vm_ok /driver pci-config-proc
	vm_ok /driver pci-map-display
	log_mark
	vm /driver pci-map
	refused pci_access 'what="0000:[^"]*:0x[0-9a-f]+\+0x1000"' \
		'exe="/driver"' 'reason=not-device$'
	log_mark
	vm door pci-map-display
	refused pci_access 'reason=not-in-hole$'
	# the hole is not one for the other doors
	for way in kexec debugfs hibernation; do
		vm /driver "$way"
		[ "$status" -eq 1 ]
	done
}

@test "mem_allow= narrows a program to classes, and without any it has no msr" {
	machine
	CLASSES='mem ioport pci msr all default'
	case $(vm_arch) in
	amd64) VIDEO=0xa0000 ;;
	*) VIDEO=$(display_memory) ;;
	esac
	local class tool given list
	for class in $CLASSES; do
		vm_ok "mkdir /$class"
		given=:$class
		[ "$class" != default ] || given=
		[ "$class" != all ] || given=:msr,pci,ioport,mem
		for tool in memdev ioports door; do
			vm_ok "! [ -e /usr/lib/seal-tests/$tool ] ||
				cp /usr/lib/seal-tests/$tool /$class/"
			vm "[ -e /$class/$tool ]"
			[ "$status" -ne 0 ] || list+=,/$class/$tool$given
		done
	done
	each_class_way works_for_all
	seal_on "mem_allow=${list#,}"
	each_class_way works_for_its_class
	[[ $(seal_status hole.mem_allow) == *'given="/msr/door" path="/msr/door"'*' classes=msr'* ]]
	for door in mem-write ioport pci_access msr; do
		[ "$(seal_status "door.$door")" = hole ]
	done
}

@test "class msr writes registers of power and frequency, and no others" {
	machine
	requires arch:amd64
	local first last register kind registers before shut=0
	local open=() beside=()
	vm_ok "cp /usr/lib/seal-tests/door /driver"
	seal_on mem_allow=/driver:msr
	while read -r first last; do
		open+=("$first" "${last:=$first}")
		beside+=($((first - 1)) $((last + 1)))
	done < <(open_registers)
	[ "${#open[@]}" -ge 40 ]
	vm_ok "for r in ${open[*]}; do /driver msr \$r || exit; done"
	before=$(count_of msr)
	while IFS=$'\t' read -r kind registers <&4; do
		all_refused "$kind" "$registers"
		shut=$((shut + $(wc -w <<<"$registers")))
	done 4< <(grep . <<<"$SHUT_REGISTERS")
	for register in $(printf '%#x ' "${beside[@]}"); do
		[[ " ${open[*]} " != *" $register "* ]] || continue
		all_refused "beside an open one" "$register"
		shut=$((shut + 1))
	done
	[ "$(count_of msr)" -eq $((before + shut)) ]
}

@test "class msr is a hole as any other" {
	machine
	requires arch:amd64
	local way
	vm_ok "cp /usr/lib/seal-tests/door /driver; cp /driver /copy"
	for way in msr msr-ioctl msr-wrapped 'msr 0x1b0'; do
		vm_ok "/driver $way"
	done
	seal_on mem_allow=/driver:msr
	for way in mem-write mem-read ioport pci_access; do
		[ "$(seal_status "door.$way")" != hole ]
	done
	vm_ok /driver msr 0x1b0
	for way in msr msr-ioctl msr-wrapped; do
		log_mark
		vm "/driver $way"
		refused msr 'what="wrmsr 0x174"' 'exe="/driver"' \
			'reason=register$'
	done
	log_mark
	vm /copy msr 0x1b0
	refused msr 'exe="/copy"' 'reason=not-in-hole$'
	log_mark
	vm under tracer /driver msr 0x1b0
	refused msr 'reason=traced$'
	log_mark
	vm under filter /driver msr-ioctl 0x1b0
	refused msr 'reason=filtered$'
	log_mark
	vm unshare -m /driver msr 0x1b0
	refused msr 'reason=foreign-namespace$'
}

@test "a register is not written by a write from before the seal" {
	machine
	requires arch:amd64
	written_late
	go_on
	[ "$status" -eq 0 ] || fail "it is not without the seal: $output"
	written_late
	seal_on
	log_mark
	go_on
	refused msr 'what="wrmsr 0x174"' 'by stallload\[' 'reason=sealed$'
}

@test "what a driver owns is nobody else's, the display of a program's hole too" {
	machine
	local memory legacy=
	memory=$(printf 0x%x "$(display_memory)")
	[ "$(vm_arch)" != amd64 ] || legacy=0xa0000
	vm_ok "cp /usr/lib/seal-tests/memdev /usr/lib/seal-tests/door /"
	vm_ok "insmod /owner.ko"
	for start in $memory $legacy; do
		vm_ok "/memdev map-rw /dev/mem $start 4096"
	done
	vm_ok /door pci-map-display
	seal_on mem_allow=/memdev,/door
	for start in $memory $legacy; do
		log_mark
		vm "/memdev map-rw /dev/mem $start 4096"
		refused mem-write "what=\"/dev/mem:0x0*${start#0x}\+0x1000\"" \
			'reason=not-device$'
	done
	log_mark
	vm /door pci-map-display
	refused pci_access 'exe="/door"' 'reason=not-device$'
	# a display that its driver leaves is free
	vm_ok "for d in /sys/bus/pci/drivers/owner/0*; do
		echo \${d##*/} >/sys/bus/pci/drivers/owner/unbind; done"
	for start in $memory $legacy; do
		vm_ok "/memdev map-rw /dev/mem $start 4096"
	done
	vm_ok /door pci-map-display
}

# driven_machine() - one with an IOMMU, and two devices alike: the first is VFIO's,
# in the group $GROUP, the second UIO's
driven_machine() {
	vm_boot --append "intel_iommu=on" --qemu "-M q35 \
		-device intel-iommu,intremap=on -device edu,addr=4 \
		-device edu,addr=5"
	requires sealable module:vfio_pci module:uio_pci_generic
	vm_ok "modprobe uio_pci_generic && modprobe vfio-pci &&
		modprobe vfio_iommu_type1 && cd /sys/bus/pci &&
		echo vfio-pci >devices/0000:00:04.0/driver_override &&
		echo uio_pci_generic >devices/0000:00:05.0/driver_override &&
		echo 0000:00:04.0 >drivers_probe &&
		echo 0000:00:05.0 >drivers_probe"
	GROUP=/dev/vfio/$(_vm_ask "basename \
		\$(readlink /sys/bus/pci/devices/0000:00:04.0/iommu_group)")
}

@test "devices of programs: what was opened before the seal is of no use" {
	[ "${KERNEL-}" = "${KERNEL%arm64}" ] || skip "no such IOMMU on arm64"
	driven_machine
	local act
	vm_ok vfio "$GROUP" 0000:00:04.0
	vm_serve uio memdev serve /dev/uio0 rw
	# uio_pci_generic has registers to map since 5.12
	local maps=true
	_vm_ask "[ -d /sys/class/uio/uio0/maps/map0 ]" || maps=false
	if $maps; then
		vm_told uio map-rw 0 4096
		[ "$status" -eq 0 ]
	fi
	# this driver has nothing to be told
	vm_told uio write-blind 0 4
	[[ $output != *"not permitted"* ]]
	if $maps; then
		vm_told uio keep-map 0 4096
		[ "$status" -eq 0 ]
	fi
	vm_serve vfio vfio "$GROUP" 0000:00:04.0
	for act in open container group device ioctl read write map; do
		vm_told vfio "$act"
		[ "$status" -eq 0 ] || fail "no way to $act: $output"
	done
	seal_on
	# its registers, mapped before, are taken away
	if $maps; then
		vm_told uio use-map
		[[ $output == *"Bad address"* ]]
	fi
	for act in "map-rw 0 4096" "write-blind 0 4"; do
		log_mark
		vm_told uio "$act"
		refused uio 'what="/dev/uio0"' 'by memdev\['
	done
	for act in open container group device ioctl read write map; do
		log_mark
		vm_told vfio "$act"
		refused vfio 'by vfio\['
	done
	log_mark
	vm vfio "$GROUP" 0000:00:04.0
	refused vfio 'what="/dev/vfio/vfio"'
}

@test "a device that VFIO has mapped before: the seal does not go on" {
	[ "${KERNEL-}" = "${KERNEL%arm64}" ] || skip "no such IOMMU on arm64"
	driven_machine
	vm_serve vfio vfio "$GROUP" 0000:00:04.0
	vm_told vfio keep
	[ "$status" -eq 0 ]
	seal_fails 'preopened: vfio\[[0-9]+\] has a mapping of a device by VFIO: end it'
	seal_on preopened=report
	log_mark
	vm_told vfio map
	refused vfio
}

@test "keep=vfio leaves devices behind an IOMMU to virtual machines" {
	[ "${KERNEL-}" = "${KERNEL%arm64}" ] || skip "no such IOMMU on arm64"
	driven_machine
	seal_on keep=vfio
	[ "$(seal_status door.vfio)" = open ]
	[ "$(seal_status keep)" = vfio ]
	vm_ok vfio "$GROUP" 0000:00:04.0
	log_mark
	vm memdev map-rw /dev/uio0 0 4096
	refused uio 'what="/dev/uio0"'
	# what would open more than the IOMMU does stays shut
	log_mark
	vm "echo Y >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts"
	refused module_parameters \
		'what="vfio_iommu_type1.allow_unsafe_interrupts"' 'reason=args$'
}

@test "what comes after the seal is shut, too" {
	vm_boot --qemu "-device edu"
	requires sealable module:uio_pci_generic module:vfio
	seal_on insmod=/usr/bin/kmod
	vm_ok "kmod-modprobe uio_pci_generic && kmod-modprobe vfio &&
		echo 1234 11e8 >/sys/bus/pci/drivers/uio_pci_generic/new_id"
	is_refused uio uio EPERM
	is_refused vfio vfio EPERM
	[[ "$(seal_status hooked)" == *" uio_mmap "* ]]
	vm_fails rmmod uio_pci_generic uio
}
