# SPDX-License-Identifier: GPL-2.0
# Every switch on: read=no and no_remove=1, and a kernel that audits.

load helpers

setup_file() {
	vm_boot --append audit=1 --qemu "-device pci-testdev"
	SPARE=$(spare_memory)
	export SPARE
	# Without an audit daemon the kernel prints its records, in moderation.
	vm_ok "echo 0 >/proc/sys/kernel/printk_ratelimit"
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

@test "unsealed: /dev/mem and /proc/kcore are read, modules go" {
	vm_ok memdev map-ro /dev/mem "$SPARE" 4096
	vm_ok kcore read
	vm_ok "kmod-modprobe dummy && modunload dummy"
	vm_ok "kmod-modprobe dummy && $(abi32 modunload) --force dummy"
	vm_serve mem memdev serve /dev/mem ro
	vm_told mem map-ro "$SPARE" 4096
	[ "$status" -eq 0 ]
	vm_serve kcore kcore serve
	vm_told kcore read
	[ "$status" -eq 0 ]
	vm_ok "kmod-modprobe dummy"
}

@test "unsealed: /dev/mem is read by read" {
	requires devmem-rw
	vm_ok memdev read /dev/mem "$SPARE" 16
	vm_told mem read "$SPARE" 16
	[ "$status" -eq 0 ]
}

@test "unsealed: /dev/port is read" {
	requires config:DEVPORT
	vm_ok memdev read /dev/port 0x80 1
	vm_serve port memdev serve /dev/port ro
}

@test "the seal goes on, booleans in any spelling" {
	seal_on read=off no_remove=YES
	[ "$(seal_status door.mem-read)" = shut ]
	[ "$(seal_status door.kcore)" = shut ]
	[ "$(seal_status door.module-remove)" = shut ]
	vm_ok "cat /sys/module/seal/parameters/read /sys/module/seal/parameters/no_remove"
	[ "$output" = "N
Y" ]
}

@test "/dev/mem does not open for reading" {
	log_mark
	vm memdev open-ro /dev/mem
	refused mem-read 'what="/dev/mem"' 'reason=sealed$'
}

@test "an old descriptor does not read" {
	requires devmem-rw
	log_mark
	vm_told mem read "$SPARE" 16
	refused mem-read "what=\"/dev/mem:0x0*${SPARE#0x}\+0x10\"" 'reason=sealed$'
}

@test "an old descriptor does not map, not even to read" {
	log_mark
	vm_told mem map-ro "$SPARE" 4096
	refused mem-read "what=\"/dev/mem:0x0*${SPARE#0x}\+0x1000\"" 'reason=sealed$'
}

@test "/dev/port does not open for reading, nor read when it is open" {
	requires config:DEVPORT
	log_mark
	vm memdev open-ro /dev/port
	refused mem-read 'what="/dev/port"' 'reason=sealed$'
	log_mark
	vm_told port read 0x80 1
	refused mem-read 'what="/dev/port"' 'reason=sealed$'
}

@test "/proc/kcore does not open" {
	log_mark
	vm kcore open
	refused kcore 'what="/proc/kcore"' 'by kcore\[' 'reason=sealed$'
}

@test "an old descriptor of /proc/kcore does not read" {
	log_mark
	vm_told kcore read
	refused kcore 'what="/proc/kcore"' 'reason=sealed$'
}

@test "no module goes [64-bit, 32-bit, forced]" {
	local how
	for how in modunload "$(abi32 modunload)"; do
		log_mark
		vm "$how dummy"
		refused module-remove 'what="dummy"' 'by modunload(32)?\[' \
			'reason=sealed$'
		log_mark
		vm "$how --force dummy"
		refused module-remove 'what="dummy"' 'by modunload(32)?\[' \
			'reason=forced$'
	done
	vm_ok "grep '^dummy ' /proc/modules"
}

@test "rmmod and rmmod -f of busybox and kmod are refused" {
	local how
	for how in 'rmmod dummy' 'rmmod -f dummy' 'kmod-rmmod dummy' \
		'kmod-rmmod -f dummy'; do
		log_mark
		vm "$how"
		refused module-remove 'what="dummy"'
	done
}

# The kernel asks security_capable() for what it wants to do, the gates whether
# there is any point in refusing: told apart, both can be told what suits.
@test "BPF that denies the capability to the gates alone opens nothing" {
	local how opened=()
	vm_ok "mkfifo /tmp/bpf; { fmodret --arg 3:2 security_capable -1 /tmp/bpf & }
		timeout 20 cat /tmp/bpf"
	[[ $output == *attached* ]]
	for how in 'modunload dummy' 'memdev open-rw /dev/mem' 'kcore open' \
		"$([ "$(vm_arch)" != amd64 ] || echo 'ioports iopl')"; do
		[ -n "$how" ] || continue
		vm "$how"
		[[ $output == *"Operation not permitted"* ]] || opened+=("$how")
	done
	vm_ok "killall fmodret"
	[ "${#opened[@]}" -eq 0 ] || fail "not refused: ${opened[*]}"
	vm_ok "grep '^dummy ' /proc/modules"
}

@test "nor does the seal" {
	log_mark
	vm modunload --force seal
	refused module-remove 'what="seal"'
}

@test "a refusal leaves an audit record with the same facts" {
	log_mark
	vm memdev open-ro /dev/mem
	local log
	log=$(log_since)
	[[ $log =~ type=1316\ audit\([0-9.:]+\):\ op=seal-mem-read\ .*pid=[0-9]+.*uid=0.*comm=\"memdev\"\ exe=\"/usr/lib/seal-tests/memdev\".*name=\"/dev/mem\"\ reason=sealed\ res=0 ]]
}

@test "a hostile name is hexadecimal in the audit record" {
	log_mark
	vm oddname open /dev/mem
	[ "$status" -ne 0 ]
	[[ $(log_since) =~ type=1316.*name=[0-9A-F]+\ reason=sealed ]]
}

@test "every gate is planted and listed: 15 or more on x86, 10 elsewhere" {
	local least=10
	[ "$(vm_arch)" != amd64 ] || least=15
	[ "$(seal_status hooks)" -ge "$least" ]
	[ "$(seal_status hooked | wc -w)" -eq "$(seal_status hooks)" ]
}
