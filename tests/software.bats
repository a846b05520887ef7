# SPDX-License-Identifier: GPL-2.0
# What real programs of a Debian do: each on a machine without the seal, on the
# same machine once it is sealed with holes, and on one that was sealed from its
# initramfs with none. What they try is in tests/software/guest, what must come
# of it in tests/software/list, and what they are told to have, for whoever
# reads, in docs/software.md.
#
# Xorg is looked at: the picture is kept in build/tests/software.

load helpers
load debian
# shellcheck source=software/table
. "$BATS_TEST_DIRNAME/software/table"

setup_file() {
	export VM_TIMEOUT=300
	debian_can --software || return 0
	debian_stage --software || return
	make_files || return
	debian_disks
	export SCREEN=$BATS_FILE_TMPDIR/screen
	plain boot || return
	plain _vm_is_sealable || return 0
	# shellcheck disable=SC2086 # a word each
	shut boot $seal_shut
}

setup() {
	debian_or_skip
}

teardown_file() {
	debian_down shut
}

# plain(COMMAND...) - with the other one
plain() {
	VM_NAME=vm "$@"
}

# shut(COMMAND...) - runs a helper with the machine that has no hole
shut() {
	VM_NAME=shut "$@"
}

# make_files() - the modules that insmod-guard and the kernel trust, what Xorg
# and insmod-guard are made of, a kernel to load, a disk that is nobody's
make_files() {
	local tree=$DEBIAN/tree
	mkdir -p "$tree"/{boot,root,etc/seal}
	(cd "$tree" && find "$DEBIAN_TREE" -name 'e1000.ko*' -o -name 'dummy.ko*') |
		sed 's,^,/,' >"$DEBIAN/listed"
	xargs "$SEAL_TOP/etc/seal-manifest" --sealed --quiet --root "$tree" \
		--output "$tree/etc/seal/modules.sha256" <"$DEBIAN/listed" ||
		return
	debian_programs "$tree/root/programs.sha256" Xorg /usr/sbin/wrmsr \
		/usr/sbin/insmod-guard || return
	cp "$SEAL_KERNELS/$DEBIAN_VERSION/boot/vmlinuz-$DEBIAN_VERSION" \
		"$tree/boot/vmlinuz"
	cp "$SEAL_TOP/tests/software/guest" "$tree/root/"
	truncate -s 64M "$DEBIAN/spare"
}

# boot([PARAM...]) - a PC with a display that no driver of the kernel's has
boot() {
	local words="-vga std"
	words+=" -device e1000,netdev=card -netdev user,id=card,restrict=on"
	words+=" -device ide-hd,drive=spare"
	words+=" -drive if=none,id=spare,format=raw,snapshot=on,file=$DEBIAN/spare"
	if [ $# -eq 0 ]; then
		mkfifo "$SCREEN.in" "$SCREEN.out"
		words+=" -chardev pipe,id=screen,path=$SCREEN"
		words+=" -mon chardev=screen,mode=control"
	fi
	debian_boot --mem 1536 --append nomodeset --qemu "$words" "$@"
}

# look(NAME) - takes a picture of the display
look() {
	local in out line number=$RANDOM
	PICTURE=$SEAL_TOP/build/tests/software/$1.ppm
	mkdir -p "$(dirname "$PICTURE")"
	exec {in}<>"$SCREEN.in" {out}<>"$SCREEN.out"
	# QEMU wants to hear the first once, and only complains later
	printf '{"execute":"%s"}\n' qmp_capabilities >&"$in"
	printf '{"execute":"screendump","id":"%s","arguments":{"filename":"%s"}}\n' \
		"$number" "$PICTURE" >&"$in"
	while true; do
		read -r -t 60 -u "$out" line || fail "QEMU does not answer" ||
			return
		[[ $line != *"\"$number\""* ]] || break
	done
	exec {in}>&- {out}>&-
	[[ $line == *'"return"'* ]] || fail "no picture: $line"
}

# shows(COLOUR...) - each of them is a twentieth of the picture at least
shows() {
	local colour
	# its head is three lines
	tail -n +4 "$PICTURE" | od -An -v -tx1 -w3 | tr -d ' ' | sort |
		uniq -c | sort -rn >"$BATS_TEST_TMPDIR/colours"
	head -n 8 "$BATS_TEST_TMPDIR/colours"
	for colour; do
		awk -v colour="$colour" '
			{ all += $1 }
			$2 == colour { found = $1 }
			END { exit found * 20 < all }' \
			"$BATS_TEST_TMPDIR/colours" || return
	done
}

# try(NAME) - runs that function of the guest's file
try() {
	echo "${VM_NAME:-vm} $1" >>"$BATS_FILE_TMPDIR/tried"
	vm ". /root/guest; $1"
}

# field(NAME, N) - of that line of the list
field() {
	rows | awk -F'\t' -v name="$1" -v n="$2" '
		$1 == name { print $n; found = 1 }
		END { exit !found }' || fail "the list has no $1"
}

# without(NAME) - it works where nothing is sealed
without() {
	try "$1"
	[ "$status" -eq 0 ] || fail "$1 does not work, sealed or not"
}

# came_of(NAME, EXPECTED) - what it should, of the last try since log_mark
came_of() {
	local by door what reason log
	read -r door what by reason <<<"$2"
	log=$(log_since) || { echo "$log"; return 1; }
	grep '^seal: ' <<<"$log" || true
	if [ "$door" = works ]; then
		[ "$status" -eq 0 ] || fail "$1 does not work" || return
		[[ $log != *"seal: refused"* ]] ||
			fail "$1 works, but something was refused"
		return
	fi
	[ "$status" -ne 0 ] || fail "$1 was not refused" || return
	what="what=\"[^\"]*${what//…/[^\"]*}[^\"]*\""
	grep -E "^seal: refused $door $what by [^ ]*${by}[^ ]*\[[0-9]+\] .* reason=$reason\$" \
		<<<"$log" || fail "no line says so"
}

# with_holes(NAME), with_none(NAME)
with_holes() {
	requires sealable
	log_mark
	try "$1"
	came_of "$1" "$(field "$1" 4)"
}

with_none() {
	VM_NAME=shut
	requires sealable
	log_mark
	try "$1"
	came_of "$1" "$(field "$1" 5)"
}

@test "docs/software.md says what is shown here" {
	"$SEAL_TOP/tests/software/table" --check
}

@test "unsealed: the system comes up" {
	debian_up
	vm_fails ls -d /sys/module/seal
	look before
	run ! shows ffa500 000080
}

@test "unsealed: xorg" {
	without xorg
	look unsealed
	shows ffa500 000080
	vm_ok ". /root/guest; xorg_ends"
}

@test "unsealed: xorg_in_namespace" {
	without xorg_in_namespace
}

@test "unsealed: dmidecode" {
	without dmidecode
}

@test "unsealed: dmidecode_mem" {
	without dmidecode_mem
}

@test "unsealed: flashrom" {
	without flashrom
}

@test "unsealed: rdmsr" {
	without rdmsr
}

@test "unsealed: wrmsr" {
	without wrmsr
}

@test "unsealed: wrmsr_entry" {
	without wrmsr_entry
}

@test "unsealed: wrmsr_copy" {
	without wrmsr_copy
}

@test "unsealed: lspci" {
	without lspci
}

@test "unsealed: setpci" {
	without setpci
}

@test "unsealed: setpci_ports" {
	without setpci_ports
}

@test "unsealed: kexec" {
	without kexec
}

@test "unsealed: kexec_file" {
	without kexec_file
}

@test "unsealed: bpftool" {
	without bpftool
}

@test "unsealed: bpftrace" {
	without bpftrace
}

@test "unsealed: strace" {
	without strace
}

@test "unsealed: debugfs_read" {
	without debugfs_read
}

@test "unsealed: debugfs_write" {
	without debugfs_write
}

@test "unsealed: hwclock" {
	without hwclock
}

@test "unsealed: hwclock_ports" {
	without hwclock_ports
}

@test "unsealed: ethtool" {
	without ethtool
}

@test "unsealed: smartctl" {
	without smartctl
}

@test "unsealed: coldplug" {
	without coldplug
}

@test "unsealed: guard" {
	without guard
}

@test "unsealed: guard_in_namespace" {
	without guard_in_namespace
}

@test "unsealed: lvm" {
	without lvm
}

@test "unsealed: cryptsetup" {
	without cryptsetup
}

@test "unsealed: container" {
	without container
}

@test "the seal goes on with holes" {
	requires sealable
	vm_ok "cp /root/programs.sha256 /etc/seal/ &&
		insmod /lib/modules/*/updates/seal.ko $seal_holes"
	[ "$(seal_status state)" = sealed ]
	[ "$(seal_status door.mem-write)" = hole ]
	[ "$(seal_status door.module-load)" = hole ]
}

@test "with holes: xorg" {
	look ended
	run ! shows ffa500 000080
	with_holes xorg
	look sealed
	shows ffa500 000080
	vm_ok "grep '/dev/mem$' /proc/\$(cat /root/xorg.pid)/maps"
	[[ $output == *" rw-s "*"000a0000 "* ]]
	[[ $output == *" rw-p "*"000c0000 "* ]]
	vm_ok ". /root/guest; xorg_ends"
}

@test "with holes: xorg_in_namespace" {
	with_holes xorg_in_namespace
}

@test "with holes: dmidecode" {
	with_holes dmidecode
}

@test "with holes: dmidecode_mem" {
	with_holes dmidecode_mem
}

@test "with holes: flashrom" {
	with_holes flashrom
}

@test "with holes: rdmsr" {
	with_holes rdmsr
}

@test "with holes: wrmsr" {
	with_holes wrmsr
}

@test "with holes: wrmsr_entry" {
	with_holes wrmsr_entry
}

@test "with holes: wrmsr_copy" {
	with_holes wrmsr_copy
}

@test "with holes: lspci" {
	with_holes lspci
}

@test "with holes: setpci" {
	with_holes setpci
}

@test "with holes: setpci_ports" {
	with_holes setpci_ports
}

@test "with holes: kexec" {
	with_holes kexec
}

@test "with holes: kexec_file" {
	with_holes kexec_file
}

@test "with holes: bpftool" {
	with_holes bpftool
}

@test "with holes: bpftrace" {
	with_holes bpftrace
}

@test "with holes: strace" {
	with_holes strace
}

@test "with holes: debugfs_read" {
	with_holes debugfs_read
}

@test "with holes: debugfs_write" {
	with_holes debugfs_write
}

@test "with holes: hwclock" {
	with_holes hwclock
}

@test "with holes: hwclock_ports" {
	with_holes hwclock_ports
}

@test "with holes: ethtool" {
	with_holes ethtool
}

@test "with holes: smartctl" {
	with_holes smartctl
}

@test "with holes: coldplug" {
	with_holes coldplug
}

@test "with holes: guard" {
	with_holes guard
}

@test "with holes: guard_in_namespace" {
	with_holes guard_in_namespace
}

@test "with holes: lvm" {
	with_holes lvm
}

@test "with holes: cryptsetup" {
	with_holes cryptsetup
}

@test "with holes: container" {
	with_holes container
}

@test "with none: the system comes up" {
	requires sealable
	shut debian_up
	[ "$(shut seal_status state)" = sealed ]
	[ "$(shut seal_status door.mem-write)" = shut ]
	[ "$(shut seal_status door.mem-read)" = shut ]
	[ "$(shut seal_status refused.module-load)" = 0 ]
}

@test "with none: xorg" {
	with_none xorg
	shut log_again
}

@test "with none: xorg_in_namespace" {
	with_none xorg_in_namespace
	shut log_again
}

@test "with none: dmidecode" {
	with_none dmidecode
}

@test "with none: dmidecode_mem" {
	with_none dmidecode_mem
}

@test "with none: flashrom" {
	with_none flashrom
}

@test "with none: rdmsr" {
	with_none rdmsr
}

@test "with none: wrmsr" {
	with_none wrmsr
}

@test "with none: wrmsr_entry" {
	with_none wrmsr_entry
}

@test "with none: wrmsr_copy" {
	with_none wrmsr_copy
}

@test "with none: lspci" {
	with_none lspci
}

@test "with none: setpci" {
	with_none setpci
}

@test "with none: setpci_ports" {
	with_none setpci_ports
}

@test "with none: kexec" {
	with_none kexec
}

@test "with none: kexec_file" {
	with_none kexec_file
}

@test "with none: bpftool" {
	with_none bpftool
}

@test "with none: bpftrace" {
	with_none bpftrace
}

@test "with none: strace" {
	with_none strace
}

@test "with none: debugfs_read" {
	with_none debugfs_read
}

@test "with none: debugfs_write" {
	with_none debugfs_write
}

@test "with none: hwclock" {
	with_none hwclock
}

@test "with none: hwclock_ports" {
	with_none hwclock_ports
}

@test "with none: ethtool" {
	with_none ethtool
}

@test "with none: smartctl" {
	with_none smartctl
}

@test "with none: coldplug" {
	with_none coldplug
}

@test "with none: guard" {
	with_none guard
}

@test "with none: guard_in_namespace" {
	with_none guard_in_namespace
}

@test "with none: lvm" {
	with_none lvm
}

@test "with none: cryptsetup" {
	with_none cryptsetup
}

@test "with none: container" {
	with_none container
}

@test "what the list has was tried, each time" {
	requires sealable
	local machine
	for machine in vm vm shut; do
		rows | cut -f1 | sed "s/^/$machine /"
	done | sort | diff - <(sort "$BATS_FILE_TMPDIR/tried")
}
