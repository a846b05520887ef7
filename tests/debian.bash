# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A Debian system in the VM, with systemd as process 1: what tests/vm/debian-root
# has installed and tests/vm/debian-boot boots. A suite that loads this file
# and helpers says
#
#	debian_can [KIND] || return 0
#				first; and debian_or_skip in setup; a system with
#				more in it is of the kind --software
#	debian_stage [KIND]	once; then it puts files below $DEBIAN/tree
#	debian_programs FILE NAME...  with that list, if it is wanted there
#	debian_disks		once they all lie there
#	debian_boot [OPTION VALUE]... [PARAM...]
#				boots it, sealed with these parameters before
#				any other module is loaded, or with seal=off;
#				the options are vm_boot's
#	debian_up		waits until systemd is done
#	debian_down NAME	in teardown_file: ends the machine, and that other one
#
# Disks are images that are never written: what a machine writes goes with it.

# debian_root([KIND]) - where the system lies; or why there is none, and returns
# 2 if there can be none for this kernel
debian_root() {
	local kernel=${KERNEL:-cloud-amd64} version
	version=$("$SEAL_TOP/tests/vm/kernel" "$kernel") || return 1
	grep -qE '^CONFIG_VIRTIO_BLK=[ym]' \
		"$SEAL_KERNELS/$version/boot/config-$version" ||
		{ echo "the kernel has no disk to boot from"; return 2; }
	"$SEAL_TOP/tests/vm/debian-root" --have "$@" "$kernel" 2>&1
}

# debian_can([KIND]) - false if there can be no system for this kernel
debian_can() {
	run debian_root "$@"
	[ "$status" -eq 2 ] || return 0
	echo "$output" >"$BATS_FILE_TMPDIR/reason"
	return 1
}

# debian_or_skip() - a test, if debian_can was false
debian_or_skip() {
	[ ! -s "$BATS_FILE_TMPDIR/reason" ] ||
		skip "$(cat "$BATS_FILE_TMPDIR/reason")"
}

# debian_stage([KIND]) - sets $DEBIAN, a directory, and in it below tree the kernel's
# modules and what make install installs; the seal is enabled, as README says
debian_stage() {
	local guard strip=strip
	export DEBIAN=$BATS_FILE_TMPDIR/debian
	DEBIAN_ROOT=$(debian_root "$@") || fail "$DEBIAN_ROOT" || return
	DEBIAN_VERSION=$("$SEAL_TOP/tests/vm/kernel" \
		"${KERNEL:-cloud-amd64}") || return
	export DEBIAN_ROOT DEBIAN_VERSION
	export DEBIAN_TREE=lib/modules/$DEBIAN_VERSION
	mkdir -p "$DEBIAN/tree/$DEBIAN_TREE"
	cp -a --no-preserve=ownership \
		"$SEAL_KERNELS/$DEBIAN_VERSION/$DEBIAN_TREE/." \
		"$DEBIAN/tree/$DEBIAN_TREE/" || return
	# nobody here can do it for another architecture
	[[ $DEBIAN_ROOT == *-"$(dpkg --print-architecture)" ]] || strip=:
	# what is under test is what was built before
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$SEAL_TOP" \
		-o insmod-guard -o "build/seal/$DEBIAN_VERSION/seal.ko" \
		install KVER="$DEBIAN_VERSION" DESTDIR="$DEBIAN/tree" \
		STRIP="$strip" \
		>"$DEBIAN/install.log" 2>&1 ||
		fail "$(cat "$DEBIAN/install.log")" || return
	guard=$SEAL_TOP/build/releases/${DEBIAN_ROOT##*/}/insmod-guard/insmod-guard
	[ ! -e "$guard" ] || cp "$guard" "$DEBIAN/tree/usr/sbin/" || return
	mkdir -p "$DEBIAN/tree/etc/systemd/system/sysinit.target.wants"
	ln -s /usr/lib/systemd/system/seal.service \
		"$DEBIAN/tree/etc/systemd/system/sysinit.target.wants/"
}

# debian_dkms(MODULE) - installs a module of tests/modules where DKMS does;
# prints its path
debian_dkms() {
	install -D -m 644 \
		"$SEAL_TOP/build/tests/modules/$DEBIAN_VERSION/$1.ko" \
		"$DEBIAN/tree/$DEBIAN_TREE/updates/dkms/$1.ko" &&
		echo "/$DEBIAN_TREE/updates/dkms/$1.ko"
}

# debian_programs(FILE, NAME...) - writes there the list of what these programs of
# the system's are made of; here, from its image, since an emulated machine
# takes minutes over a large one
debian_programs() {
	local list=$1 system=$DEBIAN/system
	shift
	mkdir -p "$system/usr" || return
	printf 'rdump %s %s\n' "/usr/bin /usr/sbin /usr/lib /usr/lib64" "$system/usr" \
		/etc "$system" |
		PATH=$PATH:/usr/sbin:/sbin debugfs -f - \
		"$DEBIAN_ROOT/root.ext4" >"$DEBIAN/system.log" 2>&1
	ln -s usr/bin usr/lib usr/lib64 usr/sbin "$system/" || return
	cp -a "$DEBIAN/tree/usr/sbin" "$system/usr/" || return
	"$SEAL_TOP/etc/seal-manifest" --programs --sealed --quiet \
		--root "$system" --output "$list" "$@" >>"$DEBIAN/system.log" 2>&1 ||
		fail "$(tail "$DEBIAN/system.log")" || return
	rm -rf "$system"
}

# debian_disks() - the module tree, indexed, becomes a disk of its own; another
# one is there to be mounted. The rest goes as an archive, in which nobody looks
# for programs: they run with the release's libraries.
debian_disks() {
	local tree=$DEBIAN/tree/$DEBIAN_TREE size
	PATH=$PATH:/usr/sbin:/sbin
	depmod -b "$DEBIAN/tree" "$DEBIAN_VERSION" || return
	size=$(du -sm --apparent-size "$tree" | cut -f1)
	mke2fs -q -t ext4 -L modules -E root_owner=0:0 -d "$tree" \
		"$DEBIAN/modules.ext4" $((size + size / 4 + 64))M \
		>/dev/null || return
	mke2fs -q -t ext4 -L srv -E root_owner=0:0 "$DEBIAN/srv.ext4" 64M \
		>/dev/null || return
	rm -rf "$DEBIAN/tree/lib"
	tar -c --owner=0 --group=0 -f "$DEBIAN/tree.tar" -C "$DEBIAN/tree" .
}

# debian_boot([OPTION VALUE]... [PARAM...])
debian_boot() {
	local words='' disk seal=() options=()
	while [[ ${1-} == --* ]]; do
		options+=("$1" "$2")
		shift 2
	done
	for disk in "$DEBIAN_ROOT/root.ext4" "$DEBIAN/modules.ext4" \
		"$DEBIAN_ROOT/efi.vfat" "$DEBIAN/srv.ext4"; do
		words+=" -drive if=none,id=$(basename "$disk" | tr . -)"
		words+=",format=raw,snapshot=on,file=$disk"
		words+=" -device virtio-blk-pci,drive=$(basename "$disk" |
			tr . -)"
	done
	words+=" -netdev user,id=net,restrict=on"
	words+=" -device virtio-net-pci,netdev=net -device virtio-rng-pci"
	if [ $# -gt 0 ]; then
		echo "$*" >"$DEBIAN/seal-parameters"
		seal=(--file "$DEBIAN/seal-parameters:/seal-parameters")
	else
		seal=(--append seal=off)
	fi
	VM_BOOT_TIMEOUT=300 vm_boot --mem 768 --qemu "$words" "${seal[@]}" \
		--append rdinit=/debian-boot \
		--file "$SEAL_TOP/tests/vm/debian-boot:/debian-boot" \
		--file "$DEBIAN/tree.tar:/debian.tar" \
		--tree "$DEBIAN/tree/etc/seal:/etc/seal" "${options[@]}"
}

# debian_up() - waits until systemd has started all that it should; fails if
# anything of it failed
debian_up() {
	local tries
	for ((tries = 0; tries < 25; tries++)); do
		vm "for i in \$(seq 30); do
			state=\$(systemctl is-system-running)
			case \$state in
			initializing | starting) sleep 1 ;;
			*) break ;;
			esac
		done; echo \$state" || return
		# shellcheck disable=SC2154 # set by vm
		case $output in
		running) return ;;
		initializing | starting) ;;
		*) break ;;
		esac
	done
	vm "systemctl --no-pager --failed; systemctl --no-pager list-jobs
		journalctl -b --no-pager -p warning | tail -n 30"
	fail "the system is not running"
}

# debian_down(NAME) - both, whatever becomes of the first
debian_down() {
	local good=true
	vm_down || good=false
	VM_NAME=$1 vm_down || good=false
	$good
}
