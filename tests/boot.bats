# SPDX-License-Identifier: GPL-2.0
# A Debian system, sealed from its initramfs before any other module is loaded,
# with a signed manifest, the distribution's own signature and nothing that
# names a program: it comes up as the same system does unsealed. The machine
# "plain" is that one.

load helpers
load signing
load debian

setup_file() {
	export VM_TIMEOUT=180
	debian_can || return 0
	debian_stage || return
	canary=$(debian_dkms canary)
	linnet=$(debian_dkms linnet)
	make_policy
	make_configuration
	debian_disks
	plain debian_boot
	# what cannot be is another suite's matter
	plain _vm_is_sealable || return 0
	debian_boot manifest=/etc/seal/modules.sha256 \
		key=/etc/seal/seal.x509 trust_signed=1
}

setup() {
	debian_or_skip
	version=$(plain vm_kernel)
	linnet=/lib/modules/$version/updates/dkms/linnet.ko
	plain requires sealable
}

teardown_file() {
	debian_down plain
}

# plain(COMMAND...) - runs a helper with the machine that is not sealed
plain() {
	VM_NAME=plain "$@"
}

# listed(SERIAL, PATH...) - a manifest of files of the system's
listed() {
	local serial=$1
	shift
	(cd "$DEBIAN/tree" && manifest "$serial" "${@#/}") | sed 's,  lib/,  /lib/,'
}

# What the administrator keeps elsewhere: the key, and what is signed with it.
make_policy() {
	local etc=$DEBIAN/tree/etc/seal root=$DEBIAN/tree/root
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS" "$etc" "$root"
	chmod 700 "$root"
	make_key good
	make_key other
	cp "$KEYS/good.der" "$etc/seal.x509"
	listed 1 "$canary" >"$etc/modules.sha256"
	sign good "$etc/modules.sha256"
	listed 2 "$canary" "$linnet" >"$root/update"
	listed 3 "$canary" "$linnet" >"$root/forged"
	sign good "$root/update"
	sign other "$root/forged"
}

make_configuration() {
	local etc=$DEBIAN/tree/etc
	mkdir -p "$etc"/{modules-load.d,modprobe.d}
	echo canary >"$etc/modules-load.d/canary.conf"
	# what the kernel asks for is the module that is not listed
	echo "alias net-pf-15 linnet" >"$etc/modprobe.d/linnet.conf"
}

# loaded(MODULE), not_loaded(MODULE)
loaded() {
	vm_ok "grep '^$1 ' /proc/modules"
}

not_loaded() {
	vm_fails "grep '^$1 ' /proc/modules"
}

# loads(MODULE, COMMAND...) - it does, and is taken away again; the status is
# not that of every loader
loads() {
	not_loaded "$1" && vm "${@:2}" && loaded "$1" && vm_ok "rmmod $1"
}

# list_it_by_hand() - root makes insmod-guard trust the other module: without
# the certificate it asks for no signature. What was there is in /root/kept.
list_it_by_hand() {
	vm_ok "cp -a /etc/seal /root/kept && rm /etc/seal/seal.x509 &&
		sha256sum $linnet >>/etc/seal/modules.sha256"
}

# has_the_machine() - what udev finds when it looks for what is there, what
# systemd mounts and what the network says
has_the_machine() {
	vm_ok "udevadm settle --timeout=60" || return
	loaded virtio_net && loaded virtio_rng || return
	vm_ok "for dir in / /srv /boot/efi; do
		findmnt -no SOURCE,FSTYPE \$dir || exit; done" || return
	[ "$output" = "/dev/vda ext4
/dev/vdd ext4
/dev/vdc vfat" ] || fail "other file systems" || return
	vm_ok "for dir in /srv /boot/efi; do
		echo text >\$dir/t && sync && grep text \$dir/t && rm \$dir/t ||
			exit
		done" || return
	vm_ok /lib/systemd/systemd-networkd-wait-online --timeout=120 || return
	vm_ok "ip -4 -o address show scope global up" || return
	[[ $output == *" e"*" inet 10.0.2."* ]] || fail "no address"
}

# raw_modules() - modules of the distribution's that the seal trusts no
# signature of
raw_modules() {
	echo uio
	[ "$(plain vm_arch)" != amd64 ] || echo msr
}

# update(NAME) - hands the kernel what lies in /root
update() {
	vm "cat /root/$1.p7s /root/$1 >/sys/kernel/security/seal/manifest"
}

# serial_is(N)
serial_is() {
	vm_ok "grep -x 'modules.serial: $1' /sys/kernel/security/seal/manifest"
}

# update_refused(MESSAGE, REASON) - the last one was, and said so once
update_refused() {
	[ "$status" -ne 0 ] || fail "the update was taken" || return
	[[ $output == *"$1"* ]] || fail "it does not say $1" || return
	[ "$(log_since | grep -c '^seal: refused ')" -eq 1 ] ||
		fail "not one line in the log" || return
	log_since | grep "^seal: refused manifest-update .* by cat\[.* reason=$2\$"
}

@test "unsealed: the system comes up" {
	plain debian_up
	plain vm_fails ls -d /sys/module/seal
	plain has_the_machine
}

@test "unsealed: the module that DKMS built is loaded at boot" {
	plain loaded canary
}

@test "unsealed: any other one loads, whoever asks for it" {
	plain loads linnet modprobe linnet
	plain loads linnet insmod "$linnet"
	plain list_it_by_hand
	plain loads linnet insmod-guard "$linnet"
	plain loads linnet modload --init "$linnet"
	plain loads linnet autoload 15 3 2
}

@test "unsealed: what reaches hardware raw loads" {
	local name
	for name in $(raw_modules); do
		plain loads "$name" modprobe "$name"
	done
}

@test "sealed: the system comes up" {
	debian_up
	has_the_machine
}

@test "sealed: it was so before anything else was loaded" {
	# the newest comes first
	vm_ok "tail -n 1 /proc/modules"
	[[ $output == "seal "* ]]
	[ "$(seal_status state)" = sealed ]
	[ "$(seal_status trust_signed)" = yes ]
	[[ $(seal_status key) == *"seal test good"* ]]
	serial_is 1
}

@test "sealed: seal.service leaves alone what is sealed, and has not failed" {
	vm_ok "systemctl show -p ConditionResult -p ActiveState seal.service"
	[[ $output == *"ConditionResult=no"* ]]
	[[ $output == *"ActiveState=inactive"* ]]
}

@test "sealed: the same modules are loaded as unsealed" {
	plain vm_ok "udevadm settle; cut -d' ' -f1 /proc/modules | sort"
	plain_modules=$output
	vm_ok "udevadm settle; cut -d' ' -f1 /proc/modules | grep -vx seal | sort"
	[ "$output" = "$plain_modules" ]
}

@test "sealed: a file system is loaded when it is mounted" {
	loaded vfat
	vm_ok "grep '^nls_' /proc/modules"
}

@test "sealed: nothing was refused on the way" {
	[ "$(seal_status refused.module-load)" = 0 ]
	vm_fails "dmesg | grep 'seal: refused'"
}

@test "sealed: the module that DKMS built, and that is listed, is loaded at boot" {
	loaded canary
	vm_ok "dmesg | grep 'canary: init'"
	vm_ok "systemctl is-active systemd-modules-load"
	vm_ok "rmmod canary && modprobe canary"
	loaded canary
}

@test "sealed: one that is not listed is refused to everybody" {
	local loader
	for loader in "modprobe linnet" "insmod $linnet" \
		"modload --finit $linnet" "modload --init $linnet"; do
		log_mark
		vm "$loader"
		refused module-load 'what="[^"]*sha256:[0-9a-f]{64}' \
			"by ${loader%% *}\\[" 'reason=unlisted$'
	done
	not_loaded linnet
	vm_fails "dmesg | grep 'linnet: init'"
}

@test "sealed: nor does the kernel load it by itself" {
	log_mark
	vm_fails autoload 15 3 2
	log_since | grep '^seal: refused module-load .* by modprobe\[.* reason=unlisted$'
	not_loaded linnet
}

@test "sealed: insmod-guard refuses it, and is refused when its manifest is forged" {
	log_mark
	vm "insmod-guard $linnet"
	[ "$status" -eq 1 ]
	[[ $output == *"not listed in /etc/seal/modules.sha256"* ]]
	[[ $(log_since) != *"seal: refused"* ]]
	list_it_by_hand
	log_mark
	vm "insmod-guard $linnet"
	[ "$status" -eq 1 ]
	[[ $output == *"the kernel does not let us load modules"* ]]
	[ "$(log_since | grep -c '^seal: refused ')" -eq 1 ]
	log_since | grep '^seal: refused module-load .* by insmod-guard\[.* reason=unlisted$'
	not_loaded linnet
	vm_ok "rm -r /etc/seal; mv /root/kept /etc/seal"
}

@test "sealed: what the distribution signed loads, but for what reaches hardware raw" {
	loads dummy modprobe dummy
	local name
	for name in $(raw_modules); do
		log_mark
		vm "modprobe $name"
		refused module-load "what=\"$name\"" 'by modprobe\[' \
			'reason=raw-access$'
		not_loaded "$name"
	done
}

@test "sealed: an update by another key is refused" {
	log_mark
	update forged
	update_refused "Bad message" bad-signature
	serial_is 1
	vm_fails modprobe linnet
}

@test "sealed: a signed update lists the other module, and it loads" {
	log_mark
	update update
	[ "$status" -eq 0 ]
	log_since | grep '^seal: manifest of modules: serial=2 count=2 .*signed=yes$'
	serial_is 2
	vm_ok "modprobe linnet"
	loaded linnet
	# what came is no address family, as it should be to please the caller
	vm_ok "rmmod linnet"
	vm_fails autoload 15 3 2
	loaded linnet
}

@test "sealed: the same update once more is refused, and so is the first one" {
	log_mark
	update update
	update_refused "Stale file handle" replayed
	log_mark
	vm "cat /etc/seal/modules.sha256.p7s /etc/seal/modules.sha256 \
		>/sys/kernel/security/seal/manifest"
	update_refused "Stale file handle" replayed
	serial_is 2
}

@test "sealed: the system is still up" {
	debian_up
	has_the_machine
}
