# SPDX-License-Identifier: GPL-2.0
# What the holes rest on cannot be changed: files, directories, and the block
# devices beneath. Each attack is made on what is not protected, too, and
# succeeds there, without a seal and with it.

load helpers

# Three disks: the first with two partitions, of which one holds a file system
# with what is going to be protected; the second with another file system; the
# third with one that is reached by device mapper.
make_disks() {
	local dir=$BATS_FILE_TMPDIR
	truncate -s 48M "$dir/first"
	# a partition table: two of type 0x83, from 1 MiB and from 33 MiB
	printf '%b' '\0\0\0\0\203\0\0\0\0\010\0\0\0\0\1\0' \
		'\0\0\0\0\203\0\0\0\0\010\1\0\0\120\0\0' |
		dd of="$dir/first" bs=1 seek=446 conv=notrunc status=none
	printf '\125\252' |
		dd of="$dir/first" bs=1 seek=510 conv=notrunc status=none
	/usr/sbin/mke2fs -q -t ext4 -E offset=1048576,root_owner=0:0 \
		"$dir/first" 32M
	truncate -s 16M "$dir/second" "$dir/third"
	/usr/sbin/mke2fs -q -t ext4 -E root_owner=0:0 "$dir/second"
	/usr/sbin/mke2fs -q -t ext4 -E root_owner=0:0 "$dir/third"
}

setup_file() {
	local disks='' name
	make_disks >/dev/null 2>&1
	for name in first second third; do
		disks+=" -drive if=none,id=$name,format=raw,snapshot=on"
		disks+=",file=$BATS_FILE_TMPDIR/$name"
		disks+=" -device virtio-blk-pci,drive=$name"
	done
	vm_boot --qemu "$disks"
	_vm_has_module virtio_blk || return 0
	vm_ok "for m in virtio_pci virtio_blk ext4 loop dm_mod; do
		kmod-modprobe -q \$m; done
		for i in 1 2 3 4 5 6 7 8 9; do
		[ ! -b /dev/vda2 ] || [ ! -b /dev/vdc ] || break; sleep 0.5; done
		mkdir /disk /other; mount -t ext4 /dev/vda1 /disk
		mount -t ext4 /dev/vdb /other && mkdir /disk/mnt
		mkdir /stack; tamper linear /dev/vdc stack
		mount -t ext4 /dev/stack /stack && echo x >/stack/file
		cat >/make <<'END'
# make DIR: what the attacks are made on
rm -rf \$1; mkdir -p \$1/sub \$1/way/in && cd \$1 || exit
for f in file sub/deep way/in/file; do
	dd if=/dev/zero of=\$f bs=4096 count=16 2>/dev/null; done
tamper set-xattr file trusted.t; tamper set-xattr file user.u
mknod fifo p; ln -s file symlink; mkswap file >/dev/null
rm -f /disk/else /disk/link; echo free >/disk/free
END
		for d in open shut alone; do sh /make /disk/\$d || exit; done
		cp /usr/lib/seal-tests/puppet /disk/prog; echo x >/disk/manifest"
}

setup() {
	requires sealable module:virtio_blk
}

teardown_file() {
	vm_down
}

# The attacks on a directory $d, and on what is below. Each line: of what sort, a
# name, and the shell's commands.
attacks() {
	cat <<'END'
content:write:echo x >$d/file
content:write below:echo x >$d/sub/deep
content:append:tamper append $d/file
content:truncate:tamper truncate $d/file
content:punch:tamper punch $d/file
content:write by handle:tamper by-handle $d/file
content:write through a symlink:echo x >$d/symlink
content:swap:swapon $d/file
attributes:touch:tamper times $d/file
attributes:chmod:chmod 777 $d/file
attributes:chmod of the directory:chmod 777 $d
attributes:chown:chown 1 $d/file
attributes:chattr:tamper immutable $d/file
attributes:chattr of the directory:tamper immutable $d
attributes:ACL:tamper set-acl $d/file
attributes:xattr trusted:tamper set-xattr $d/file trusted.x
attributes:xattr user:tamper set-xattr $d/file user.x
attributes:xattr security:tamper set-xattr $d/sub security.x
attributes:xattr removed:tamper remove-xattr $d/file trusted.t
entries:create:echo x >$d/new
entries:create below:echo x >$d/sub/new
entries:mkdir:mkdir $d/new
entries:symlink:ln -s file $d/new
entries:mknod:mknod $d/new p
entries:nameless file:tamper tmpfile $d
entries:unlink:rm -f $d/file
entries:unlink of a symlink:rm -f $d/symlink
entries:unlink below:rm -f $d/sub/deep
entries:rename within:mv $d/file $d/new
entries:rename away:mv $d/file /disk/else
entries:rename over:mv -f /disk/free $d/file
entries:rename into:mv /disk/free $d/sub/new
entries:exchange:tamper exchange /disk/free $d/file
entries:link:ln $d/file /disk/link
entries:link of a descriptor:tamper link-fd $d/file /disk/link
entries:rename of the directory:mv $d /disk/else
mounts:bind over a file:tamper bind-over $d/file /disk/free
mounts:over a directory:tamper mount-over $d/sub
mounts:over the top:tamper mount-over $d
mounts:moved over, by the new system call:tamper mount-clone-over $d /disk/mnt
END
}

# What an attack that succeeded did is taken back.
# shellcheck disable=SC2016 # for the guest's shell
undo='swapoff $d/file; losetup -d /dev/loop0; umount $d/file; umount $d/sub
umount $d; rm -rf /disk/else /disk/link; sh /make /disk/open'

# each_succeeds() - asserts it of all attacks, where nothing is protected
each_succeeds() {
	local name command failed=''
	while IFS=: read -r _ name command; do
		vm "d=/disk/open; $command" || return
		[ "$status" -eq 0 ] || failed+="$name: $output"$'\n'
		vm "d=/disk/open; { $undo; } 2>/dev/null" || return
	done < <(attacks)
	[ -z "$failed" ] || fail "these failed:"$'\n'"$failed"
}

# each_is_refused(SORT) - asserts it of these, where all is protected: nothing
# has changed, and one line says who tried
each_is_refused() {
	local sort name command before failed=''
	local state='cd /disk/shut; ls -la . sub; cat file sub/deep | md5sum'
	before=$(_vm_ask "$state")
	while IFS=: read -r sort name command; do
		[ "$sort" = "$1" ] || continue
		log_mark
		vm "d=/disk/shut; $command" || return
		refused file-change 'what="/disk/shut' 'reason=protected$' ||
			failed+="$name"$'\n'
		[ "$(_vm_ask "$state")" = "$before" ] ||
			failed+="$name has changed something"$'\n'
	done < <(attacks)
	[ -z "$failed" ] || fail "not so:"$'\n'"$failed"
}

@test "without the seal each attack on files succeeds" {
	each_succeeds
}

@test "without the seal each attack on block devices succeeds" {
	vm_ok "set -e; losetup /dev/loop0 /disk/open/file
		memdev write /dev/loop0 0 4096; losetup -d /dev/loop0"
	vm_ok "set -e; mount --make-shared /disk; tamper mount-elsewhere /disk/open/sub
		grep ' /disk/open/sub ' /proc/mounts; umount /disk/open/sub
		mount --make-private /disk"
	vm_ok "set -e; mkdir -p /peer; mount -t tmpfs none /peer
		mount --make-shared /
		tamper umount-elsewhere /peer
		mount --make-private /; ! grep ' /peer ' /proc/mounts"
	vm_ok "set -e; memdev write /dev/vda 1048576 4096; memdev write /dev/vda1 0 4096"
	vm_ok "set -e; memdev map-rw /dev/vda1 0 4096; tamper zero-out /dev/vda2"
	vm_ok "set -e; tamper linear /dev/vda2 early; memdev write /dev/early 0 4096"
	vm_ok "set -e; memdev write /dev/vdc 0 4096; memdev write /dev/stack 0 4096
		tamper linear /dev/vdc side && memdev write /dev/side 0 4096"
	vm_serve old tamper serve /dev/vda1
	vm_told old map
	[ "$status" -eq 0 ]
	vm_serve olddisk tamper serve /dev/vda
	vm_serve oldpart tamper serve /dev/vda2
}

@test "what is open for writing is not protected: the load fails" {
	vm_serve writer tamper serve /disk/shut/sub/deep
	seal_fails 'protect="/disk/shut": "/disk/shut/sub/deep": somebody has it open for writing' \
		protect=/disk/shut
	vm "echo quit >/tmp/writer.do"
	vm_ok "set -e; d=/disk/shut; echo x >\$d/new; rm \$d/new; chmod 644 \$d/file"
}

@test "what is not there, or elsewhere, is not protected: the load fails" {
	seal_fails 'protect="/nowhere": cannot be protected: -ENOENT' \
		protect=/nowhere
	seal_fails 'protect="disk/shut": the path is not absolute' \
		protect=disk/shut
	seal_fails 'protect="": the list has an empty entry' protect=/disk/shut,
	seal_fails 'protect="/proc/1": .*: its file system is on no local disk' \
		protect=/proc/1
}

@test "a device mapped for writing: the load fails" {
	vm_serve mapper memdev serve /dev/vda1 rw
	vm_told mapper keep-map 0 4096
	[ "$status" -eq 0 ] || skip "cannot be kept mapped: $output"
	seal_fails 'block device [0-9]+:1, .*mapped for writing' \
		protect=/disk/shut
	vm "echo quit >/tmp/mapper.do"
}

@test "the seal goes on" {
	seal_on insmod=/disk/prog protect=/disk/shut,/disk/alone/file,/disk/alone/way/in,/stack/file
	[ "$(seal_status door.file-change)" = shut ]
	[ "$(seal_status door.block-write)" = shut ]
	vm_ok "cat /sys/kernel/security/seal/status"
}

@test "who looks a file up, opens or reads it comes by no hook" {
	local name
	for name in inode_permission generic_permission link_path_walk \
		security_inode_permission security_inode_getattr \
		security_file_open security_file_permission do_sys_openat2 \
		vfs_open vfs_read vfs_write ext4_file_open; do
		[[ " $(seal_status hooked) " != *" $name "* ]] ||
			fail "$name is hooked" || return
	done
}

@test "with the seal each attack on what is not protected succeeds" {
	log_mark
	each_succeeds
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "content is not changed: write, append, truncate, punch, swap" {
	each_is_refused content
}

@test "attributes are not: chmod, chown, touch, chattr, ACLs, xattrs" {
	each_is_refused attributes
}

@test "names are not: create, unlink, rename away, over and into, link" {
	each_is_refused entries
}

@test "nothing is mounted over it" {
	each_is_refused mounts
}

# names() - where what is protected is, and what is mounted
names() {
	_vm_ask "ls -i /disk/alone/file /disk/shut /disk/shut/sub
		ls -l /disk/alone/file; ls /disk/link; cat /proc/mounts" || true
}

# Some of these functions BPF can answer for. Whatever it says but "no objection"
# is one, so that nothing is done; and with that, the gate is asked.
@test "an answer that BPF forges lets nothing pass [zero, positive]" {
	local fn value before
	before=$(names)
	for fn in security_inode_unlink security_inode_rename \
		security_inode_link security_inode_setxattr security_sb_mount \
		security_sb_umount; do
		for value in 0 4096; do
			# the guest's init unlinks files, and believes an error
			[ "$fn$value" != security_inode_unlink4096 ] || continue
			vm "rm -f /tmp/bpf; mkfifo /tmp/bpf
				{ fmodret $fn $value /tmp/bpf & }
				timeout 20 cat /tmp/bpf"
			vm "rm -f /disk/alone/file; mv /disk/alone/file /disk/else
				mv -f /disk/free /disk/alone/file
				ln /disk/alone/file /disk/link
				tamper set-xattr /disk/alone/file trusted.forged
				tamper mount-over /disk/shut/sub; umount -l /disk"
			vm "killall fmodret; echo free >/disk/free"
			[ "$(names)" = "$before" ] ||
				fail "$fn answers $value: $(names)" || return
		done
	done
	log_again
}

# shellcheck disable=SC2016 # for the guest's shell
@test "a file whose directory is not protected: its name stays" {
	local act
	for act in 'rm -f $f' 'mv $f /disk/else' 'mv -f /disk/free $f' \
		'tamper exchange /disk/free $f' 'tamper exchange $f /disk/free' \
		'ln $f /disk/link' 'echo x >$f' 'chmod 777 $f'; do
		log_mark
		vm "f=/disk/alone/file; $act"
		refused file-change 'what="/disk/alone/file"' 'reason=protected$'
	done
	vm_ok "echo x >/disk/alone/new && rm /disk/alone/new"
}

# shellcheck disable=SC2016
@test "the way to what is protected stays: directories, mounts" {
	local act
	for act in 'mv $w /disk/else' 'tamper exchange $w /disk/mnt' \
		'tamper mount-over $w' 'tamper bind-over $w /disk/mnt'; do
		log_mark
		vm "w=/disk/alone/way; $act"
		refused file-change 'what="/disk/alone/way"' 'reason=protected$'
	done
	log_mark
	vm "tamper mount-over /disk"
	refused file-change 'what="/disk"' 'reason=protected$'
	log_mark
	vm "umount -l /disk"
	refused file-change 'reason=protected$'
	log_mark
	vm "mkdir -p /elsewhere; tamper move-old /disk /elsewhere"
	refused file-change 'reason=protected$'
	log_mark
	vm "tamper move-mount /disk /elsewhere"
	refused file-change 'reason=protected$'
	vm_ok "set -e; echo x >/disk/alone/way/new; mount --bind /disk /elsewhere
		umount /elsewhere"
}

# By the time the kernel looks its name up, it may lead to one that is to stay.
@test "out of the initramfs, no mount is moved by its name" {
	vm_ok "set -e; mkdir /jail; mount -t tmpfs none /jail
		cp /usr/lib/seal-tests/tamper /jail; mkdir /jail/a /jail/b /jail/c
		mount -t tmpfs none /jail/a; tamper move-old /jail/a /jail/b"
	log_mark
	vm "chroot /jail /tamper move-old /b /c"
	refused file-change 'reason=protected$'
	vm_ok "umount /jail/b && umount /jail"
}

@test "a mount does not come over it by propagation" {
	vm_ok "mount --make-shared /disk"
	log_mark
	vm "tamper mount-elsewhere /disk/shut/sub"
	refused file-change 'what="/disk/shut/sub"' 'reason=protected$'
}

# What the namespace sees is a copy of the mount: it goes with the original.
@test "a mount does not go by propagation" {
	vm_ok "mount --make-shared /"
	log_mark
	vm "tamper umount-elsewhere /disk"
	refused file-change 'what="/disk"' 'reason=protected$'
	vm_ok "[ -e /disk/shut/file ]"
	vm_ok "mount --make-private /"
}

@test "another mount namespace mounts over it for itself" {
	vm_ok "unshare -m --propagation private sh -c '
		mount -t tmpfs none /disk/shut/sub && [ ! -e /disk/shut/sub/deep ]'"
	vm_ok "[ -e /disk/shut/sub/deep ]"
}

@test "a loop device over it is for reading" {
	log_mark
	vm "losetup /dev/loop0 /disk/shut/file && memdev write /dev/loop0 0 4096"
	refused file-change 'what="/disk/shut/file"' 'by losetup\['
	vm_ok "memdev read /dev/loop0 0 4096 && losetup -d /dev/loop0"
}

@test "it is read, run, looked at and mapped as ever" {
	vm_ok "set -e; cat /disk/shut/file >/dev/null; ls -laR /disk/shut >/dev/null
		/disk/prog true; losetup -r /dev/loop1 /disk/shut/file
		losetup -d /dev/loop1; [ -r /disk/shut/file ]"
}

@test "who may not write anyway gets the kernel's own refusal and no line" {
	log_mark
	vm "su -s /bin/sh nobody -c 'echo x >/disk/shut/file'"
	[[ $output == *"Permission denied"* ]]
	vm_fails "tamper access /disk/shut/file"
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "a hole's program is protected by itself" {
	log_mark
	vm "echo x >>/disk/prog"
	refused file-change 'what="/disk/prog"' 'reason=protected$'
	log_mark
	vm "mv -f /disk/free /disk/prog"
	refused file-change 'what="/disk/prog"' 'reason=protected$'
}

# --- block devices ---

@test "the device that holds it is not opened for writing [partition, disk]" {
	local dev
	for dev in vda1 vda; do
		log_mark
		vm "memdev open-rw /dev/$dev"
		refused block-write "what=\"/dev/$dev\"" 'reason=protected$'
		log_mark
		vm "memdev open-wo /dev/$dev"
		refused block-write 'reason=protected$'
		vm_ok "memdev open-ro /dev/$dev && memdev read /dev/$dev 0 4096"
	done
}

@test "nor by a node of another name" {
	vm_ok "cp -a /dev/vda1 /tmp/innocent"
	log_mark
	vm "dd if=/dev/zero of=/tmp/innocent bs=4096 count=1 conv=notrunc"
	refused block-write 'what="/tmp/innocent"' 'reason=protected$'
}

@test "an old descriptor does not write, punch, zero or map" {
	local act
	for act in write punch zero-out; do
		log_mark
		vm_told old "$act"
		refused block-write 'what="/dev/vda1"' 'reason=protected$'
		log_mark
		vm_told olddisk "$act"
		refused block-write 'what="/dev/vda"' 'reason=protected$'
	done
	vm_told old map
	[[ $output == *"Operation not permitted"* ]]
	vm_told olddisk map
	[[ $output == *"Operation not permitted"* ]]
}

@test "a command for the device itself is refused" {
	log_mark
	vm "tamper send-command /dev/vda"
	refused block-write 'what="/dev/vda"' 'reason=protected$'
	# another partition's device hands it to the same disk
	log_mark
	vm "tamper send-command /dev/vda2"
	refused block-write 'what="/dev/vda2"' 'reason=protected$'
	log_mark
	vm "tamper send-command /dev/vdb"
	[[ $output != *"Operation not permitted"* ]]
}

@test "a loop device over it is refused" {
	log_mark
	vm "losetup /dev/loop2 /dev/vda && memdev write /dev/loop2 1048576 4096"
	refused block-write 'what="/dev/vda"' 'by losetup\[' 'reason=protected$'
	vm "losetup -d /dev/loop2"
}

@test "nor what it is made of, what else is made of that, or will be" {
	local dev
	for dev in stack vdc side; do
		log_mark
		vm "memdev write /dev/$dev 0 4096"
		refused block-write "what=\"/dev/$dev\"" 'reason=protected$'
	done
	log_mark
	vm "tamper linear /dev/vdc later"
	refused block-write 'what="dm-[0-9]+"' 'reason=protected$'
	vm_fails "memdev write /dev/later 0 4096"
	vm_ok "echo x >/stack/new; sync; [ -e /stack/new ]"
}

@test "another partition and another disk are written as ever" {
	log_mark
	vm_ok "set -e; memdev write /dev/vda2 0 4096; tamper zero-out /dev/vda2
		memdev map-rw /dev/vda2 0 4096; umount /other
		memdev write /dev/vdb 0 4096; mount -t ext4 /dev/vdb /other"
	vm_told oldpart write
	[ "$status" -eq 0 ]
	vm_ok "set -e; memdev write /dev/early 0 4096; tamper linear /dev/vda2 late
		memdev write /dev/late 0 4096"
	[[ $(log_since) != *"seal: refused"* ]]
}

@test "the mounted file system works on" {
	vm_ok "set -e; dd if=/dev/urandom of=/disk/big bs=1M count=4; sync
		sum=\$(md5sum </disk/big); echo 3 >/proc/sys/vm/drop_caches
		[ \"\$(md5sum </disk/big)\" = \"\$sum\" ] && rm /disk/big"
}
