# SPDX-License-Identifier: GPL-2.0
# Device mapper gives nobody another way to what is protected: no table has a
# device that it lies on, whether that is open already or not, whether device
# mapper was there before the seal or comes after it. Whatever else it is told
# it does.

load helpers

# Two logical volumes on one disk, and one on another that nothing protects; the
# third is for an encrypted one.
ROOT="0 16384 linear 1:0 0"
HOME_="0 16384 linear 1:0 16384"
FREE="0 16384 linear 1:1 0"

boot() {
	vm_boot && vm_ok "kmod-modprobe -q ext4
		kmod-modprobe -q brd rd_nr=3 rd_size=16384; true"
}

# volume(NAME, LINE) - makes one
volume() {
	vm_ok "dmset create $1 && dmset load $1 '$2' && dmset resume $1"
}

make_file_systems() {
	vm_ok "mke2fs /dev/root >/dev/null && mkdir -p /kept /home &&
		mount -t ext4 /dev/root /kept && mkdir /kept/safe &&
		echo kept >/kept/safe/file && sync &&
		mke2fs /dev/home >/dev/null && mount -t ext4 /dev/home /home"
}

setup_file() {
	boot
	_vm_has_module dm_mod && _vm_has_module brd || return 0
	vm_ok "kmod-modprobe dm_mod && kmod-modprobe -q dm_crypt
		kmod-modprobe -q xts; true"
	volume root "$ROOT"
	volume home "$HOME_"
	volume free "$FREE"
	make_file_systems
	# what waits for resume
	volume waits "0 8 linear 1:1 16384"
	! has_crypt || crypt_volume
}

setup() {
	requires sealable module:dm_mod module:brd config:EXT4_FS
}

teardown() {
	vm_own_down
}

teardown_file() {
	vm_down
}

has_crypt() {
	_vm_has_module dm_crypt
}

KEY_A=$(printf '%064d' 1)
KEY_B=$(printf '%064d' 2)

# A file system with something to protect on an encrypted device.
crypt_volume() {
	volume secret "0 8192 crypt aes-xts-plain64 $KEY_A 0 1:2 0" &&
		vm_ok "mke2fs /dev/secret >/dev/null && mkdir /secret &&
			mount -t ext4 /dev/secret /secret &&
			mkdir /secret/safe"
}

# hooked(NAME) - is there a hook on it?
hooked() {
	[[ " $(seal_status hooked) " == *" $1 "* ]]
}

# told_no(DMSET WORD...) - refused, with one line that names the device
told_no() {
	local word words=''
	for word; do
		words+=" '$word'"
	done
	log_mark
	vm "dmset$words"
	refused block-write 'what="dm-[0-9]+"' 'by dmset\[' 'reason=protected$'
}

# reached() - does a write to one volume's beginning change the other one's?
reached() {
	vm "dmset load home '$ROOT' && dmset resume home || exit 1
		printf changed | dd of=/dev/home bs=1 conv=notrunc,fsync 2>&1
		echo 3 >/proc/sys/vm/drop_caches
		head -c7 /dev/root | grep -q changed"
	local result=$status
	vm_ok "dd if=/dev/zero of=/dev/home bs=7 count=1 conv=notrunc,fsync
		dmset load home '$HOME_' && dmset resume home
		echo 3 >/proc/sys/vm/drop_caches"
	return "$result"
}

# Without file systems: one that is mounted keeps its superblock in memory, and a
# write beside it takes that along, to the other volume.
@test "unsealed: a volume's table made anew reaches another volume" {
	vm_ok "umount /home /kept"
	reached
	make_file_systems
}

# What the file system is told to write goes elsewhere.
@test "unsealed: so it does where the table says that it only reads" {
	vm_ok "set -e; echo before >/home/file; sync
		dmset load-ro home '$ROOT'; dmset resume home
		echo after | dd of=/home/file conv=notrunc,fsync
		dmset load home '$HOME_'; dmset resume home
		echo 3 >/proc/sys/vm/drop_caches; grep before /home/file"
	vm_ok "umount /home /kept"
	make_file_systems
}

@test "unsealed: an encrypted device takes another key" {
	requires module:dm_crypt
	vm_ok "dmset suspend secret && dmset message secret 'key set $KEY_B' &&
		dmset message secret 'key set $KEY_A' && dmset resume secret"
}

@test "the seal goes on over tables that wait" {
	local name kept=/kept/safe
	! has_crypt || kept+=,/secret/safe
	vm_ok "dmset load waits '$ROOT' && dmset load root '0 16384 error'"
	seal_on protect=$kept
	for name in dm_get_device dm_swap_table; do
		hooked $name || fail "$name is not hooked" || return
	done
	! has_crypt || hooked crypt_message
	vm_ok "cat /sys/kernel/security/seal/status"
}

# load.bats has it of the kernel's own functions, and the control.
@test "with indirect branch tracking, every call into a module lands where it may" {
	requires config:X86_KERNEL_IBT
	vm_ok endbr seal orig_get_device orig_swap_table orig_crypt_message \
		put_dm_device device_of disk_of devices_of
	echo "$output"
	[ "${#lines[@]}" -ge 6 ]
	[ "$(grep -vc ' f3 0f 1e fa ' <<<"$output")" -eq 0 ]
}

@test "a table that was loaded before is not put to use" {
	told_no resume waits
	# it is gone; the old one goes on
	vm_ok "dmset resume waits && memdev peek /dev/waits 0"
}

@test "one of no device does not take the place of what is protected" {
	told_no resume root
	vm_ok "dmset resume root && echo 3 >/proc/sys/vm/drop_caches &&
		grep -q kept /kept/safe/file"
	vm_ok "dmset load root '0 16384 error'"
	told_no resume root
	vm_ok "dmset resume root && echo 3 >/proc/sys/vm/drop_caches &&
		grep -q kept /kept/safe/file && echo x >/kept/new && sync"
}

@test "a volume's table made anew: no device, wherever it lies in it" {
	told_no load home "$ROOT"
	told_no load home "$HOME_"
	told_no load-ro home "$ROOT"
	told_no load home "0 8192 linear 1:1 0" "8192 8192 linear 1:0 8192"
	told_no load root "$ROOT"
	told_no load root "$FREE"
	vm_ok "grep -q kept /kept/safe/file && echo x >/home/new && sync"
}

@test "a new device of it is none" {
	vm_ok "dmset create later"
	told_no load later "$ROOT"
	told_no load-ro later "$ROOT"
	vm_fails "dmset load later '0 16384 linear /dev/root 0'"
	vm_fails "dmset load later '0 16384 linear /dev/home 0'"
	vm_ok "dmset load later '$FREE' && dmset resume later &&
		dmset remove later"
}

@test "an encrypted device with something protected keeps its key" {
	requires module:dm_crypt
	vm_ok "dmset suspend secret"
	told_no message secret "key set $KEY_B"
	told_no message secret "key wipe"
	vm_ok "dmset resume secret && echo x >/secret/new && sync"
}

@test "what nothing protects is mapped as ever" {
	log_mark
	vm_ok "set -e; dmset load free '0 8192 linear 1:1 8192' \
			'8192 8192 linear 1:1 0'
		dmset resume free; memdev write /dev/free 0 4096
		dmset load-ro free '$FREE'; dmset resume free
		dmset load free '0 16384 error'; dmset resume free
		dmset remove free; dmset create free
		dmset load free '$FREE'; dmset resume free
		dmset load home '0 16384 error'; dmset create last
		dmset load last '0 8192 linear /dev/free 0'
		dmset resume last; dmset suspend last; dmset resume last
		memdev write /dev/last 0 4096; dmset remove last"
	if has_crypt; then
		vm_ok "set -e; dmset create last; dmset load last \
			'0 8192 crypt aes-xts-plain64 $KEY_A 0 /dev/free 0'
			dmset resume last; dmset suspend last
			dmset message last 'key set $KEY_B'; dmset resume last
			memdev write /dev/last 0 4096; dmset remove last"
	fi
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "who has a way there before the seal stays: the module does" {
	vm_fails "kmod-rmmod dm_mod"
	vm_ok "grep '^dm_mod ' /proc/modules"
}

# late(PARAM...) - a machine that is sealed before device mapper comes; its
# image is at /dm.ko
late() {
	# shellcheck disable=SC2034 # helpers.bash reads it
	VM_NAME=own
	boot
	vm_ok "mke2fs /dev/ram0 >/dev/null && mkdir /kept &&
		mount -t ext4 /dev/ram0 /kept && mkdir /kept/safe
		f=\$(kmod-modprobe -D dm_mod | sed -n 's/^insmod \\(.*dm-mod[^ ]*\\).*/\\1/p')
		case \$f in *.xz) xzcat \$f ;; *) cat \$f ;; esac >/dm.ko
		sha256sum /dm.ko /dm_mod.ko /canary.ko /unhook.ko >/m"
	seal_on manifest=/m protect=/kept/safe watch=1 "$@"
	[ "$(seal_status door.block-write)" = shut ]
	run ! hooked dm_get_device
}

@test "device mapper that comes after the seal is guarded from its first step" {
	late
	vm_ok modload /dm.ko
	hooked dm_get_device
	hooked dm_swap_table
	log_mark
	vm_ok "set -e; dmset create later
		dmset load later '$FREE'; dmset resume later
		memdev write /dev/later 0 4096
		dmset load later '0 8 error'; dmset resume later
		dmset remove later; sleep 3"
	[[ $(log_since) != *"seal: "* ]]
	[ "$(seal_status state)" = sealed ]
	vm_fails "kmod-rmmod dm_mod"
	# the rounds try these hooks, too
	vm_ok "modload /unhook.ko
		echo dm_swap_table >/sys/module/unhook/parameters/lose; sleep 3"
	[ "$(seal_status broken.now)" = dm_swap_table ]
	vm_down
}

@test "device mapper that cannot be guarded does not come" {
	local before
	late
	before=$(seal_status hooked)
	log_mark
	vm_fails modload /dm_mod.ko
	[[ $(log_since) == *"seal: cannot hook dm_get_device: this kernel has no such function (error -2)"* ]]
	vm_fails "grep '^dm_mod ' /proc/modules"
	[ "$(seal_status hooked)" = "$before" ]
	vm_ok "modload /canary.ko && rmmod canary && modload /dm.ko"
	hooked dm_get_device
	vm_down
}

@test "device mapper whose load fails leaves no hook" {
	local before
	late args=none
	before=$(seal_status hooked)
	for _ in 1 2 3; do
		log_mark
		vm "modload --args reserved_bio_based_ios=16 /dm.ko"
		refused module-load 'what="dm_mod"' 'reason=args$'
		[ "$(seal_status hooked)" = "$before" ]
		vm_ok "modload /canary.ko && rmmod canary"
	done
	vm_ok modload /dm.ko
	hooked dm_get_device
	vm_ok "dmset create later; sleep 3"
	[ "$(seal_status state)" = sealed ]
	vm_down
}
