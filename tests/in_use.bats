# SPDX-License-Identifier: GPL-2.0
# Block devices that the kernel itself uses, mounted or as swap, cannot be written
# past it, though nothing on them is protected; those beside them can, and so can
# what device mapper has only made other devices of, or a program holds for itself.

load helpers

make_disks() {
	local name
	for name in whole parted spare swap crossed; do
		truncate -s 16M "$BATS_FILE_TMPDIR/$name"
	done
	/usr/sbin/mke2fs -q -t ext4 -E root_owner=0:0 "$BATS_FILE_TMPDIR/whole"
	# two partitions: from sector 2048 and 18432, of 8 MiB and 6 MiB
	printf '\0\0\0\0\203\0\0\0\0\10\0\0\0\100\0\0\0\0\0\0\203\0\0\0\0\110\0\0\0\60\0\0' |
		dd of="$BATS_FILE_TMPDIR/parted" bs=1 seek=446 conv=notrunc
	printf '\125\252' |
		dd of="$BATS_FILE_TMPDIR/parted" bs=1 seek=510 conv=notrunc
	/usr/sbin/mke2fs -q -t ext4 -E root_owner=0:0,offset=1048576 \
		"$BATS_FILE_TMPDIR/parted" 8M
	# the second begins in the first's middle
	cp "$BATS_FILE_TMPDIR/parted" "$BATS_FILE_TMPDIR/crossed"
	printf '\0\50' | dd of="$BATS_FILE_TMPDIR/crossed" bs=1 seek=470 conv=notrunc
}

boot() {
	local name disks=''
	for name in whole parted spare swap crossed; do
		disks+=" -drive if=none,id=$name,format=raw,snapshot=on"
		disks+=",file=$BATS_FILE_TMPDIR/$name"
		disks+=" -device virtio-blk-pci,drive=$name"
	done
	vm_boot --qemu "$disks"
	_vm_has_module virtio_blk || return 0
	vm_ok "for m in virtio_pci virtio_blk ext4 fuse loop; do kmod-modprobe -q \$m
		done; for i in 1 2 3 4 5 6 7 8; do [ -b /dev/vde ] && break
		sleep 0.5; done; mkdir /a /b /c /l
		mount -t ext4 /dev/vda /a && mount -t ext4 /dev/vdb1 /b &&
		mkswap /dev/vdd >/dev/null && swapon /dev/vdd"
}

setup_file() {
	make_disks >/dev/null 2>&1
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

# opens(NODE) - it can be written, mapped and emptied
opens() {
	vm_ok "memdev write $1 4096 4096 && memdev map-rw $1 4096 4096"
}

# stays_shut(NODE) - it cannot
stays_shut() {
	log_mark
	vm "memdev write $1 4096 4096"
	refused block-write "what=\"$1\"" 'by memdev\[' 'reason=in-use$'
	vm_fails "memdev map-rw $1 4096 4096"
	[[ $output == *"Operation not permitted"* ]]
}

@test "unsealed: what is mounted, and its whole disk, can be written and mapped" {
	opens /dev/vda
	opens /dev/vdb
	opens /dev/vdb1
	vm_ok "tamper zero-out /dev/vdd"
}

@test "unsealed: a mounted partition can be cut, and its loop device changed" {
	vm_ok "blkcmd resize /dev/vdb 1 2048 8192 &&
		blkcmd resize /dev/vdb 1 2048 16384"
	vm_ok "dd if=/dev/vdb of=/loop bs=1M 2>/dev/null && losetup -P /dev/loop0 /loop &&
		mount -t ext4 /dev/loop0p1 /l && blkcmd loop-direct /dev/loop0p2"
}

@test "somebody has one mapped for writing: the load fails, the others are as before" {
	own_machine
	vm_serve mapped memdev serve /dev/vdb1 rw
	vm_told mapped keep-map 4096 4096
	seal_fails 'block device [0-9]+:[0-9]+, which is in use: somebody has it mapped for writing .*raw=yes'
	opens /dev/vda
	vm_ok "echo quit >/tmp/mapped.do; sleep 0.3"
	seal_on
	stays_shut /dev/vdb1
	vm_down
}

@test "raw=yes: they stay as they are" {
	own_machine
	seal_on raw=yes
	[ "$(seal_status door.block-write)" = open ]
	opens /dev/vda
	opens /dev/vdb
	vm_down
}

@test "mode=audit tells, and shuts them when it is raised" {
	own_machine
	seal_on mode=audit
	log_mark
	opens /dev/vda
	[[ $(log_since) == *'seal: would refuse block-write what="/dev/vda"'*'reason=in-use allow="raw=yes"'* ]]
	vm_serve mapped memdev serve /dev/vda rw
	vm_told mapped keep-map 4096 4096
	log_mark
	vm_fails "echo enforce >/sys/kernel/security/seal/mode"
	[[ $(log_since) == *"which is in use: somebody has it mapped for writing"* ]]
	[ "$(seal_status state)" = audit ]
	vm_ok "memdev map-rw /dev/vdb1 4096 4096"
	vm_ok "echo quit >/tmp/mapped.do; sleep 0.3
		echo enforce >/sys/kernel/security/seal/mode"
	stays_shut /dev/vda
	stays_shut /dev/vdb1
	vm_down
}

@test "a machine on which none is in use: no hook" {
	own_machine
	vm_ok "umount /a /b && swapoff /dev/vdd"
	seal_on
	[ "$(seal_status door.block-write)" = open ]
	[[ " $(seal_status hooked) " != *" blkdev_open "* ]]
	vm_down
}

@test "the seal goes on" {
	vm_serve old memdev serve /dev/vda rw
	_vm_ask "kmod-modprobe -q dm_mod" || true
	vm_serve spare memdev serve /dev/vdc rw
	vm_told old write 4096 4096
	seal_on
	[ "$(seal_status door.block-write)" = shut ]
}

@test "sealed: what is mounted cannot be written" {
	stays_shut /dev/vda
	stays_shut /dev/vdb1
}

@test "sealed: nor the whole disk of a partition" {
	stays_shut /dev/vdb
}

@test "sealed: nor is a mounted partition cut, for another to have its blocks" {
	log_mark
	vm "blkcmd resize /dev/vdb 1 2048 8192"
	refused block-write 'what="/dev/vdb"' 'by blkcmd\[' 'reason=in-use$'
}

@test "sealed: nor another partition that lies across" {
	opens /dev/vde1
	opens /dev/vde2
	vm_ok "mount -t ext4 /dev/vde1 /c"
	stays_shut /dev/vde2
	vm_ok "umount /c"
	opens /dev/vde2
	vm_ok "blkcmd resize /dev/vde 1 2048 8192"
}

@test "sealed: nor is the file changed that its disk is made of, by any part" {
	log_mark
	vm "blkcmd loop-direct /dev/loop0p2"
	refused block-write 'what="/dev/loop0p2"' 'by blkcmd\[' 'reason=in-use$'
	vm_ok "umount /l && blkcmd loop-direct /dev/loop0p2 && losetup -d /dev/loop0"
}

@test "sealed: who serves a file system himself goes on writing it" {
	requires config:FUSE_FS
	log_mark
	vm_ok "blkcmd served /dev/vdc /c"
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "sealed: nor swap" {
	log_mark
	vm "tamper zero-out /dev/vdd"
	refused block-write 'what="/dev/vdd"' 'by tamper\[' 'reason=in-use$'
}

@test "sealed: to open one, as for commands to the disk, is no write" {
	log_mark
	vm_ok "memdev open-rw /dev/vda"
	[[ $(log_since) != *"seal:"* ]]
}

@test "sealed: nor by a descriptor that is older" {
	log_mark
	vm_told old write 4096 4096
	refused block-write 'what="/dev/vda"' 'reason=in-use$'
	vm_told old map-rw 4096 4096
	[[ $output == *"Operation not permitted"* ]]
}

@test "sealed: nor what is mounted later, until it is no more" {
	opens /dev/vdc
	vm_ok "mke2fs /dev/vdc >/dev/null && mount -t ext4 /dev/vdc /c"
	stays_shut /dev/vdc
	log_mark
	vm_told spare write 4096 4096
	refused block-write 'what="/dev/vdc"' 'reason=in-use$'
	vm_ok "umount /c"
	opens /dev/vdc
	vm_told spare write 4096 4096
	[ "$status" -eq 0 ]
}

@test "sealed: what was mounted when the seal came can be mapped again" {
	vm_ok "umount /a"
	opens /dev/vda
	vm_ok "mount -t ext4 /dev/vda /a"
	stays_shut /dev/vda
}

@test "sealed: the partition beside it can be written" {
	opens /dev/vdb2
}

@test "sealed: so can what a program has for itself, by others too" {
	vm_serve alone memdev serve /dev/vdc excl
	vm_fails "mount -t ext4 /dev/vdc /c"
	vm_told alone write 4096 4096
	[ "$status" -eq 0 ]
	opens /dev/vdc
	vm_ok "echo quit >/tmp/alone.do; sleep 0.3"
}

@test "sealed: and what other devices are made of, which themselves cannot" {
	requires module:dm_mod
	vm_ok "dmset create lv && dmset load lv \
		\"0 16384 linear \$(cat /sys/block/vdc/dev) 0\" &&
		dmset resume lv && mke2fs /dev/lv >/dev/null &&
		mount -t ext4 /dev/lv /c"
	stays_shut /dev/lv
	opens /dev/vdc
	vm_ok "umount /c"
	opens /dev/lv
}
