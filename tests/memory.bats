# SPDX-License-Identifier: GPL-2.0
# The memory and I/O port doors without a hole: who asks gets nothing, on a
# new descriptor and on one from before the seal.

load helpers

setup_file() {
	vm_boot --qemu "-device pci-testdev"
	vm_ok "mkdir -p /dir && mknod /dir/innocent c 1 1"
	SPARE=$(spare_memory)
	export SPARE
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

@test "unsealed: /dev/mem opens, is written and is mapped" {
	vm_ok memdev open-rw /dev/mem
	vm_ok memdev open-wo /dir/innocent
	vm_ok memdev map-rw /dev/mem "$SPARE" 4096
	vm_ok memdev map-ro-upgrade /dev/mem "$SPARE" 4096
	vm_ok mknodopen 1 1 rw
}

@test "unsealed: /dev/mem is read and written" {
	requires devmem-rw
	vm_ok memdev read /dev/mem "$SPARE" 16
	vm_ok memdev write /dev/mem "$SPARE" 16
}

@test "unsealed: /dev/port opens and is written" {
	requires config:DEVPORT
	vm_ok memdev write /dev/port 0x80 1
}

@test "unsealed: ioperm and iopl give ports, 64-bit and 32-bit" {
	requires ports
	vm_ok ioports ioperm
	vm_ok ioports iopl
	vm_ok ioports --int80 ioperm
	vm_ok ioports --int80 iopl
}

@test "unsealed: the console gives a display's ports" {
	requires ports config:VT
	vm_ok ioports console
}

# The same for ports, where there are any.
requires_port_server() {
	_vm_has_config DEVPORT || return 0
	vm_serve oldport memdev serve /dev/port rw
}

@test "unsealed: a descriptor that is kept open can be used" {
	vm_serve control memdev serve /dev/mem rw
	vm_told control map-rw "$SPARE" 4096
	[ "$status" -eq 0 ]
	vm_told control map-ro-upgrade "$SPARE" 4096
	[ "$status" -eq 0 ]
	vm_serve old memdev serve /dev/mem rw
	requires_port_server
}

@test "unsealed: a descriptor that is kept open reads and writes" {
	requires devmem-rw
	vm_told control read "$SPARE" 16
	[ "$status" -eq 0 ]
	vm_told control write "$SPARE" 16
	[ "$status" -eq 0 ]
}

@test "the seal goes on" {
	seal_on
	[ "$(seal_status door.mem-write)" = shut ]
	[ "$(seal_status door.mem-read)" = open ]
	[ "$(seal_status door.ioport)" = shut ]
	[ "$(seal_status door.kcore)" = open ]
}

@test "opening for writing is refused [rw]" {
	log_mark
	vm memdev open-rw /dev/mem
	refused mem-write 'what="/dev/mem"' 'by memdev\[' 'reason=sealed$'
}

@test "opening for writing is refused [wo]" {
	log_mark
	vm memdev open-wo /dev/mem
	refused mem-write 'what="/dev/mem"' 'reason=sealed$'
}

@test "a node of another name in another place is the same device" {
	log_mark
	vm memdev open-rw /dir/innocent
	refused mem-write 'what="/dir/innocent"' 'reason=sealed$'
	log_mark
	vm mknodopen 1 1 wo
	refused mem-write 'reason=sealed$'
}

@test "opening through /proc/self/fd is opening" {
	log_mark
	vm "exec 5</dev/mem; memdev open-rw /proc/self/fd/5"
	refused mem-write 'what="/dev/mem"' 'reason=sealed$'
}

@test "/dev/port is refused to writers" {
	requires config:DEVPORT
	log_mark
	vm memdev open-rw /dev/port
	refused mem-write 'what="/dev/port"' 'reason=sealed$'
	log_mark
	vm mknodopen 1 4 wo
	refused mem-write 'reason=sealed$'
}

@test "an old descriptor does not write" {
	requires devmem-rw
	log_mark
	vm_told old write-blind "$SPARE" 16
	refused mem-write "what=\"/dev/mem:0x0*${SPARE#0x}\+0x10\"" 'reason=sealed$'
}

@test "an old descriptor does not map for writing" {
	log_mark
	vm_told old map-rw "$SPARE" 4096
	refused mem-write "what=\"/dev/mem:0x0*${SPARE#0x}\+0x1000\"" 'reason=sealed$'
}

@test "a read-only mapping of an old descriptor does not become writable" {
	vm_told old map-ro "$SPARE" 4096
	[ "$status" -eq 0 ]
	vm_told old map-ro-upgrade "$SPARE" 4096
	[ "$status" -ne 0 ]
	[[ $output == *"Permission denied"* ]]
}

@test "an old descriptor of /dev/port does not write" {
	requires config:DEVPORT
	log_mark
	vm_told oldport write-blind 0x80 1
	refused mem-write 'what="/dev/port"' 'reason=sealed$'
}

@test "reading is still allowed [map, /proc/kcore]" {
	vm_ok memdev open-ro /dev/mem
	vm_ok memdev map-ro /dev/mem "$SPARE" 4096
	vm_ok kcore read
}

@test "reading is still allowed [read]" {
	requires devmem-rw
	vm_ok memdev read /dev/mem "$SPARE" 16
	vm_told old read "$SPARE" 16
	[ "$status" -eq 0 ]
}

@test "a private mapping changes no device and is still allowed" {
	vm_ok memdev map-private-rw /dev/mem "$SPARE" 4096
}

@test "the other devices of that major are untouched" {
	vm_ok "echo x >/dev/null; head -c1 /dev/zero; head -c1 /dev/urandom"
	vm_ok "echo x >/dev/kmsg"
}

@test "ioperm is refused [64-bit]" {
	requires ports
	log_mark
	vm ioports ioperm
	refused ioport 'what="ioperm"' 'by ioports\[' 'reason=sealed$'
}

@test "ioperm is refused [32-bit]" {
	requires ports
	log_mark
	vm ioports --int80 ioperm
	refused ioport 'what="ioperm"' 'reason=sealed$'
}

@test "iopl is refused [64-bit]" {
	requires ports
	log_mark
	vm ioports iopl
	refused ioport 'what="iopl"' 'reason=sealed$'
}

@test "iopl is refused [32-bit]" {
	requires ports
	log_mark
	vm ioports --int80 iopl
	refused ioport 'what="iopl"' 'reason=sealed$'
}

# The console makes its own error of every refusal.
@test "an ioctl of the console gives no ports" {
	requires ports config:VT
	log_mark
	vm ioports console
	[ "$status" -eq 1 ]
	[[ $output == *"No such device or address"* ]]
	[[ $(log_since) =~ "seal: refused ioport what=\""[a-z_]*io[a-z_]*"\" by ioports["[0-9]+"]".*"reason=sealed" ]]
}

# Or else anybody could fill the log.
@test "who lacks the capability gets the kernel's own refusal and no line" {
	requires ports
	log_mark
	local how
	for how in iopl ioperm '--int80 iopl'; do
		vm "su -s /bin/sh nobody -c '/usr/lib/seal-tests/ioports $how'"
		[ "$status" -eq 1 ]
		[[ $output == *"Operation not permitted"* ]]
	done
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "the counters agree with what was done" {
	local before
	before=$(seal_status refused.mem-write)
	vm memdev open-rw /dev/mem
	vm memdev open-rw /dev/mem
	[ "$(seal_status refused.mem-write)" -eq "$((before + 2))" ]
	[ "$(seal_status refused.mem-read)" -eq 0 ]
}
