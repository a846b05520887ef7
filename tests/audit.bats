# SPDX-License-Identifier: GPL-2.0
# mode=audit: what is forbidden works and is told, with the parameter that would
# allow it; the module goes again, whoever is at the gates; the mode rises, and
# nothing lowers it.

load helpers
load unwind
load audit

setup_file() {
	# to come and go many times takes long
	export VM_TIMEOUT=400
	truncate -s 16M "$BATS_FILE_TMPDIR/disk"
	/usr/sbin/mke2fs -q -t ext4 -E root_owner=0:0 "$BATS_FILE_TMPDIR/disk"
	vm_boot --smp 2 --qemu "-device pci-testdev -drive if=none,id=disk,\
format=raw,snapshot=on,file=$BATS_FILE_TMPDIR/disk \
-device virtio-blk-pci,drive=disk"
	SPARE=$(spare_memory)
	export SPARE
	_vm_has_module virtio_blk || return 0
	vm_ok "for m in virtio_pci virtio_blk ext4 dm_mod; do kmod-modprobe -q \$m
		done; for i in 1 2 3 4 5 6; do [ -b /dev/vda ] && break
		sleep 0.5; done; mkdir /kept; mount -t ext4 /dev/vda /kept"
	unwind_begin
	vm_ok "mkdir -p /kept/sub; cp $TOOLS/puppet /puppet
		mkdir -p /etc/seal; true"
}

setup() {
	requires sealable module:virtio_blk
}

# What a test that failed has left is not the next one's.
teardown() {
	[ -z "${BATS_TEST_COMPLETED-}" ] || return 0
	vm "{ touch /stop; sleep 1; umount /kept/sub; rmmod canary; rmmod linnet
		rmmod seal; rm -f /stop; } >/dev/null 2>&1; true"
}

teardown_file() {
	vm_down
}

# would_refuse(DOOR, ALLOW, [REGEX...]) - asserts that the last command worked
# and that the log since the mark has exactly one line that says what would
# allow it
would_refuse() {
	local door=$1 allow=$2 log found regex
	shift 2
	[ "$status" -eq 0 ] || fail "it did not work: $output" || return
	log=$(log_since) || { echo "$log"; return 1; }
	[[ $log != *"seal: refused"* ]] || fail "refused: $log" || return
	mapfile -t found < <(grep "^seal: would refuse $door " <<<"$log" |
		grep -F "allow=\"$allow\"")
	[ "${#found[@]}" -eq 1 ] || fail "${#found[@]} lines of \"$door\" with" \
		"allow=\"$allow\" instead of one in the log:"$'\n'"$log" || return
	for regex; do
		[[ ${found[0]} =~ $regex ]] ||
			fail "no match for $regex: ${found[0]}" || return
	done
}

# tells_nothing() - the last command worked, and nobody minds
tells_nothing() {
	[ "$status" -eq 0 ] || fail "it did not work: $output" || return
	[[ $(log_since) != *"seal: "*"refuse"* ]] || fail "$(log_since)"
}

@test "audit goes on, says so, and does not say that it is sealed" {
	log_mark
	audit
	[[ $(log_since) == *"seal: mode=audit, nothing is refused: module-load=shut"* ]]
	[[ $(log_since) != *"sealed"* ]]
	[ "$(seal_status state)" = audit ]
	[ "$(seal_status mode)" = audit ]
	[ "$(_vm_ask "cat $MODE")" = audit ]
	seal_fails "sealed already" no_remove=1 || true
	vm_ok "echo audit >$MODE"
	vm_fails "echo lower >$MODE"
}

@test "a module is loaded, and told once, with its loader" {
	log_mark
	vm kmod-insmod /canary.ko
	would_refuse module-load "insmod=/usr/bin/kmod" 'what="/canary.ko"' \
		'by insmod\[' 'reason=sealed '
	[ "$(seal_status would_refuse.module-load)" -ge 1 ]
	[ "$(seal_status refused.module-load)" = 0 ]
	vm_ok rmmod canary
	log_mark
	vm modload --init /canary.ko
	would_refuse module-load "insmod=$TOOLS/modload" 'what="\(memory\)"'
	vm_ok rmmod canary
}

@test "memory is written, ports are taken" {
	log_mark
	vm memdev map-rw /dev/mem "$SPARE" 4096
	[ "$status" -eq 0 ]
	[[ $(log_since) == *"would refuse mem-write"*"allow=\"mem_allow=$TOOLS/memdev\""* ]]
	if [ "$(vm_arch)" = amd64 ]; then
		log_mark
		vm memdev map-rw /dev/mem 0x1000 4096
		[ "$status" -eq 0 ]
		# RAM is in no hole
		[[ $(log_since) == *"would refuse mem-write what=\"/dev/mem:0x1000+"*'allow="keep=dev_mem"'* ]]
		log_mark
		vm ioports iopl
		would_refuse ioport "mem_allow=$TOOLS/ioports" 'what="iopl"'
		log_mark
		vm "$(abi32 ioports) ioperm"
		would_refuse ioport "mem_allow=$TOOLS/ioports" 'what="ioperm"'
	fi
}

# The asker is told although it came by the way that can be left.
@test "the kernel's own doors are gone through" {
	log_mark
	vm door pci-config
	[ "$status" -eq 0 ]
	[[ $(log_since) == *"would refuse pci_access what=\"pci_"*"allow=\"mem_allow="* ]]
	[[ $(vm_kernel) == *-debug-* ]] || {
		log_mark
		vm door debugfs
		[ "$status" -eq 0 ]
		[[ $(log_since) == *'would refuse debugfs what="'*'allow="keep=debugfs"'* ]]
	}
	log_mark
	vm door kexec
	[ "$status" -eq 0 ]
	[[ $(log_since) == *'would refuse kexec '*'allow="keep=kexec"'* ]]
}

@test "BPF acts" {
	requires config:BPF_EVENTS
	log_mark
	vm door bpf-write-user
	[ "$status" -eq 0 ]
	# by the verifier, as often as it asks, and of what comes of it
	[[ $(log_since) == *'would refuse bpf_write_user what="BPF program '*'allow="keep=bpf_write_user"'* ]]
}

@test "audit ends, and nothing is left" {
	audit_ends
}

@test "what would allow it, given, does: nothing is told any more" {
	audit insmod="$TOOLS/modload" mem_allow="$TOOLS/memdev" keep=kexec
	log_mark
	vm door kexec
	tells_nothing
	audit_ends
}

# A static program needs no list of what it is made of.
@test "a loader that was allowed loads, and is not told" {
	vm_ok "cp $TOOLS/puppet /loader"
	audit insmod=/loader
	log_mark
	vm "/loader 'load /canary.ko'"
	tells_nothing
	vm_ok "rmmod canary"
	log_mark
	vm kmod-insmod /canary.ko
	would_refuse module-load "insmod=/usr/bin/kmod" 'reason=not-in-hole '
	vm_ok "rmmod canary"
	# nobody is kept from writing it
	vm_ok ": >>/loader"
	audit_ends
	vm_ok "rm /loader"
}

@test "a module that is on no list is loaded: which list, or whose signature" {
	vm_ok "sha256sum </linnet.ko | sed 's/ .*/  linnet.ko/' >/tmp/x
		mkdir -p /m; cp /tmp/x /m/list; chmod 600 /m/list"
	audit manifest=/m/list
	log_mark
	vm kmod-insmod /canary.ko
	would_refuse module-load "manifest=/m/list" \
		'what="\(image sha256:[0-9a-f]{64}\)"' 'reason=unlisted '
	vm_ok "rmmod canary"
	log_mark
	vm kmod-insmod /linnet.ko
	tells_nothing
	vm_ok "rmmod linnet"
	audit_ends
	vm_ok "rm -r /m"
}

@test "removals by force are told, which no parameter allows" {
	audit
	vm_ok "kmod-insmod /canary.ko"
	log_mark
	vm modunload --force canary
	would_refuse module-remove "nothing" 'what="canary"' 'reason=forced '
	vm_ok "kmod-insmod /canary.ko"
	log_mark
	vm "$(abi32 modunload) --force canary"
	would_refuse module-remove "nothing" 'what="canary"' 'reason=forced '
	vm_ok "kmod-insmod /canary.ko"
	log_mark
	vm modunload canary
	tells_nothing
	audit_ends
}

@test "removals, reads and kcore are told with their parameter" {
	audit no_remove=1 read=no
	vm_ok "kmod-insmod /canary.ko"
	log_mark
	vm rmmod canary
	would_refuse module-remove "no_remove=0" 'what="canary"' 'by rmmod\['
	log_mark
	vm memdev open-ro /dev/mem
	would_refuse mem-read "read=yes"
	log_mark
	vm kcore open
	[ "$status" -ne 0 ] || would_refuse kcore "read=yes"
	audit_ends
}

@test "protected files change, disks are written, and it is told" {
	audit protect=/kept
	log_mark
	vm "echo x >>/kept/below/file"
	would_refuse file-change "protect= without it" \
		'what="/kept/below/file"' 'reason=protected '
	log_mark
	vm "chmod 640 /kept/below/file"
	would_refuse file-change "protect= without it"
	vm_ok "stat -c %a /kept/below/file"
	[ "$output" = 640 ]
	vm_ok "chmod 600 /kept/below/file; echo y >/kept/new
		mv /kept/new /kept/below/new; rm /kept/below/new
		mkdir /kept/dir; rmdir /kept/dir; touch /kept/sub; chown 0 /kept/sub"
	vm_ok "tamper set-acl /kept/below/file"
	vm_ok "tamper immutable /kept/below"
	vm_ok "mount -t tmpfs none /kept/sub && umount /kept/sub"
	log_mark
	vm "dd if=/dev/vda of=/dev/vda bs=512 count=1 conv=notrunc"
	[ "$status" -eq 0 ]
	[[ $(log_since) == *"would refuse block-write what=\"/dev/vda\""*'allow="raw=yes"'* ]]
	vm_ok "chattr -i /kept/below 2>/dev/null; true"
	audit_ends
}

# It is in load_module(), behind its gate, and waits for memory.
@test "who is at a gate keeps it from being removed, and no longer" {
	audit
	vm_ok "mkfifo /tmp/s.ready /tmp/s.go || exit
		{ stallload --at args --args word=hello /tmp/s.ready /tmp/s.go \
			/canary.ko >/tmp/s.out 2>&1; } &
		timeout 20 head -n1 /tmp/s.ready"
	[ "$output" = stalled ]
	vm_fails "rmmod seal"
	[[ $output == *"Resource temporarily unavailable"* ]]
	vm_fails "modunload seal"
	# by force it waits for him
	vm_ok "{ modunload --force seal >/tmp/f.out 2>&1; echo \$? >/tmp/f.rc; } &
		sleep 2; ! [ -e /tmp/f.rc ] && [ -d /sys/module/seal ]"
	vm_ok "timeout 10 sh -c 'echo go >/tmp/s.go'
		for i in 1 2 3 4 5 6 7 8 9 10; do
			[ -e /tmp/f.rc ] && break; sleep 0.5; done
		cat /tmp/f.rc; rmmod canary; rm -f /tmp/s.* /tmp/f.*"
	[ "${lines[0]}" = 0 ]
	as_before
}

# hammer(N) - starts N loops at the gates
hammer() {
	vm_ok "cat >/hammer <<'END'
while [ ! -e /stop ]; do
	kmod-insmod /canary.ko; rmmod canary
	memdev open-rw /dev/mem; ioports iopl; ioports ioperm
	door kexec; door pci-config
	echo x >>/kept/below/file; chmod 600 /kept/below/file
	mv /kept/below/file /kept/below/f2; mv /kept/below/f2 /kept/below/file
	mount -t tmpfs none /kept/sub; umount /kept/sub
	dd if=/dev/vda of=/dev/vda bs=512 count=1 conv=notrunc
	/puppet true
	cat $SECURITY/status
done
END
		rm -f /stop; for i in $(seq "$1" | tr '\n' ' '); do
			sh /hammer >/dev/null 2>&1 & done"
}

hammer_rests() {
	vm_ok "touch /stop; sleep 1; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		ps | grep -q '[s]h /hammer' || break; sleep 0.5; done
		rm -f /stop; rmmod canary; while umount /kept/sub; do :; done
		true"
}

@test "it comes and goes again and again while others are at the gates" {
	hammer 3
	vm_ok "n=0; tries=0; while [ \$n -lt 12 ]; do
		kmod-insmod /seal.ko mode=audit no_remove=1 read=no \
			mem_allow=/puppet insmod=/prog protect=/kept || {
			dmesg | grep seal: | tail -3; exit 1; }
		sleep 0.\$((n % 5))
		until rmmod seal 2>/tmp/rmmod; do
			tries=\$((tries + 1)); [ \$tries -lt 3000 ] || {
				cat /tmp/rmmod; exit 1; }
			sleep 0.01; done
		n=\$((n + 1)); done; echo \$n \$tries"
	hammer_rests
	as_before
}

@test "and by force" {
	hammer 2
	vm_ok "for n in 1 2 3 4 5; do
		kmod-insmod /seal.ko mode=audit insmod=/prog protect=/kept || exit
		sleep 0.\$n; modunload --force seal || exit; done"
	hammer_rests
	as_before
}

# The kernel warns of files whose module gives no reference.
@test "its files are opened all the while it comes and goes" {
	vm_ok "rm -f /stop; for i in 1 2 3 4; do
		while [ ! -e /stop ]; do cat $SECURITY/* >/dev/null 2>&1; done & done
		n=0; until [ \$n -eq 8 ]; do
			kmod-insmod /seal.ko mode=audit insmod=/prog || exit 1
			until rmmod seal 2>/dev/null; do :; done
			n=\$((n + 1))
		done; touch /stop; sleep 0.5; rm /stop"
	as_before
}

@test "a removal by force waits for who has one open" {
	audit insmod=/prog
	vm_ok "sleep 1000 <$SECURITY/status & echo \$! >/reader; sleep 0.3
		{ modunload --force seal; echo \$? >/tmp/f.rc; } >/dev/null 2>&1 &
		sleep 2; ! [ -e /tmp/f.rc ] && [ -d /sys/module/seal ]"
	vm_ok "kill \$(cat /reader)
		for i in 1 2 3 4 5 6 7 8 9 10; do
			[ -e /tmp/f.rc ] && break; sleep 0.5; done
		cat /tmp/f.rc; rm /tmp/f.rc"
	[ "$output" = 0 ]
	as_before
}

@test "what is in its way keeps the mode from rising, all or nothing" {
	audit insmod=/prog protect=/kept
	vm_ok "sleep 1000 >>/kept/below/file & echo \$! >/writer; sleep 0.3"
	raise_fails '^seal: parameter mode="enforce": "/kept/below/file": somebody has it open for writing$'
	vm_ok "kill \$(cat /writer); sleep 0.5"
	# nothing is shut by the attempt
	vm_ok "sh /state >/dev/null; : >>/prog; echo x >>/kept/below/file"
	# what a hole's program was is not what it is
	vm_ok "cp /prog /prog.was; echo x >>/prog"
	raise_fails '^seal: "/prog": it has changed since'
	vm_ok "cat /prog.was >/prog; : >>/prog"
	audit_ends
	# ftrace is switched off, which audit lets be
	audit insmod=/prog protect=/kept
	# not every kernel can any more
	if _vm_ask "{ echo 0 >/proc/sys/kernel/ftrace_enabled; } 2>/dev/null"; then
		raise_fails 'is not guarded'
		vm_ok "echo 1 >/proc/sys/kernel/ftrace_enabled"
	fi
	log_mark
	vm kmod-insmod /canary.ko
	would_refuse module-load "insmod=/usr/bin/kmod"
	vm_ok "rmmod canary"
	audit_ends
}

@test "an audit that stays is raised while others are at the gates" {
	audit insmod=/prog protect=/kept
	vm_ok "echo new >/kept/since"
	# a load that audit let pass does not get by when it has risen
	vm_ok "mkfifo /tmp/s.ready /tmp/s.go || exit
		{ stallload --at args --args word=hello /tmp/s.ready /tmp/s.go \
			/canary.ko >/tmp/s.out 2>&1; echo \$? >/tmp/s.rc; } &
		timeout 20 head -n1 /tmp/s.ready"
	[ "$output" = stalled ]
	hammer 2
	# the hammer has files open for writing now and then
	log_mark
	vm_ok "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		echo enforce >$MODE && exit; sleep 0.1; done; exit 1"
	[ "$(seal_status state)" = sealed ]
	[[ $(log_since) == *"seal: sealed until reboot:"* ]]
	vm_ok "touch /stop; timeout 10 sh -c 'echo go >/tmp/s.go'
		for i in 1 2 3 4 5 6 7 8 9 10; do
			[ -e /tmp/s.rc ] && break; sleep 0.5; done; cat /tmp/s.out"
	[[ $output == *"Operation not permitted"* ]]
	hammer_rests
	vm_fails "grep canary /proc/modules"
}

@test "then it is sealed like any other" {
	[ "$(_vm_ask "cat $MODE")" = enforce ]
	[ "$(seal_status mode)" = enforce ]
	log_again
	log_mark
	vm kmod-insmod /canary.ko
	refused module-load 'what="/canary.ko"' 'reason=not-in-hole$'
	log_mark
	vm memdev open-rw /dev/mem
	refused mem-write
	log_mark
	vm "echo x >>/kept/below/file"
	refused file-change 'what="/kept/below/file"'
	log_mark
	vm "echo x >>/kept/since"
	refused file-change 'what="/kept/since"'
	log_mark
	vm "echo x >/dev/vda"
	refused block-write
	vm_fails ": >>/prog"
	[[ $output == *"not permitted"* || $output == *"busy"* ]]
	[ "$(seal_status refused.module-load)" -ge 1 ]
	vm_ok "sleep 11"
	[ "$(seal_status watch.rounds)" -ge 1 ]
	[ "$(seal_status state)" = sealed ]
}

@test "nothing lowers it: a write, a removal, by force, ftrace's switch" {
	vm_ok "echo enforce >$MODE"
	log_mark
	vm "echo audit >$MODE"
	refused seal 'what="mode=audit"' 'reason=sealed$'
	vm_fails rmmod seal
	vm_fails "modunload seal"
	log_mark
	vm "modunload --force seal"
	refused module-remove 'what="seal"' 'reason=forced$'
	vm_fails "rmmod -f seal"
	vm_fails "kmod-insmod /seal.ko mode=audit"
	vm_fails "echo audit >/sys/module/seal/parameters/mode"
	vm "echo 0 >/proc/sys/kernel/ftrace_enabled"
	log_mark
	vm modload --finit /canary.ko
	refused module-load 'reason=not-in-hole$'
	[ "$(_vm_ask "cat $MODE")" = enforce ]
	[ "$(seal_status state)" = sealed ]
}

@test "sealed at once by mode=enforce, nothing lowers it either" {
	# shellcheck disable=SC2034 # helpers.bash reads it
	VM_NAME=own
	vm_boot
	seal_on mode=enforce no_remove=1
	[ "$(seal_status state)" = sealed ]
	[ "$(_vm_ask "cat $MODE")" = enforce ]
	vm_ok "echo enforce >$MODE"
	log_mark
	vm "echo audit >$MODE"
	refused seal 'what="mode=audit"' 'reason=sealed$'
	vm_fails "modunload --force seal"
	vm_ok "grep '^seal .*\[permanent\]' /proc/modules"
	log_mark
	vm kmod-insmod /canary.ko
	refused module-load 'reason=sealed$'
	vm_fails "grep would_refuse $SECURITY/status"
	vm_own_down
}
