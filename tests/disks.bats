# SPDX-License-Identifier: GPL-2.0
# Commands past the block layer to a disk that holds what is protected, by each
# device and interface that takes some, and commands to NVMe controllers. A disk
# beside it takes them as ever, and whatever reads is let pass.

load helpers

# Two disks of each kind, the second of which nothing protects. What is written
# goes to a block behind the file system.
BLOCK=40000

make_disks() {
	local name
	for name in scsi0 scsi1 nvme0 nvme1; do
		truncate -s 20M "$BATS_FILE_TMPDIR/$name"
		/usr/sbin/mke2fs -q -t ext4 -E root_owner=0:0 \
			"$BATS_FILE_TMPDIR/$name" 16M
	done
}

setup_file() {
	local name disks='-device virtio-scsi-pci'
	make_disks >/dev/null 2>&1
	for name in scsi0 scsi1 nvme0 nvme1; do
		disks+=" -drive if=none,id=$name,format=raw,snapshot=on"
		disks+=",file=$BATS_FILE_TMPDIR/$name"
	done
	disks+=" -device scsi-hd,drive=scsi0 -device scsi-hd,drive=scsi1"
	disks+=" -device nvme,serial=a,drive=nvme0"
	disks+=" -device nvme,serial=b,drive=nvme1"
	vm_boot --qemu "$disks"
	vm_ok "for m in virtio_pci virtio_scsi sd_mod sg nvme nvmet ext4 \
		 dm_mod; do kmod-modprobe -q \$m; done
		for i in 1 2 3 4 5 6 7 8 9; do
		[ ! -b /dev/sdb ] || [ ! -b /dev/nvme1n1 ] || break; sleep 0.5
		done; mkdir /scsi /nvme; mount -t ext4 /dev/sda /scsi
		mount -t ext4 /dev/nvme0n1 /nvme; mkdir /scsi/safe /nvme/safe
		echo kept >/scsi/safe/file; echo kept >/nvme/safe/file; sync
		mount -t configfs configfs /sys/kernel/config"
}

setup() {
	requires sealable module:virtio_scsi
}

teardown_file() {
	vm_down
}

# ways() - device of the protected disk, that of the other one, the disks
# themselves, and by what
ways() {
	cat <<'END'
sg	sg	sda	sdb	sg-io
sg	sg	sda	sdb	sg-write
sg	sg	sda	sdb	sg-old-write
sg	sg	sda	sdb	send-command
bsg	bsg	sda	sdb	bsg
bsg	bsg	sda	sdb	bsg-ring
/dev/sda	/dev/sdb	sda	sdb	sg-io
/dev/nvme0n1	/dev/nvme1n1	nvme0n1	nvme1n1	nvme-io
/dev/nvme0n1	/dev/nvme1n1	nvme0n1	nvme1n1	nvme-io64
/dev/nvme0n1	/dev/nvme1n1	nvme0n1	nvme1n1	nvme-submit
/dev/nvme0	/dev/nvme1	nvme0n1	nvme1n1	nvme-io
/dev/ng0n1	/dev/ng1n1	nvme0n1	nvme1n1	nvme-io
/dev/ng0n1	/dev/ng1n1	nvme0n1	nvme1n1	nvme-io64
/dev/ng0n1	/dev/ng1n1	nvme0n1	nvme1n1	nvme-submit
/dev/ng0n1	/dev/ng1n1	nvme0n1	nvme1n1	nvme-ring
END
}

# node(NODE DISK) - the path of it; which number a SCSI disk's other devices get is
# left to chance
node() {
	case $1 in
	sg) _vm_ask "echo /dev/\$(ls /sys/block/$2/device/scsi_generic)" ;;
	bsg) _vm_ask "echo /dev/bsg/\$(ls /sys/block/$2/device/bsg)" ;;
	*) echo "$1" ;;
	esac
}

# there_is(WAY NODE) - does this kernel have it?
there_is() {
	case $1 in
	bsg-ring) _vm_is_since 7.1 || return ;;
	nvme-ring) _vm_is_since 6.0 || return ;;
	esac
	_vm_ask "[ -c $2 ] || [ -b $2 ]"
}

# each(COMMAND) - for every way that there is: COMMAND NODE OTHER DISK SECOND WAY
each() {
	local node other disk second way tried=0
	while read -r node other disk second way <&3; do
		node=$(node "$node" "$disk") && other=$(node "$other" "$second") ||
			return
		there_is "$way" "$node" || continue
		tried=$((tried + 1))
		"$1" "$node" "$other" "$disk" "$second" "$way" ||
			fail "by $way on $node" || return
	done 3< <(ways)
	echo "$tried ways"
	[ "$tried" -ge 10 ]
}

# holds(DISK LETTER) - is that in the block?
holds() {
	vm_ok "echo 3 >/proc/sys/vm/drop_caches; dd if=/dev/$1 bs=512 \
		skip=$BLOCK count=1 2>/dev/null | head -c1"
	[ "$output" = "$2" ]
}

# writes(NODE DISK WAY) - can the disk be written by that?
writes() {
	vm_ok "diskcmd $3 $1 $BLOCK a" && holds "$2" a || return
	vm_ok "diskcmd $3 $1 $BLOCK b" && holds "$2" b
}

first_is_written() { writes "$1" "$3" "$5"; }
second_is_written() { writes "$2" "$4" "$5"; }

@test "unsealed: each way writes the disk" {
	each first_is_written
}

@test "unsealed: a controller takes any command" {
	vm_ok "diskcmd nvme-set /dev/nvme0 && diskcmd nvme-set /dev/nvme1"
}

# Device mapper hands a command on to the disk below, wherever on that it lies.
@test "unsealed: nor is it less for a disk made of a partition" {
	requires module:dm_mod
	vm_ok "dmset create made && dmset load made \
		\"0 32768 linear \$(cat /sys/block/sdb/dev) 0\" &&
		dmset resume made"
	writes /dev/made sdb sg-io
}

@test "unsealed: a drive is asked whether it encrypts itself" {
	vm "blkcmd opal /dev/sda"
	[ "$status" -eq 1 ]
	[[ $output != *"Operation not permitted"* ]]
}

# serve_old(NAME NODE) - a descriptor that is older than the seal
serve_old() {
	! _vm_ask "[ -e $2 ]" || vm_serve "$1" diskcmd serve "$2"
}

# What a target in the kernel itself is made of a disk: nvmet's configuration.
target() {
	vm_ok "cd /sys/kernel/config/nvmet/subsystems && mkdir -p t &&
		mkdir -p t/namespaces/1 &&
		echo -n /dev/$1 >t/namespaces/1/device_path"
	vm "echo 1 >/sys/kernel/config/nvmet/subsystems/t/namespaces/1/enable"
}

target_off() {
	vm_ok "cd /sys/kernel/config/nvmet/subsystems &&
		echo 0 >t/namespaces/1/enable; rmdir t/namespaces/1 t"
}

@test "unsealed: a target in the kernel serves a disk that is mounted" {
	requires module:nvmet
	target nvme0n1
	[ "$status" -eq 0 ]
	target_off
}

@test "the seal goes on" {
	serve_old sg "$(node sg sda)"
	serve_old bsg "$(node bsg sda)"
	serve_old ctrl /dev/nvme0
	serve_old ns /dev/ng0n1
	vm_ok "sha256sum /unhook.ko >/m"
	seal_on protect=/scsi/safe,/nvme/safe manifest=/m watch=1
	[ "$(seal_status door.block-write)" = shut ]
	[ "$(seal_status door.nvme-admin)" = shut ]
	vm_ok "cat /sys/kernel/security/seal/status"
}

first_is_refused() {
	holds "$3" b || return
	log_mark
	vm "diskcmd $5 $1 $BLOCK c"
	refused block-write "what=\"($1|$3)\"" 'by diskcmd\[' \
		'reason=protected$' || return
	holds "$3" b
}

@test "no way writes the disk with what is protected" {
	each first_is_refused
}

@test "nor does a disk made of others hand any on" {
	requires module:dm_mod
	log_mark
	vm "diskcmd sg-io /dev/made $BLOCK c"
	refused block-write 'what="/dev/made"' 'by diskcmd\[' \
		'reason=protected$' || return
	holds sdb b
}

@test "nor is a drive that encrypts itself told to" {
	log_mark
	vm "blkcmd opal /dev/sda"
	refused block-write 'what="/dev/sda"' 'by blkcmd\[' 'reason=protected$'
	log_mark
	vm "blkcmd opal /dev/sdb"
	[[ $output != *"Operation not permitted"* ]]
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "nor does a descriptor that is older than the seal" {
	local name way
	for way in sg:sg-io sg:sg-write sg:sg-old-write sg:send-command \
		bsg:bsg ctrl:nvme-io ns:nvme-io ns:nvme-ring; do
		name=${way%:*} way=${way#*:}
		_vm_ask "[ -e /tmp/$name.do ]" || continue
		[ "$way" != nvme-ring ] || _vm_is_since 6.0 || continue
		log_mark
		vm_told "$name" "$way $BLOCK c"
		refused block-write 'by diskcmd\[' 'reason=protected$' ||
			fail "$way of $name" || return
	done
	holds sda b
	holds nvme0n1 b
}

@test "a disk beside it is written as ever" {
	log_mark
	each second_is_written
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "no controller takes a command that does more than read" {
	local node way
	for node in /dev/nvme0 /dev/nvme1 /dev/nvme0n1 /dev/nvme1n1 /dev/ng1n1; do
		_vm_ask "[ -e $node ]" || continue
		for way in nvme-set nvme-admin nvme-admin64; do
			log_mark
			# Format NVM
			vm "diskcmd $way $node 0x80"
			refused nvme-admin 'what="\(opcode 0x[08][09]\)"' \
				'by diskcmd\[' 'reason=sealed$' ||
				fail "$way on $node" || return
		done
	done
	log_mark
	vm_told ctrl nvme-set
	refused nvme-admin 'what="\(opcode 0x09\)"' 'reason=sealed$'
}

@test "nor any by io_uring" {
	requires kernel:6.0
	log_mark
	vm "diskcmd nvme-admin-ring /dev/nvme1 6"
	refused nvme-admin 'what="/dev/nvme1"' 'reason=sealed$'
}

@test "what reads is let pass" {
	log_mark
	vm_ok "for node in /dev/nvme[01] /dev/nvme[01]n1 /dev/ng[01]n1; do
		[ -e \$node ] || continue
		diskcmd nvme-admin \$node 6 && diskcmd nvme-admin64 \$node 6 &&
			diskcmd nvme-admin \$node 2 || exit
		[ \${node%n1} = \$node ] || diskcmd nvme-id \$node || exit
		done; diskcmd sg-read $(node sg sdb) 0x12"
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "a target in the kernel gets no disk with what is protected" {
	requires module:nvmet
	log_mark
	target nvme0n1
	refused block-write 'what="nvme0n1"' 'reason=protected$'
	target_off
	log_mark
	target nvme1n1
	[ "$status" -eq 0 ]
	target_off
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "nor a controller to hand on" {
	requires config:NVME_TARGET_PASSTHRU
	vm_ok "cd /sys/kernel/config/nvmet/subsystems && mkdir p &&
		echo -n /dev/nvme1 >p/passthru/device_path"
	log_mark
	vm_fails "echo 1 >/sys/kernel/config/nvmet/subsystems/p/passthru/enable"
	[[ $(log_since) == *'seal: refused nvme-admin what="/dev/nvme1"'* ]]
	vm_ok "rmdir /sys/kernel/config/nvmet/subsystems/p"
}

@test "what a protected disk is not asked to write is as it was" {
	vm_ok "echo 3 >/proc/sys/vm/drop_caches; grep kept /scsi/safe/file &&
		grep kept /nvme/safe/file && echo x >/scsi/new &&
		echo x >/nvme/new && sync"
	vm_ok "[ ! -e /dev/made ] || dmset remove made
		mount -t ext4 /dev/sdb /mnt && echo x >/mnt/new && umount /mnt"
}

# The last: nobody refuses any more. What is tried each second does no harm then.
@test "the rounds notice that a function is not guarded" {
	local name names=''
	vm_ok "modload /unhook.ko"
	for name in sg_ioctl sg_write bsg_ioctl bsg_uring_cmd \
		nvme_submit_user_cmd nvme_uring_cmd_io nvme_ctrl_from_file \
		blkdev_get_by_path bdev_file_open_by_path \
		blkdev_get_by_dev bdev_file_open_by_dev; do
		[[ " $(seal_status hooked) " == *" $name "* ]] || continue
		names+=" $name"
		vm_ok "echo $name >/sys/module/unhook/parameters/lose"
	done
	vm_ok "sleep 5"
	for name in $names; do
		[[ " $(seal_status broken.now) " == *" $name "* ]] ||
			fail "$name is not missed" || return
	done
	[ "$(wc -w <<<"$names")" -ge 5 ]
}
