# SPDX-License-Identifier: GPL-2.0
# What protecting files costs who does not want it: with raw=yes block devices
# stay open, and with nothing to protect and nothing mounted there is no hook for
# any of it. And what lies on a virtual disk, with the file that the kernel itself
# writes.

load helpers
load signing

HOOKS='security_inode_unlink security_sb_mount propagate_mnt blkdev_open
	blkdev_write_iter bd_link_disk_holder'
NODE=/sys/kernel/security/seal/manifest

boot() {
	vm_boot --tree "$KEYS:/k" --qemu "-drive if=none,id=disk,format=raw,\
snapshot=on,file=$BATS_FILE_TMPDIR/disk -device virtio-blk-pci,drive=disk"
	_vm_has_module virtio_blk || return 0
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k
		for m in virtio_pci virtio_blk ext4; do kmod-modprobe -q \$m
		done; for i in 1 2 3 4 5 6; do [ -b /dev/vda ] && break
		sleep 0.5; done; mkdir /disk; mount -t ext4 /dev/vda /disk
		cp /bin/busybox /prog; cp /bin/busybox /disk/prog"
}

setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS"
	make_key good
	manifest 1 "$(test_module canary)" >"$KEYS/m"
	sign good "$KEYS/m"
	manifest 2 "$(test_module canary)" >"$KEYS/newer"
	sign good "$KEYS/newer"
	truncate -s 16M "$BATS_FILE_TMPDIR/disk"
	/usr/sbin/mke2fs -q -t ext4 -E root_owner=0:0 "$BATS_FILE_TMPDIR/disk"
	boot
}

setup() {
	requires sealable module:virtio_blk
}

teardown() {
	vm_own_down
}

teardown_file() {
	vm_down
}

# own_machine() - boots one that ends with the test
own_machine() {
	# shellcheck disable=SC2034 # helpers.bash reads it
	VM_NAME=own
	boot
}

# hooked(NAME) - is there a hook on it?
hooked() {
	[[ " $(seal_status hooked) " == *" $1 "* ]]
}

@test "raw=yes: files are protected, devices are not" {
	seal_on insmod=/disk/prog raw=yes
	[ "$(seal_status door.file-change)" = shut ]
	[ "$(seal_status door.block-write)" = open ]
	[ "$(seal_status door.nvme-admin)" = open ]
	hooked security_inode_unlink
	run ! hooked blkdev_open
	run ! hooked nvme_submit_user_cmd
	log_mark
	vm "rm -f /disk/prog"
	refused file-change 'what="/disk/prog"' 'reason=protected$'
	log_mark
	vm_ok "memdev write /dev/vda 0 4096 && memdev map-rw /dev/vda 0 4096"
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "a hole in the initramfs rests on nothing that lasts: no hook" {
	local name
	own_machine
	vm_ok "umount /disk"
	seal_on insmod=/prog mem_allow=/prog
	[ "$(seal_status door.file-change)" = open ]
	[ "$(seal_status door.block-write)" = open ]
	for name in $HOOKS; do
		run ! hooked "$name"
	done
	vm_fails "echo x >>/prog"
	[[ $output == *"Text file busy"* ]]
	vm_ok "rm /prog && memdev write /dev/vda 0 4096"
	vm_down
}

# ram_disk() - boots a machine with a file system on one at /ram
ram_disk() {
	requires module:brd
	own_machine
	vm_ok "kmod-modprobe brd rd_nr=1 rd_size=16384 &&
		mke2fs /dev/ram0 >/dev/null && mkdir /ram &&
		mount -t ext4 /dev/ram0 /ram"
}

# It says in sysfs, by a link, what it has in common with itself: "bdi".
@test "a virtual disk's file system, and what the kernel writes there" {
	ram_disk
	vm_ok "cp /k/good.der /ram/key && chmod 600 /ram/key"
	seal_on manifest=/k/m key=/ram/key serial_file=/ram/serial
	[ "$(seal_status door.file-change)" = shut ]
	[ "$(seal_status protected.devices)" = 1:0 ]
	log_mark
	vm "memdev write /dev/ram0 0 4096"
	refused block-write 'what="/dev/ram0"' 'reason=protected$'
	log_mark
	vm "rm -f /ram/key"
	refused file-change 'what="/ram/key"' 'reason=protected$'
	log_mark
	vm "echo x >/ram/serial"
	refused file-change 'what="/ram/serial"' 'reason=protected$'
	log_mark
	vm "mv -f /k/m /ram/serial"
	[[ $output == *"Operation not permitted"* ]]
	vm_ok "streamto $NODE /k/newer.p7s /k/newer && head -n1 /ram/serial"
	[ "$output" = "modules 00000000000000000002" ]
	vm_down
}

@test "a serial file that somebody else has open for writing: the load fails" {
	ram_disk
	vm_ok ": >/ram/serial && chmod 600 /ram/serial"
	vm_serve writer memdev serve /ram/serial rw
	seal_fails 'serial_file="/ram/serial": "/ram/serial": somebody has it open for writing' \
		manifest=/k/m key=/k/good.der serial_file=/ram/serial
	vm "echo quit >/tmp/writer.do"
	seal_on manifest=/k/m key=/k/good.der serial_file=/ram/serial
	log_mark
	vm "echo x >/ram/serial"
	refused file-change 'what="/ram/serial"' 'reason=protected$'
	vm_down
}

# fan() - has fanotify open the serial file for somebody, who writes there
#
# Who is asked whether a file may be opened gets a descriptor as he wants it, by a
# way on which nobody asks the inode.
fan() {
	vm "rm -f /watching; mkfifo /watching
		fanfile /watching /ram/serial open write 0 evil >/tmp/fan 2>&1 &
		grep -q watching /watching || exit 2
		timeout 20 cat /ram/serial >/dev/null
		sleep 1; kill \$! 2>/dev/null; cat /tmp/fan
		grep -q evil /ram/serial"
}

@test "a serial file that the kernel opens for somebody: it is busy" {
	requires config:FANOTIFY_ACCESS_PERMISSIONS
	ram_disk
	vm_ok "echo kept >/ram/serial"
	fan
	[ "$status" -eq 0 ] || fail "it cannot be written without the seal"
	vm_ok "rm /ram/serial"
	seal_on manifest=/k/m key=/k/good.der serial_file=/ram/serial
	fan
	[ "$status" -eq 1 ]
	[[ $output == *"Text file busy"* ]]
	vm_ok "streamto $NODE /k/newer.p7s /k/newer && head -n1 /ram/serial"
	[ "$output" = "modules 00000000000000000002" ]
	vm_down
}
