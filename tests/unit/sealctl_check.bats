# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output and root are set elsewhere
# shellcheck disable=SC2030,SC2031 # output is set by run, in each test
# sealctl check: each thing it looks for, found and not found, on a made-up
# system below $root on which nothing would break.

load sealctl

setup() {
	sealctl_setup
	modules=$root/lib/modules/6.1
	mkdir -p "$root/proc/sys/kernel" "$root/sys/kernel/security" \
		"$root/sys/power" "$modules/kernel" "$root/etc/seal" \
		"$root/etc/modprobe.d" "$root/sbin"
	echo 6.1 >"$root/proc/sys/kernel/osrelease"
	echo 1 >"$root/proc/sys/kernel/ftrace_enabled"
	echo 0 >"$root/proc/sys/kernel/modules_disabled"
	echo /sbin/insmod-guard >"$root/proc/sys/kernel/modprobe"
	echo quiet >"$root/proc/cmdline"
	: >"$root/proc/modules"
	: >"$root/sbin/insmod-guard"
	echo 0 >"$root/sys/kernel/kexec_loaded"
	echo 0 >"$root/sys/kernel/kexec_crash_loaded"
	echo '[none] integrity confidentiality' \
		>"$root/sys/kernel/security/lockdown"
	echo '[platform] shutdown reboot' >"$root/sys/power/disk"
}

# finds(TEXT...) - these findings, and no other
finds() {
	local text
	try check --root "$root"
	[ "$status" -eq 1 ] || return
	for text; do
		[[ $output == *"$text"* ]] || return
	done
	[ "$(findings)" -eq $# ] || return
	nothing_left
}

# findings() - how many: what stands above the empty line, but for notes
findings() {
	sed '/^$/,$d' <<<"$output" | grep -vc '^note: '
}

finds_nothing() {
	try check --root "$root"
	[ "$status" -eq 0 ] || return
	[ "$(findings)" -eq 0 ] || return
	[[ $output == *"nothing was found that would break"* ]] || return
	nothing_left
}

# recommends(PARAMETERS)
recommends() {
	[[ $output == *$'\n'"    insmod seal.ko${1:+ $1}"$'\n'* ]] || return
	[ -z "$1" ] || [[ $output == *$'\n'"    options seal $1    # /etc/modprobe.d/seal.conf" ]]
}

# module(NAME, TAINTS, TEXT, [PATH]) - one that is loaded, of that content
module() {
	local path=${4-$modules/kernel/$1.ko}
	echo "${1//-/_} 16384 0 - Live 0x0000000000000000${2:+ ($2)}" \
		>>"$root/proc/modules"
	[ -z "$path" ] || {
		mkdir -p "${path%/*}"
		printf '%s' "$3" >"$path"
	}
}

SIGNED=$'ELF\n~Module signature appended~\n'

# lists(FILE...) - the manifest does
lists() {
	sha256sum "$@" >>"$root/etc/seal/modules.sha256"
}

# process(PID, COMM, EXE)
process() {
	local it=$root/proc/$1
	mkdir -p "$it/fd" "$it/fdinfo"
	echo "$2" >"$it/comm"
	ln -s "$3" "$it/exe"
	mkdir -p "$root${3%/*}"
	: >"$root$3"
	: >"$it/maps"
}

# holds(PID, FD, TARGET, FLAGS)
holds() {
	ln -s "$3" "$root/proc/$1/fd/$2"
	printf 'pos:\t0\nflags:\t%s\nmnt_id:\t25\n' "$4" \
		>"$root/proc/$1/fdinfo/$2"
}

@test "a system where nothing would break: 0, and the line without parameters" {
	rm "$root/proc/sys/kernel/modprobe"
	finds_nothing
	recommends ""
	[[ $output == *"/etc/modprobe.d/seal.conf: no options"* ]]
	[[ $output == *"note: the kernel's own lockdown: "* ]]
}

@test "errors: 2, in one line" {
	local state
	try check --root "$root" operand
	[ "$status" -eq 2 ]
	try check --root "$root/nowhere"
	[ "$status" -eq 2 ]
	[[ $output == *"is not a directory" ]]
	try check --json
	[ "$status" -eq 2 ]
	mkdir -p "$root/sys/module/seal" "$node"
	try check --root "$root"
	[ "$status" -eq 2 ]
	[[ $output == *"the seal is loaded, but "*"/status cannot be read; are you root?" ]]
	for state in sealed broken sealing; do
		echo "state: $state" >"$node/status"
		try check --root "$root"
		[ "$status" -eq 2 ]
		[[ $output == *"this system is sealed already; see sealctl status" ]]
	done
	rm -r "$root/sys/module/seal" "$node" "$root/proc"
	try check --root "$root"
	[ "$status" -eq 2 ]
	[[ $output == *"there is no $root/proc; mount it" ]]
	rm -r "$root/sys"
	try check --root "$root"
	[ "$status" -eq 2 ]
	[[ $output == *"mount sysfs" ]]
	run env TMPDIR=/nonesuch "$sealctl" check --root "$root"
	[ "$status" -eq 2 ]
	nothing_left
}

@test "not root: 2" {
	requires root setpriv
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
	cp -r "$sealctl" "$sealctl-parts" "$root"
	run env TMPDIR=/tmp setpriv --reuid 65534 --clear-groups \
		"$root/sealctl" check
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"are you root?" ]]
}

@test "ftrace is off: found; it is on: not" {
	finds_nothing
	echo 0 >"$root/proc/sys/kernel/ftrace_enabled"
	finds "kernel.ftrace_enabled=0: "
}

@test "no module can be loaded: found" {
	echo 1 >"$root/proc/sys/kernel/modules_disabled"
	finds "kernel.modules_disabled=1: "
	echo 0 >"$root/proc/sys/kernel/modules_disabled"
	finds_nothing
	rm "$root/proc/modules"
	finds "there is no /proc/modules: "
}

@test "the kernel wants modules signed, by lockdown or by itself: found" {
	echo 'none [integrity] confidentiality' \
		>"$root/sys/kernel/security/lockdown"
	finds "lockdown: none [integrity] confidentiality: "
	rm "$root/sys/kernel/security/lockdown"
	finds_nothing
	[[ $output == *"note: the kernel's own lockdown: not there"* ]]
	mkdir -p "$root/sys/module/module/parameters"
	echo N >"$root/sys/module/module/parameters/sig_enforce"
	finds_nothing
	echo Y >"$root/sys/module/module/parameters/sig_enforce"
	finds "module.sig_enforce=Y: "
}

@test "Secure Boot: said, never a finding" {
	local efi=$root/sys/firmware/efi/efivars
	finds_nothing
	[[ $output == *"note: Secure Boot: unknown; the seal does not need it"* ]]
	mkdir -p "$efi"
	printf '\6\0\0\0\1' >"$efi/SecureBoot-8be4df61"
	finds_nothing
	[[ $output == *"note: Secure Boot: on;"* ]]
	printf '\6\0\0\0\0' >"$efi/SecureBoot-8be4df61"
	finds_nothing
	[[ $output == *"note: Secure Boot: off;"* ]]
}

@test "modules: unlisted is found, listed is not" {
	module one '' one
	module two-b OE two
	lists "$modules/kernel/one.ko"
	finds "module two_b (out of tree, /lib/modules/6.1/kernel/two-b.ko): it is neither listed nor signed"
	recommends "manifest=/etc/seal/modules.sha256"
	[[ $output == *"    seal-manifest    # before,"* ]]
	lists "$modules/kernel/two-b.ko"
	finds_nothing
	recommends "manifest=/etc/seal/modules.sha256"
	[[ $output != *"    seal-manifest "* ]]
}

@test "modules: the image of a compressed one counts, as seal-manifest has it" {
	local suffix
	requires xz zstd gzip
	for suffix in xz zst gz; do
		module "m$suffix" '' "it is $suffix"
		case $suffix in
		xz) xz "$modules/kernel/mxz.ko" ;;
		zst) zstd -q --rm "$modules/kernel/mzst.ko" ;;
		gz) gzip "$modules/kernel/mgz.ko" ;;
		esac
	done
	finds "module mxz " "module mzst " "module mgz "
	"${sealctl%/*}/seal-manifest" --root "$root" --quiet
	finds_nothing
	# one that is not what was listed, and one that is nothing
	printf 'another' | gzip >"$modules/kernel/mgz.ko.gz"
	echo nothing >"$modules/kernel/mxz.ko.xz"
	finds "module mgz (/lib/modules/6.1/kernel/mgz.ko.gz): it is neither" \
		"module mxz (/lib/modules/6.1/kernel/mxz.ko.xz): it cannot be read or unpacked"
}

@test "modules: signed ones are one finding, trust_signed=1 the remedy" {
	local n
	for n in 1 2 3 4 5 6; do
		module "s$n" '' "$SIGNED$n"
		module "t$n" '' "$n$SIGNED"
	done
	lists "$modules"/kernel/s*.ko
	finds "6 signed modules (t1 t2 t3 t4 t5 ...): "
	recommends "manifest=/etc/seal/modules.sha256 trust_signed=1"
	lists "$modules"/kernel/t*.ko
	finds_nothing
}

@test "modules: no signature that the kernel did not trust" {
	module foreign OE "$SIGNED"
	finds "module foreign (out of tree, /lib/modules/6.1/kernel/foreign.ko): it is not listed, and its signature is by no key"
	lists "$modules/kernel/foreign.ko"
	finds_nothing
}

@test "modules: raw access wants a listing, signed or not" {
	module uio_pci_generic '' "$SIGNED"
	module i2c-dev '' "$SIGNED 2"
	module video '' "$SIGNED"
	sed -i /video/d "$root/proc/modules"
	finds "module uio_pci_generic (/lib/modules/6.1/kernel/uio_pci_generic.ko): it gives raw access" \
		"module i2c_dev "
	lists "$modules"/kernel/{uio_pci_generic,i2c-dev}.ko
	finds_nothing
}

@test "modules: what gives raw access is what the module says" {
	local theirs ours
	theirs=$(sed -n '/names\[\] = {/,/^};/p' \
		"${sealctl%/*}/../seal/raw_access.c" |
		grep -o '"[a-z0-9*][^"]*"' | tr -d '"' | sort)
	ours=$(sed -n "/^RAW_ACCESS='/,/'\$/p" \
		"$sealctl-parts/check-modules.sh" |
		grep -o '[a-z0-9*][a-z0-9_*]*' | sort)
	[ -n "$theirs" ]
	[ "$theirs" = "$ours" ]
}

@test "modules: of no file, found; built in or the manifest's way, not" {
	module gone O '' ''
	module inside '' '' ''
	echo kernel/drivers/inside.ko >"$modules/modules.builtin"
	finds "module gone (out of tree, not below /lib/modules/6.1): what it was loaded from is not known"
	[[ $output == *"note: module inside is built in"* ]]
}

@test "modules: the manifest that seal.conf names, and one that is no good" {
	module one '' one
	sha256sum "$modules/kernel/one.ko" >"$root/etc/seal/mine"
	finds "module one "
	echo 'options seal read=no manifest=/etc/seal/mine watch=60' \
		>"$root/etc/modprobe.d/seal.conf"
	finds_nothing
	recommends "manifest=/etc/seal/mine read=no watch=60"
	echo 'no digest' >>"$root/etc/seal/mine"
	finds "/etc/seal/mine: the seal would not take it: line 2: it does not begin with" \
		"module one "
}

@test "what is recommended, put into seal.conf: nothing is found any more" {
	module ext4 '' "$SIGNED"
	process 100 Xorg /usr/lib/xorg/Xorg
	process 101 systemd-udevd /lib/systemd/systemd-udevd
	process 102 tool /usr/bin/tool
	holds 100 4 /dev/mem 0104002
	holds 102 3 /dev/cpu/1/msr 0100002
	holds 102 4 /dev/snapshot 0100002
	holds 102 5 /sys/kernel/debug/x 0100002
	holds 102 6 /sys/devices/pci0000:00/0000:00:02.0/resource0 0100002
	echo 1 >"$root/sys/kernel/kexec_crash_loaded"
	echo 'resume=/dev/sda2' >"$root/proc/cmdline"
	echo /sbin/modprobe >"$root/proc/sys/kernel/modprobe"
	finds "1 signed modules" Xorg udevd msr snapshot debug/x resource0 \
		crashes "hibernation is" modprobe
	local line=${output##*    options } conf=$root/etc/modprobe.d/seal.conf
	line=${line%%    # *}
	echo "options $line watch=60" >"$conf"
	finds_nothing
	recommends "${line#seal } watch=60"
	# and without it, something is
	local word
	for word in trust_signed=1 debugfs hibernation kexec pci_access \
		'/usr/bin/tool:msr,' ',/usr/lib/xorg/Xorg'; do
		echo "options ${line/$word/}" >"$conf"
		try check --root "$root"
		[ "$status" -eq 1 ]
		[ "$(findings)" -ge 1 ]
	done
	echo "options $line insmod=/sbin/insmod-guard" >"$conf"
	finds systemd-udevd kernel.modprobe
}

@test "the key is recommended where the manifest is signed" {
	module one '' one
	lists "$modules/kernel/one.ko"
	: >"$root/etc/seal/seal.x509"
	finds_nothing
	recommends "manifest=/etc/seal/modules.sha256"
	: >"$root/etc/seal/modules.sha256.p7s"
	finds_nothing
	recommends "manifest=/etc/seal/modules.sha256 key=/etc/seal/seal.x509"
}

@test "the lists are to be written where the parameters name them, and signed" {
	local conf=$root/etc/modprobe.d/seal.conf
	module one '' one
	echo 'options seal manifest=/etc/seal/mine key=/etc/seal/seal.x509' >"$conf"
	finds "module one "
	[[ $output == *$'\n    seal-manifest --output /etc/seal/mine    # before, so that /etc/seal/mine lists the above, and sign it\n'* ]]
	lists "$modules/kernel/one.ko"
	echo 'options seal mem_allow=/a programs=/etc/seal/ours' >"$conf"
	finds_nothing
	[[ $output == *"    seal-manifest --output /etc/seal/ours --programs /a    # before"* ]]
}

@test "DKMS: what was built and is not listed is found, once" {
	local built=$root/var/lib/dkms/zfs/2.1/6.1/x86_64/module
	mkdir -p "$modules/updates/dkms" "$built" "$root/lib/modules/5.10/extra"
	echo seal >"$modules/updates/seal.ko"
	finds_nothing
	echo zfs >"$built/zfs.ko"
	finds "/var/lib/dkms/zfs/2.1/6.1/x86_64/module/zfs.ko: it was built here and is not listed"
	cp "$built/zfs.ko" "$modules/updates/dkms/"
	echo other >"$root/lib/modules/5.10/extra/other.ko"
	finds "/zfs.ko: it was built here" \
		"/lib/modules/5.10/extra/other.ko: it was built here"
	# loaded, it is told as that, and not again
	module zfs OE zfs "$modules/updates/dkms/zfs.ko"
	rm -r "$built"
	finds "module zfs (out of tree, /lib/modules/6.1/updates/dkms/zfs.ko)" \
		"other.ko"
	lists "$modules/updates/dkms/zfs.ko" "$root/lib/modules/5.10/extra/other.ko"
	finds_nothing
}

@test "kernel.modprobe: another program than the loader is found" {
	finds_nothing
	recommends "insmod=/sbin/insmod-guard"
	[[ $output == *"    seal-manifest --programs /sbin/insmod-guard    # before"* ]]
	echo /sbin/modprobe >"$root/proc/sys/kernel/modprobe"
	finds "kernel.modprobe=/sbin/modprobe: the kernel loads on demand by this program, which is not /sbin/insmod-guard; manifest= or trust_signed=1"
	recommends "trust_signed=1"
	# the same by another name
	ln -s insmod-guard "$root/sbin/modprobe"
	finds_nothing
	# nobody
	echo >"$root/proc/sys/kernel/modprobe"
	finds_nothing
	recommends ""
	echo 'options seal insmod=/sbin/a,/sbin/b' \
		>"$root/etc/modprobe.d/seal.conf"
	echo /sbin/b >"$root/proc/sys/kernel/modprobe"
	finds_nothing
	echo /sbin/insmod-guard >"$root/proc/sys/kernel/modprobe"
	finds "which is not /sbin/a,/sbin/b;"
}

@test "udev: found where it runs or is installed" {
	finds_nothing
	process 100 systemd-udevd /lib/systemd/systemd-udevd
	finds "systemd-udevd: it loads modules by itself, which insmod= alone shuts out; manifest= or trust_signed=1"
	recommends "trust_signed=1"
	rm -r "$root/proc/100"
	finds "systemd-udevd: "
	rm "$root/lib/systemd/systemd-udevd"
	finds_nothing
}

@test "/dev/mem and /dev/port held for writing: found, the hole recommended" {
	process 100 Xorg /usr/lib/xorg/Xorg
	holds 100 3 /dev/null 0100002
	finds_nothing
	holds 100 4 /dev/mem 0104002
	holds 100 5 /dev/mem 0104002
	holds 100 6 /dev/port 0100001
	finds "Xorg[100] holds /dev/mem: once sealed RAM cannot be written" \
		"Xorg[100] holds /dev/port: "
	recommends "insmod=/sbin/insmod-guard mem_allow=/usr/lib/xorg/Xorg"
	[[ $output == *"seal-manifest --programs /sbin/insmod-guard /usr/lib/xorg/Xorg "* ]]
}

@test "held for reading: a note" {
	process 100 reader /usr/bin/reader
	holds 100 3 /dev/mem 0100000
	holds 100 4 /proc/kcore 02100000
	holds 100 5 /dev/cpu/0/msr 0100000
	holds 100 6 /sys/devices/pci0000:00/0000:00:02.0/config 0100000
	finds_nothing
	[[ $output == *"note: reader[100] holds /dev/mem to read it: open but for read=no"* ]]
	[[ $output == *"note: reader[100] holds /proc/kcore to read it"* ]]
	[[ $output == *"note: reader[100] holds /dev/cpu/0/msr to read it"* ]]
	[[ $output != *config* ]]
}

@test "a script's interpreter is no program for a hole" {
	process 100 python3 /usr/bin/python3.11
	holds 100 3 /dev/mem 0100002
	finds "mem_allow= with its program, which /usr/bin/python3.11 cannot be"
	recommends insmod=/sbin/insmod-guard
}

@test "MSRs held for writing: found, the hole recommended" {
	process 100 wrmsr /usr/sbin/wrmsr
	process 101 python3 /usr/bin/python3.11
	holds 100 4 /dev/cpu/1/msr 0100002
	finds "wrmsr[100] holds /dev/cpu/1/msr: MSRs cannot be written any more, but for those of power and frequency by a program with a hole; mem_allow=/usr/sbin/wrmsr:msr"
	recommends "insmod=/sbin/insmod-guard mem_allow=/usr/sbin/wrmsr:msr"
	# which an interpreter cannot have
	holds 101 4 /dev/cpu/1/msr 0100002
	finds wrmsr "python3[101] holds /dev/cpu/1/msr: MSRs cannot be written any more; keep=msr"
	recommends "insmod=/sbin/insmod-guard mem_allow=/usr/sbin/wrmsr:msr keep=msr"
	echo 'options seal keep=msr' >"$root/etc/modprobe.d/seal.conf"
	finds_nothing
	[[ $output == *"note: wrmsr[100] holds /dev/cpu/1/msr: seal.conf has keep=msr"* ]]
}

@test "classes: what seal.conf narrows a program to counts" {
	local conf=$root/etc/modprobe.d/seal.conf
	process 100 flash /usr/sbin/flash
	process 101 Xorg /usr/lib/xorg/Xorg
	holds 100 3 /dev/port 0100002
	echo 'options seal mem_allow=/usr/sbin/flash:msr,ioport,Xorg' >"$conf"
	finds_nothing
	recommends "insmod=/sbin/insmod-guard mem_allow=/usr/sbin/flash:ioport,msr,Xorg"
	[[ $output == *"seal-manifest --programs /sbin/insmod-guard /usr/sbin/flash Xorg "* ]]
	holds 101 3 /dev/mem 0100002
	holds 100 4 /dev/cpu/1/msr 0100002
	finds_nothing
	[[ $output == *"note: Xorg[101] holds /dev/mem: seal.conf has mem_allow=Xorg"* ]]
	holds 100 5 /dev/mem 0100002
	finds "a program with a hole; mem_allow=/usr/sbin/flash:ioport,mem,msr,pci"
	recommends "insmod=/sbin/insmod-guard mem_allow=/usr/sbin/flash:ioport,mem,msr,pci,Xorg"
	# all that there is without MSRs is what a name alone stands for
	rm "$root/proc/100/fd/4"
	echo 'options seal mem_allow=Xorg:mem,/usr/sbin/flash:pci' >"$conf"
	finds "/dev/mem: " "/dev/port: "
	recommends "insmod=/sbin/insmod-guard mem_allow=/usr/sbin/flash,Xorg:mem"
}

@test "hibernation's device, debugfs: found, keep= recommended" {
	process 100 python3 /usr/bin/python3.11
	holds 100 3 /sys/kernel/debug/tracing/trace 0100000
	finds_nothing
	holds 100 4 /dev/cpu/1/msr 0100002
	finds "msr:"
	recommends "insmod=/sbin/insmod-guard keep=msr"
	holds 100 5 /dev/snapshot 0100000
	holds 100 6 /sys/kernel/debug/dri/0/state 0100000
	finds "msr:" "python3[100] holds /dev/snapshot: the seal does not go on" \
		"python3[100] holds /sys/kernel/debug/dri/0/state: "
	recommends "insmod=/sbin/insmod-guard keep=debugfs,hibernation,msr"
}

@test "PCI devices: held or mapped, found" {
	local device=/sys/devices/pci0000:00/0000:00:02.0
	process 100 flash /usr/sbin/flash
	holds 100 3 "$device/resource" 0100000
	holds 100 4 "$device/vendor" 0100000
	finds_nothing
	holds 100 5 "$device/config" 0100002
	holds 100 6 "$device/resource0" 0100000
	holds 100 7 /proc/bus/pci/00/02.0 0100002
	finds "flash[100] holds $device/config: " "resource0: " \
		"holds /proc/bus/pci/00/02.0: "
	recommends "insmod=/sbin/insmod-guard mem_allow=/usr/sbin/flash keep=pci_access"
	# of display hardware without a driver, which a hole is for
	mkdir -p "$root$device/driver"
	echo 0x030000 >"$root$device/class"
	finds "$device/config" "$device/resource0" /proc/bus/pci
	recommends "insmod=/sbin/insmod-guard mem_allow=/usr/sbin/flash keep=pci_access"
	rmdir "$root$device/driver"
	finds "$device/config" "$device/resource0" /proc/bus/pci
	recommends "insmod=/sbin/insmod-guard mem_allow=/usr/sbin/flash"
	echo 0x020000 >"$root$device/class"
	finds "$device/config" "$device/resource0" /proc/bus/pci
	recommends "insmod=/sbin/insmod-guard mem_allow=/usr/sbin/flash keep=pci_access"
}

@test "mappings of /dev/mem and of devices: found" {
	process 100 Xorg /usr/lib/xorg/Xorg
	echo '7f00-7f01 r-xp 00000000 08:01 12      /usr/lib/xorg/Xorg' \
		>"$root/proc/100/maps"
	finds_nothing
	cat >>"$root/proc/100/maps" <<-END
		7f02-7f03 rw-s 000a0000 00:05 12      /dev/mem
		7f04-7f05 rw-s 000b0000 00:05 12      /dev/mem
		7f06-7f07 rw-s 00000000 00:15 99      /sys/devices/pci0000:00/0000:00:02.0/resource0_wc
	END
	finds "Xorg[100] maps /dev/mem: the mapping is taken away when the seal comes" \
		"Xorg[100] maps /sys/devices/pci0000:00/0000:00:02.0/resource0_wc: "
	recommends "insmod=/sbin/insmod-guard mem_allow=/usr/lib/xorg/Xorg keep=pci_access"
}

@test "UIO and VFIO: found" {
	process 100 dpdk /usr/bin/dpdk
	finds_nothing
	holds 100 3 /dev/uio0 0100002
	holds 100 4 /dev/vfio/12 0100002
	finds "dpdk[100] holds /dev/uio0: " "dpdk[100] holds /dev/vfio/12: "
	recommends "insmod=/sbin/insmod-guard keep=uio,vfio"
}

@test "what processes call themselves stays in its line" {
	process 100 $'a\nb\e[31m' /usr/bin/odd
	printf 'a\e[31mb\n' >"$root/proc/100/comm"
	holds 100 3 $'/dev/vfio/\nx' 0100002
	finds 'a?[31mb[100] holds /dev/vfio/?x: '
}

@test "a loaded kernel: found" {
	echo 1 >"$root/sys/kernel/kexec_loaded"
	finds "a kernel is loaded by kexec: it could not be started"
	recommends "insmod=/sbin/insmod-guard keep=kexec"
	echo 0 >"$root/sys/kernel/kexec_loaded"
	finds_nothing
	echo 1 >"$root/sys/kernel/kexec_crash_loaded"
	finds "a kernel for crashes is loaded: the seal does not go on"
	recommends "insmod=/sbin/insmod-guard keep=kexec"
}

@test "kdump: found where it is configured" {
	mkdir -p "$root/etc/default"
	echo 'USE_KDUMP=0' >"$root/etc/default/kdump-tools"
	finds_nothing
	echo 'USE_KDUMP=1' >"$root/etc/default/kdump-tools"
	finds "kdump is configured: "
	rm "$root/etc/default/kdump-tools"
	: >"$root/etc/kdump.conf"
	finds_nothing
	echo 'quiet crashkernel=256M' >"$root/proc/cmdline"
	finds "kdump is configured: "
}

@test "hibernation: found by resume=, or by a swap partition with RESUME" {
	mkdir -p "$root/etc/initramfs-tools/conf.d"
	echo 'UUID=1 none swap sw 0 0' >"$root/etc/fstab"
	finds_nothing
	echo 'RESUME=none' >"$root/etc/initramfs-tools/conf.d/resume"
	finds_nothing
	echo 'RESUME=UUID=1' >"$root/etc/initramfs-tools/conf.d/resume"
	finds "hibernation is configured: "
	recommends "insmod=/sbin/insmod-guard keep=hibernation"
	echo '# UUID=1 none swap sw 0 0' >"$root/etc/fstab"
	finds_nothing
	echo 'resume=/dev/sda2' >"$root/proc/cmdline"
	finds "hibernation is configured: "
	echo 'resume=/dev/sda2 noresume' >"$root/proc/cmdline"
	finds_nothing
	echo 'resume=/dev/sda2' >"$root/proc/cmdline"
	echo '[disabled]' >"$root/sys/power/disk"
	finds_nothing
}

# with_bpftool(PROGRAMS, LINKS) - one that shows these
with_bpftool() {
	requires root namespaces
	[ "$(realpath /sbin)" = /usr/sbin ] || [ ! -e /sbin/bpftool ] ||
		skip "there is another bpftool in /sbin"
	mkdir -p bin
	printf '%s\n' "$1" >programs
	printf '%s\n' "$2" >links
	cat >bin/bpftool <<-END
		#!/bin/sh
		case \$1 in
		prog) cat "$here/programs" ;;
		link) cat "$here/links" ;;
		esac
	END
	chmod 755 bin/bpftool
	# shellcheck disable=SC2016 # for another shell
	run timeout -k 1 30 unshare -m sh -c '
		mount --bind "$1" /usr/sbin && shift && exec "$@"' sh \
		"$here/bin" "$sealctl" check --root "$root"
	echo "$output"
}

@test "BPF: what answers for functions is found, the rest is said" {
	with_bpftool '12: cgroup_skb  name sd_fw  tag 6deef7357e7b4530  gpl' \
		'3: cgroup  prog 12'
	[ "$status" -eq 0 ]
	[ "$(findings)" -eq 0 ]
	[[ $output != *BPF* ]]
	with_bpftool '12: lsm  name guard  tag 6deef7357e7b4530  gpl
	xlated 64B
13: tracing  name answer  tag 6deef7357e7b4530  gpl
14: kprobe  tag 6deef7357e7b4530' \
		'3: tracing  prog 13
	prog_type tracing  attach_type modify_return  target_obj_id 1
4: tracing  prog 15
	prog_type tracing  attach_type trace_fentry'
	[ "$status" -eq 1 ]
	[ "$(findings)" -eq 1 ]
	[[ $output == *"BPF program 13 (modify_return): it answers"* ]]
	[[ $output == *"note: BPF program 12 (lsm, guard) acts"* ]]
	[[ $output == *"note: BPF program 14 (kprobe): "* ]]
}

@test "BPF: without bpftool it says that it has not looked" {
	! PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v bpftool ||
		skip "there is a bpftool"
	finds_nothing
	[[ $output == *"note: BPF programs were not looked at: bpftool is not installed"* ]]
}

@test "all at once: one line with all parameters" {
	module zfs POE zfs
	module ext4 '' "$SIGNED"
	process 100 Xorg /usr/lib/xorg/Xorg
	holds 100 4 /dev/mem 0104002
	echo 1 >"$root/sys/kernel/kexec_loaded"
	echo /sbin/modprobe >"$root/proc/sys/kernel/modprobe"
	finds "module zfs " "1 signed modules (ext4)" "Xorg[100]" "kexec" \
		"kernel.modprobe=/sbin/modprobe"
	recommends "manifest=/etc/seal/modules.sha256 trust_signed=1 mem_allow=/usr/lib/xorg/Xorg keep=kexec"
}

# audits(PARAMETER=VALUE...) - a seal is on with mode=audit; $log is the kernel's
audits() {
	local param
	log=$BATS_TEST_TMPDIR/kernel.log
	mkdir -p "$root/sys/module/seal/parameters" "$node"
	for param in insmod= mem_allow= no_remove=N read=Y manifest= revoked= \
		trust_signed=N args= key= serial_file= programs= watch= \
		on_broken= protect= raw=N level= keep= preopened= mode=audit \
		"$@"; do
		echo "${param#*=}" \
			>"$root/sys/module/seal/parameters/${param%%=*}"
	done
	printf '%s\n' 'version: 1.0.0' 'state: audit' 'mode: audit' \
		'since: 2026-11-21T05:15:01Z' 'would_refuse.module-load: 0' \
		>"$node/status"
	echo '[ 1.0] seal: mode=audit, nothing is refused: module-load=shut' \
		>"$log"
}

# saw(DOOR, COMM, EXE, ALLOW) - that it would have refused this; WHAT is the
# door's name
saw() {
	local n
	n=$(sed -n "s/^would_refuse.$1: //p" "$node/status")
	sed -i "/^would_refuse.$1: /d" "$node/status"
	echo "would_refuse.$1: $((n + 1))" >>"$node/status"
	printf '[ 2.0] seal: would refuse %s what="%s" by %s[7] uid=0 exe="%s" reason=sealed allow="%s"\n' \
		"$1" "$1" "$2" "$3" "$4" >>"$log"
}

# once(DOOR, COMM, REMEDY) - how that is told
once() {
	echo "$1: 1 would have been refused, 1 in the log for want of this, the last by $2[7], what=\"$1\"; $3"
}

# audit_finds(TEXT...) - as finds, with that log
audit_finds() {
	local text
	with_log "$log" check --root "$root"
	[ "$status" -eq 1 ] || return
	for text; do
		[[ $output == *"$text"* ]] || return
	done
	[ "$(findings)" -eq $# ] || return
	[[ $output == *"note: the seal is on with mode=audit since 2026-11-21T05:15:01Z: nothing is refused"* ]] ||
		return
	[[ $output == *$'\nrecommended here:\n    rmmod seal\n'*'    insmod seal.ko'*" mode=audit"$'\n'*"    echo enforce >/sys/kernel/security/seal/mode    # when nothing is found any more" ]] ||
		return
	nothing_left
}

@test "mode=audit that has seen nothing: it can be raised as it is" {
	audits mem_allow=Xorg:mem no_remove=Y keep=msr
	with_log "$log" check --root "$root"
	[ "$status" -eq 0 ]
	[ "$(findings)" -eq 0 ]
	[[ $output == *"note: it has seen nothing yet that would have been refused"* ]]
	[[ $output == *"nothing was found that would break"* ]]
	[[ $output == *$'\n    options seal keep=msr mem_allow=Xorg:mem no_remove=1    # /etc/modprobe.d/seal.conf\n    echo enforce >/sys/kernel/security/seal/mode    # until reboot; the same at once:\n    insmod seal.ko keep=msr mem_allow=Xorg:mem no_remove=1' ]]
	[[ $output != *"sealed already"* && $output != *rmmod* ]]
	nothing_left
}

@test "mode=audit: what it has seen, each with the parameter that allows it" {
	audits read=N watch=60 keep=msr
	mkdir -p "$root/usr/lib/xorg" "$root/usr/sbin" "$root/usr/bin"
	: >"$root/usr/lib/xorg/Xorg"
	: >"$root/usr/sbin/wrmsr"
	: >"$root/usr/bin/kmod"
	# of one before, with other parameters
	saw debugfs cat /bin/cat keep=debugfs
	sed -i /debugfs/d "$node/status"
	echo '[ 2.5] seal: mode=audit, nothing is refused: module-load=shut' \
		>>"$log"
	saw mem-write Xorg /usr/lib/xorg/Xorg mem_allow=/usr/lib/xorg/Xorg
	saw mem-write X:1 /usr/lib/xorg/Xorg mem_allow=/usr/lib/xorg/Xorg
	saw mem-write python /usr/bin/python3 mem_allow=/usr/bin/python3
	saw msr wrmsr /usr/sbin/wrmsr mem_allow=/usr/sbin/wrmsr:msr
	saw module-load insmod /usr/bin/kmod insmod=/usr/bin/kmod
	saw kexec kexec /sbin/kexec keep=kexec
	saw kcore crash /usr/bin/crash read=yes
	saw block-write dd /bin/dd raw=yes
	saw file-change vi /usr/bin/vi "protect= without it"
	saw program-access gdb /usr/bin/gdb nothing
	audit_finds \
		'mem-write: 3 would have been refused, 2 in the log for want of this, the last by X:1[7], what="mem-write"; mem_allow=/usr/lib/xorg/Xorg' \
		'mem-write: 3 would have been refused, 1 in the log for want of this, the last by python[7], what="mem-write"; mem_allow= with its program, which /usr/bin/python3 cannot be' \
		"$(once msr wrmsr mem_allow=/usr/sbin/wrmsr:msr)" \
		"$(once module-load insmod insmod=/usr/bin/kmod)" \
		"$(once kexec kexec keep=kexec)" \
		"$(once kcore crash read=yes)" \
		"$(once block-write dd raw=yes)" \
		"$(once file-change vi "protect= without it, or ")" \
		"$(once program-access gdb "no parameter allows it")"
	[[ $output == *"    insmod seal.ko insmod=/sbin/insmod-guard,/usr/bin/kmod mem_allow=/usr/lib/xorg/Xorg,/usr/sbin/wrmsr:msr keep=kexec,msr watch=60 raw=yes mode=audit"* ]]
	[[ $output == *"    options seal insmod=/sbin/insmod-guard,/usr/bin/kmod mem_allow=/usr/lib/xorg/Xorg,/usr/sbin/wrmsr:msr keep=kexec,msr watch=60 raw=yes    # /etc/modprobe.d/seal.conf"* ]]
	[[ $output != *debugfs* ]]
}

@test "mode=audit: images that are not listed or signed, arguments, lists" {
	audits manifest=/etc/seal/mine insmod=/sbin/insmod-guard
	: >"$root/etc/seal/mine"
	printf a | sha256sum >"$root/etc/seal/mine"
	saw module-load modprobe /usr/bin/kmod manifest=/etc/seal/mine
	saw module-load insmod /usr/bin/kmod args=any
	saw module-load insmod /usr/bin/kmod trust_signed=1
	saw ioport x /usr/bin/x programs=/etc/seal/programs.sha256
	audit_finds 'manifest= with it in the manifest' '; args=any' \
		'; trust_signed=1' \
		'; programs=/etc/seal/programs.sha256 with it in the list (seal-manifest --programs)'
	[[ $output == *"    insmod seal.ko manifest=/etc/seal/mine trust_signed=1 insmod=/sbin/insmod-guard args=any mode=audit"* ]]
	[[ $output == *"    seal-manifest --output /etc/seal/mine    # before, so that /etc/seal/mine lists the above"$'\n'* ]]
}

@test "mode=audit: what the log does not have any more is counted" {
	audits
	saw kexec kexec /sbin/kexec keep=kexec
	echo "[ 3.0] nothing" >"$log"
	audit_finds 'kexec: 1 would have been refused; the kernel log does not say what would allow it'
	log=''
	audit_finds 'kexec: 1 would have been refused; the kernel log does not say'
	[[ $output == *"note: the kernel log cannot be read, which has what would allow that"* ]]
}

@test "mode=audit: what the log says stays in its line, and in its parameter" {
	audits
	saw kexec 'x\x0a\x20y' '/sbin/a b;c' 'mem_allow=/sbin/a b;c'
	audit_finds "$(once kexec 'x\x0a\x20y' \
		"mem_allow= with its program, which /sbin/a b;c cannot be")"
	[[ $output != *"insmod seal.ko"*"a b"* ]]
}

@test "mode=audit: what it was given is a note, what would hold it back is found" {
	audits keep=kexec trust_signed=Y
	module video '' "$SIGNED"
	echo 1 >"$root/sys/kernel/kexec_crash_loaded"
	# it is in, whatever is asked of those that come
	echo 1 >"$root/proc/sys/kernel/modules_disabled"
	with_log "$log" check --root "$root"
	[ "$status" -eq 0 ]
	[[ $output == *"note: a kernel for crashes is loaded: the seal has keep=kexec"* ]]
	[[ $output == *"note: 1 signed modules (video): the seal has trust_signed=1"* ]]
	audits
	audit_finds "a kernel for crashes is loaded: " "1 signed modules (video): "
	[[ $output == *"    insmod seal.ko trust_signed=1 keep=kexec mode=audit"* ]]
}
