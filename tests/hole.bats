# SPDX-License-Identifier: GPL-2.0
# Holes: they open for the file found at seal time, and only so far. The
# loader here checks nothing: what counts is who is asking.

load helpers

TOOLS=/usr/lib/seal-tests

setup_file() {
	# a PC's firmware keeps a piece of the memory for what it runs
	# shellcheck disable=SC2016 # it is no variable
	vm_boot --qemu "-device VGA -device pci-testdev" \
		--append 'memmap=64K$0x10000000'
	SPARE=$(spare_memory)
	DISPLAY_BAR=$(display_memory)
	case $(vm_arch) in
	amd64) VIDEO=0xa0000 LOW_RAM=0x10000 EDGE_OF_RAM=0x9f000 ;;
	arm64) VIDEO=$DISPLAY_BAR LOW_RAM=0x40000000 EDGE_OF_RAM=0x3ffff000 ;;
	esac
	export SPARE DISPLAY_BAR VIDEO LOW_RAM EDGE_OF_RAM
	vm_ok "cp $TOOLS/modload /loader && cp $TOOLS/memdev /driver &&
		ln /loader /hardlink && ln -s /loader /symlink &&
		cp /loader /copy && mkdir /jail && mkdir /jail/dir &&
		cp /canary.ko /jail/canary.ko && ln /loader /jail/loader"
	LOADERS=/loader DRIVERS=/driver
	[ "$(vm_arch)" = amd64 ] || {
		vm_ok "cp $TOOLS/modload32 /loader32"
		LOADERS+=,/loader32
	}
	[ "$(vm_arch)" != amd64 ] || DRIVERS+=,$TOOLS/ioports
	export LOADERS DRIVERS
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# other_bar() - the address of a memory BAR that is no display's
other_bar() {
	_vm_ask "for d in /sys/bus/pci/devices/*; do
		grep -q ^0x03 \$d/class ||
			awk '\$3 ~ /0x0*4?0200\$/ { print \$1; exit }' \$d/resource
		done | grep -m1 ."
}

@test "unsealed: any program writes device memory" {
	vm_ok memdev map-rw /dev/mem "$VIDEO" 4096
	vm_ok memdev map-rw /dev/mem "$SPARE" 4096
	vm_ok memdev map-rw /dev/mem "$DISPLAY_BAR" 4096
}

@test "unsealed: any program writes low RAM" {
	requires low-ram
	vm_ok memdev map-rw /dev/mem "$LOW_RAM" 4096
	vm_ok memdev write /dev/mem "$LOW_RAM" 16
	vm_ok memdev map-rw /dev/mem "$EDGE_OF_RAM" 8192
}

# In its first page there is room for notes of programs' (0x4f0).
@test "unsealed: any program writes what the firmware keeps for itself" {
	requires arch:amd64
	vm_ok memdev map-rw /dev/mem 0x10000000 4096
}

@test "unsealed: any program writes a PC's firmware" {
	requires arch:amd64
	vm_ok memdev map-rw /dev/mem 0xc0000 0x40000
	vm_ok memdev map-change /dev/mem 0x4f0
	[[ $output == changed* ]]
}

@test "unsealed: any program loads, traced, filtered, in another root" {
	vm_ok "/copy /canary.ko && rmmod canary"
	vm_ok "chroot /jail /loader /canary.ko && rmmod canary"
	vm_ok "under tracer /loader /canary.ko && rmmod canary"
	vm_ok "under filter /loader /canary.ko && rmmod canary"
	vm_ok "under unlocked /loader /canary.ko && rmmod canary"
}

@test "the seal goes on with holes" {
	seal_on "insmod=$LOADERS" "mem_allow=$DRIVERS"
	[ "$(seal_status door.module-load)" = hole ]
	[ "$(seal_status door.mem-write)" = hole ]
	[ "$(seal_status door.ioport)" = hole ]
	[ "$(seal_status door.kcore)" = open ]
}

@test "the loader loads, by every entrance" {
	vm_ok "/loader --finit /canary.ko && rmmod canary"
	vm_ok "/loader --init /canary.ko && rmmod canary"
	vm_ok "$(abi32 /loader) --finit /canary.ko && rmmod canary"
	vm_ok "$(abi32 /loader) --init /canary.ko && rmmod canary"
}

@test "a link to the loader is the loader" {
	vm_ok "/symlink /canary.ko && rmmod canary"
	vm_ok "/hardlink /canary.ko && rmmod canary"
}

@test "another program does not fit" {
	log_mark
	vm modload /canary.ko
	refused module-load 'by modload\[' 'exe="/usr/lib/seal-tests/modload"' \
		'reason=not-in-hole$'
}

@test "a copy does not fit" {
	log_mark
	vm /copy /canary.ko
	refused module-load 'exe="/copy"' 'reason=not-in-hole$'
}

@test "a program that calls itself the loader does not fit" {
	log_mark
	vm callnamed /copy /loader /canary.ko
	refused module-load 'exe="/copy"' 'reason=not-in-hole$'
}

@test "a script does not fit" {
	vm_ok "printf '#!/copy --finit\n' >/script && chmod 755 /script"
	log_mark
	vm /script
	refused module-load 'what="/script"' 'exe="/copy"' \
		'reason=not-in-hole$'
}

@test "another file moved to the path does not fit, the file itself still does" {
	vm_ok "mv /loader /moved && cp /copy /loader"
	log_mark
	vm /loader /canary.ko
	refused module-load 'exe="/loader"' 'reason=not-in-hole$'
	vm_ok "/moved /canary.ko && rmmod canary"
	vm_ok "mv /moved /loader"
}

@test "a file mounted over the path does not fit" {
	vm_ok "mount -o bind /copy /loader"
	log_mark
	vm /loader /canary.ko
	refused module-load 'reason=not-in-hole$'
	vm_ok "umount /loader"
	vm_ok "/loader /canary.ko && rmmod canary"
}

@test "the loader in another root directory does not fit" {
	log_mark
	vm chroot /jail /loader /canary.ko
	refused module-load 'reason=foreign-namespace$'
}

@test "the loader in another mount namespace does not fit" {
	log_mark
	vm unshare -m /loader /canary.ko
	refused module-load 'exe="/loader"' 'reason=foreign-namespace$'
}

@test "the loader under a tracer does not fit" {
	log_mark
	vm under tracer /loader /canary.ko
	refused module-load 'exe="/loader"' 'reason=traced$'
}

@test "the loader under a seccomp filter does not fit" {
	log_mark
	vm under filter /loader /canary.ko
	refused module-load 'exe="/loader"' 'reason=filtered$'
}

@test "the loader that may not lock its memory does not fit" {
	requires config:SWAP
	log_mark
	vm under unlocked /loader /canary.ko
	refused module-load 'exe="/loader"' 'reason=swappable$'
}

@test "the loader's content cannot be changed in place" {
	local how
	for how in 'echo x >>/loader' ': >/hardlink' \
		'dd if=/copy of=/symlink conv=notrunc' 'truncate -s 0 /loader'; do
		vm "$how"
		[ "$status" -ne 0 ]
		[[ $output == *"Text file busy"* ]]
	done
	vm_ok "/loader /canary.ko && rmmod canary"
}

@test "the driver writes device memory" {
	vm_ok /driver map-rw /dev/mem "$VIDEO" 4096
	vm_ok /driver map-rw /dev/mem "$DISPLAY_BAR" 4096
}

@test "the driver writes device memory by write" {
	requires devmem-rw
	vm_ok /driver write /dev/mem "$VIDEO" 16
}

@test "the driver does not get RAM" {
	log_mark
	vm /driver map-rw /dev/mem "$LOW_RAM" 4096
	refused mem-write "what=\"/dev/mem:0x0*${LOW_RAM#0x}\+0x1000\"" \
		'reason=ram$'
	log_mark
	vm /driver write-blind /dev/mem "$LOW_RAM" 16
	refused mem-write 'reason=ram$'
}

@test "the driver does not get a range that begins in a device and ends in RAM" {
	log_mark
	vm /driver map-rw /dev/mem "$EDGE_OF_RAM" 8192
	refused mem-write 'reason=ram$'
}

# As a real Xorg does, to run the display's ROM in an emulator.
@test "the driver gets a copy of a PC's firmware" {
	requires arch:amd64
	vm_ok /driver map-rw /dev/mem 0xc0000 0x40000
	vm_ok /driver map-change /dev/mem 0x4f0
	[[ $output == copied* ]]
	log_mark
	vm /driver write-blind /dev/mem "$SPARE" 16
	refused mem-write 'reason=not-device$'
	log_mark
	vm memdev map-rw /dev/mem 0xc0000 0x40000
	refused mem-write 'reason=not-in-hole$'
}

@test "the driver gets no more than firmware with it" {
	requires arch:amd64
	log_mark
	vm /driver map-rw /dev/mem 0xa0000 0x60000
	refused mem-write 'reason=not-device$'
	log_mark
	vm /driver map-rw /dev/mem 0xff000 0x2000
	refused mem-write 'reason=ram$'
	log_mark
	vm /driver map-rw /dev/mem 0 0x2000
	refused mem-write 'reason=ram$'
}

@test "the driver does not get what is no display's" {
	if [ "$(vm_arch)" != amd64 ]; then
		log_mark
		vm /driver map-rw /dev/mem "$SPARE" 4096
		refused mem-write 'reason=not-device$'
	fi
	log_mark
	vm /driver map-rw /dev/mem "$(other_bar)" 4096
	refused mem-write 'reason=not-device$'
}

# As the kernel got it from the firmware: of EFI's, too, what it runs stands there
# (drivers/firmware/efi: setup_e820), and what ACPI keeps.
firmware_ranges() {
	_vm_ask "sed -nE 's/^0*([1-9a-f][0-9a-f]{5,})-.* : (Reserved|ACPI .*)\$/0x\1/p' /proc/iomem"
}

@test "the driver does not get what the firmware keeps for itself" {
	requires arch:amd64
	local ranges
	ranges=$(firmware_ranges)
	[ "$(wc -l <<<"$ranges")" -ge 2 ]
	[[ $'\n'$ranges == *$'\n'0x10000000* ]]
	for range in $ranges; do
		log_mark
		vm /driver map-rw /dev/mem "$range" 4096
		refused mem-write "what=\"/dev/mem:0x0*${range#0x}\+0x1000\"" \
			'reason=not-device$'
	done
}

@test "the driver's read-only mapping does not become writable" {
	vm /driver map-ro-upgrade /dev/mem "$VIDEO" 4096
	[ "$status" -eq 1 ]
	[[ $output == *"Permission denied"* ]]
}

@test "the port program gets its ports, 64-bit and 32-bit" {
	requires ports
	vm_ok ioports ioperm
	vm_ok ioports iopl
	vm_ok ioports --int80 iopl
}

@test "a copy of the driver does not fit" {
	vm_ok "cp /driver /driver2"
	log_mark
	vm /driver2 open-rw /dev/mem
	refused mem-write 'exe="/driver2"' 'reason=not-in-hole$'
}

@test "/dev/port opens for the driver alone" {
	requires config:DEVPORT
	vm_ok /driver write /dev/port 0x80 1
	log_mark
	vm memdev write /dev/port 0x80 1
	refused mem-write 'what="/dev/port"' 'reason=not-in-hole$'
}
