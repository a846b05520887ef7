# SPDX-License-Identifier: GPL-2.0
# An array of the kernel's gives nobody another way to what is protected: it takes
# no other member, and a member that it has lost goes nowhere else. What nothing
# protects is made an array as ever.

load helpers

# in_array(NAME COMMANDS) - in the array's directory
in_array() {
	vm "cd /sys/block/$1/md || exit; $2"
}

# array(NAME FIRST SECOND) - a mirror of two, without a superblock
array() {
	vm_ok "echo $1 >/sys/module/md_mod/parameters/new_array"
	in_array "$1" "echo raid1 >level && echo 2 >raid_disks &&
		echo 12288 >component_size &&
		echo 1:$2 >new_dev && echo 0 >dev-ram$2/slot &&
		echo 1:$3 >new_dev && echo 1 >dev-ram$3/slot &&
		echo none >resync_start && echo active >array_state"
	[ "$status" -eq 0 ]
}

# loses(NAME RAM) - the array, one of its members
loses() {
	in_array "$1" "echo faulty >dev-ram$2/state
		for i in 1 2 3 4 5 6; do
			echo remove >dev-ram$2/state && break; sleep 0.5
		done; [ ! -e dev-ram$2 ]"
	[ "$status" -eq 0 ]
}

# takes(NAME RAM) - it, another one
takes() {
	in_array "$1" "echo 1:$2 >new_dev"
}

# takes_not(NAME RAM)
takes_not() {
	log_mark
	takes "$@"
	refused block-write "what=\"ram$2\"" 'reason=protected$'
	vm_fails "[ -e /sys/block/$1/md/dev-ram$2 ]"
}

setup_file() {
	vm_boot
	_vm_has_module raid1 && _vm_has_module brd || return 0
	vm_ok "kmod-modprobe -q ext4; kmod-modprobe brd rd_nr=6 rd_size=16384 &&
		kmod-modprobe raid1"
	array md0 0 1
	vm_ok "mke2fs /dev/md0 >/dev/null && mkdir /kept /mnt/a &&
		mount -t ext4 /dev/md0 /kept && mkdir /kept/safe &&
		echo kept >/kept/safe/file && sync"
	array md1 2 3
}

setup() {
	requires sealable module:raid1 module:brd config:EXT4_FS
}

teardown_file() {
	vm_down
}

@test "unsealed: what an array has lost is mounted, and another array's" {
	loses md1 3
	takes md1 4
	[ "$status" -eq 0 ]
	loses md1 4
	vm_ok "mke2fs /dev/ram3 >/dev/null && mount -t ext4 /dev/ram3 /mnt/a &&
		umount /mnt/a"
	vm_ok "echo md2 >/sys/module/md_mod/parameters/new_array"
	takes md2 3
	[ "$status" -eq 0 ]
	loses md2 3
}

@test "the seal goes on" {
	seal_on protect=/kept/safe
	[[ " $(seal_status hooked) " == *" bind_rdev_to_array "* ]]
	vm_ok "cat /sys/kernel/security/seal/status"
}

@test "with indirect branch tracking, every call into a module lands where it may" {
	requires config:X86_KERNEL_IBT
	vm_ok endbr seal orig_bind
	[ "$(grep -vc ' f3 0f 1e fa ' <<<"$output")" -eq 0 ]
}

@test "an array with something protected takes no other member" {
	takes_not md0 4
}

@test "nor does one that it has lost go anywhere, or come back" {
	loses md0 1
	log_mark
	vm "memdev write /dev/ram1 4096 4096"
	refused block-write 'what="/dev/ram1"' 'reason=protected$'
	takes_not md1 1
	takes_not md2 1
	takes_not md0 1
	log_mark
	vm_fails "mount -t ext4 /dev/ram1 /mnt/a"
	[[ $(log_since) == *'seal: refused block-write what="ram1" by mount['*"reason=protected"* ]]
	vm_ok "echo x >/kept/new && sync && grep -q kept /kept/safe/file"
}

@test "what nothing protects is made an array as ever" {
	log_mark
	takes md2 4
	[ "$status" -eq 0 ]
	loses md2 4
	takes md1 3
	[ "$status" -eq 0 ]
	array md3 4 5
	vm_ok "memdev write /dev/md3 0 4096"
	[[ $(log_since) != *"seal: refused"* ]]
}
