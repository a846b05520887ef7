# SPDX-License-Identifier: GPL-2.0
# Bad input, and all or nothing: the load fails, one line says why, nothing
# is left. The machine is sealed by the last tests only.

load helpers

# rename_module(FILE) - the same module under another name, sea2: struct module
# has it, in a section of its own
rename_module() {
	local offset size
	read -r offset size < <(readelf -SW "$1" | sed 's/^ *\[[ 0-9]*\]//' |
		awk '$1 == ".gnu.linkonce.this_module" { print "0x" $4, "0x" $5 }')
	head -c "$((offset))" "$1"
	tail -c +"$((offset + 1))" "$1" | head -c "$((size))" |
		sed 's/seal\x00/sea2\x00/'
	tail -c +"$((offset + size + 1))" "$1"
}

setup_file() {
	local version
	version=$("$SEAL_TOP/tests/vm/kernel" "${KERNEL:-cloud-amd64}")
	rename_module "$SEAL_TOP/build/seal/$version/seal.ko" \
		>"$BATS_FILE_TMPDIR/sea2.ko"
	vm_boot --file "$BATS_FILE_TMPDIR/sea2.ko:/sea2.ko"
	vm_ok "cp /bin/busybox /prog; cp /bin/busybox /noexec; chmod 600 /noexec
		printf '#!/bin/sh\n' >/script; chmod 755 /script
		mkdir /d; ln -s loop /loop; mkfifo /fifo
		ln -s ../prog /d/link"
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

@test "an unknown parameter, which the kernel itself would ignore" {
	seal_fails 'parameter bogus="1" is unknown' bogus=1
	seal_fails 'parameter no_remvoe="1" is unknown' no_remvoe=1
	seal_fails 'parameter bogus="" is unknown' read=no bogus
}

@test "a boolean that is none" {
	seal_fails 'parameter no_remove="maybe" is neither yes nor no' \
		no_remove=maybe
	seal_fails 'parameter read="2" is neither yes nor no' read=2
}

@test "a number that is none, or out of bounds" {
	local value
	for value in 0 -1 3601 4294967297 1.5 10s ten; do
		seal_fails "parameter watch=\"$value\" is no number of seconds from 1 to 3600" \
			"watch=$value"
	done
	seal_fails 'parameter watch="" is empty' watch=
}

@test "a word that is none of those there are" {
	local value
	for value in reboot Panic 1 logs; do
		seal_fails "parameter on_broken=\"$value\" is neither log nor panic" \
			"on_broken=$value"
	done
	seal_fails 'parameter on_broken="" is empty' on_broken=
	seal_fails 'parameter on_broken is given twice' on_broken=log \
		on_broken=panic
}

@test "a parameter given twice with two values" {
	seal_fails 'parameter read is given twice, as "no" and as "yes"' \
		read=no read=yes
	seal_fails 'parameter insmod is given twice, as "/prog" and as "/x"' \
		insmod=/prog insmod=/x
}

@test "an empty value" {
	seal_fails 'parameter insmod="" is empty' insmod=
	seal_fails 'parameter mem_allow="" is empty' mem_allow=
	seal_fails 'parameter no_remove="" is empty' no_remove=
	seal_fails 'parameter insmod="": the list has an empty entry' \
		insmod=/prog,
	seal_fails 'the list has an empty entry' insmod=,/prog
}

@test "a class that is none, is missing, is given twice" {
	local there='\(there are mem, ioport, pci, msr\)'
	seal_fails "parameter mem_allow=\"/prog:\": a class is missing $there" \
		mem_allow=/prog:
	seal_fails "parameter mem_allow=\"/prog:\": a class is missing $there" \
		mem_allow=/prog:,mem
	for class in prog MSR ms msrs mem:pci :mem /d; do
		seal_fails "parameter mem_allow=\"/prog:$class\": there is no such class $there" \
			"mem_allow=/prog:$class"
	done
	seal_fails 'parameter mem_allow="/prog:mem": the class is given twice' \
		mem_allow=/prog:mem,pci,mem
	# what is no class is the next program
	seal_fails 'parameter mem_allow="prci": no standard directory has' \
		mem_allow=/prog:mem,prci
	seal_fails 'parameter mem_allow="mem": no standard directory has' \
		mem_allow=/prog,mem
	seal_fails 'parameter mem_allow="": the list has an empty entry' \
		mem_allow=/prog:mem,
	seal_fails 'parameter mem_allow="": the list has an empty entry' \
		mem_allow=:mem
	# and loaders have none
	seal_fails 'parameter insmod="/prog:mem": cannot be opened: -ENOENT' \
		insmod=/prog:mem
}

@test "a program twice, with other classes" {
	local other='which has other classes'
	seal_fails "parameter mem_allow=\"/d/link\": it is the same program as \"/prog\", $other" \
		mem_allow=/prog:mem,ioport,/d/link:ioport
	seal_fails "parameter mem_allow=\"/prog\": it is the same program as \"/prog\", $other" \
		mem_allow=/prog,/prog:msr
}

@test "a relative path" {
	seal_fails 'parameter insmod="prog": the path is not absolute' insmod=prog
	seal_fails 'parameter insmod="./prog": the path is not absolute' \
		insmod=./prog
	seal_fails 'parameter mem_allow="d/link": the path is not absolute' \
		mem_allow=d/link
}

@test "a file that is not there" {
	seal_fails 'parameter insmod="/nonesuch": cannot be opened: -ENOENT' \
		insmod=/nonesuch
	seal_fails 'parameter insmod="/nonesuch"' insmod=/prog,/nonesuch
	seal_fails 'parameter mem_allow="Nonesuch": no standard directory has' \
		mem_allow=Nonesuch
}

@test "a directory, a fifo, a symlink loop" {
	seal_fails 'parameter insmod="/d": it is a directory' insmod=/d
	seal_fails 'parameter insmod="/fifo": it is not a regular file' \
		insmod=/fifo
	seal_fails 'parameter insmod="/loop": cannot be opened: -ELOOP' \
		insmod=/loop
}

@test "a file that is not executable, a script" {
	seal_fails 'parameter insmod="/noexec": it is not executable' \
		insmod=/noexec
	seal_fails 'parameter insmod="/script": it is not an ELF program' \
		insmod=/script
}

@test "a program that somebody has open for writing" {
	vm_ok "cp /bin/busybox /busy; { exec 5>>/busy; sleep 1000; } & sleep 0.2"
	seal_fails 'parameter insmod="/busy": somebody has it open for writing' \
		insmod=/busy
	vm_ok "killall sleep"
}

@test "a program to whose memory somebody writes, who has it open no more" {
	requires config:USERFAULTFD
	vm_ok "cp /bin/busybox /lent"
	lend /lent
	seal_fails 'parameter insmod="/lent": its pages are in use by somebody who may write to them' \
		insmod=/lent
	take_back
}

@test "a program on a file system that may change it [overlay]" {
	vm_ok "kmod-modprobe overlay && mkdir /l /u /w /m && cp /bin/busybox /l/p &&
		mkdir /tmp/o && mkdir /tmp/o/u /tmp/o/w &&
		mount -t overlay overlay -o lowerdir=/l,upperdir=/tmp/o/u,workdir=/tmp/o/w /m"
	seal_fails 'parameter insmod="/m/p": overlayfs may exchange the file' \
		insmod=/m/p
	vm_ok "umount /m"
}

@test "a program on a pseudo file system" {
	vm_ok "chmod 755 /sys/kernel/fscaps"
	seal_fails 'parameter insmod="/sys/kernel/fscaps": its file system is on' \
		insmod=/sys/kernel/fscaps
}

@test "kernel.ftrace_enabled=0: nothing could be hooked" {
	vm "echo 0 >/proc/sys/kernel/ftrace_enabled"
	[[ $output != *"Operation not supported"* ]] ||
		skip "the kernel's ftrace cannot be switched off"
	[ "$status" -eq 0 ]
	seal_fails 'cannot hook .*ftrace_enabled is 0'
	vm_ok "echo 1 >/proc/sys/kernel/ftrace_enabled"
}

@test "another module holds a function: it is named, nothing is hooked" {
	local fn functions=(load_module open_port)
	[ "$(vm_arch)" != amd64 ] || functions+=(__ia32_sys_iopl)
	for fn in "${functions[@]}"; do
		vm_ok "/sbin/insmod /ftracer.ko function=$fn"
		seal_fails "cannot hook $fn: another module"
		vm_ok "rmmod ftracer"
	done
}

@test "after a failed load nothing is hooked" {
	vm_ok "cat /sys/kernel/tracing/enabled_functions"
	[[ $output != *seal* && $output != *load_module* ]]
	vm_ok "kmod-modprobe dummy && rmmod dummy"
	vm_ok memdev open-rw /dev/mem
}

# A BPF program in front of a hook is noticed by the proof after planting.
@test "a hook that does not bite: the proof fails, the load fails" {
	vm_ok "mkfifo /tmp/bpf
		{ fmodret security_kernel_load_data 1 /tmp/bpf & }
		timeout 20 cat /tmp/bpf"
	# Before 6.1 a function has one owner, and the load fails already there.
	seal_fails '(security_kernel_load_data is not guarded|cannot hook security_kernel_load_data)'
	vm_ok "killall fmodret; sleep 0.5"
	vm_ok "kmod-modprobe dummy && rmmod dummy"
	vm_ok "cat /sys/kernel/tracing/enabled_functions"
	[[ $output != *seal* && $output != *load_module* ]]
}

# acts(COMMAND...) - a BPF program of that tool's keeps a hole from being made
acts() {
	vm_ok "rm -f /tmp/acts; { $* >/tmp/acts & }
		for i in \$(seq 40); do
			grep -q attached /tmp/acts && break; sleep 0.25
		done; grep attached /tmp/acts"
	seal_fails "$acts" insmod=/prog
	vm_ok "killall ${1##*/}; sleep 0.5"
}

@test "a BPF program that writes memory: it is named, the hole is not made" {
	requires config:BPF_EVENTS
	local acts='BPF program [0-9]+ \(.*\): bpf_probe_write_user: it can act'
	acts bpfwrite 999999 0x1000 text
	acts bpfwrite --deep 999999 0x1000 text
}

@test "a BPF program that answers a system call: likewise" {
	requires kernel:7.0 config:BPF_EVENTS
	local entry=__x64_sys_openat
	[ "$(vm_arch)" = amd64 ] || entry=__arm64_sys_openat
	local acts="BPF program [0-9]+ \\(.*\\): $entry: it can act"
	acts fmodret --pid 999999 "$entry" 9
}

@test "twenty failed loads leave nothing behind" {
	vm_ok "for i in \$(seq 20); do
		kmod-insmod /seal.ko insmod=/prog,/nonesuch && exit 1; done 2>/dev/null; true"
	vm_ok "echo x >>/prog"
	vm_fails "ls -d /sys/module/seal /sys/kernel/security/seal"
}

# Debian's Xorg: a script of that name in /usr/bin, the program in /usr/lib/xorg
@test "a bare name passes over scripts to the first program" {
	vm_ok "mkdir -p /usr/lib/xorg && cp /bin/busybox /usr/lib/xorg/Fake &&
		cp /script /usr/bin/Fake"
}

@test "a hole through a symbolic link is bound to the file" {
	log_mark
	seal_on insmod=/d/link,/bin/kmod read=1 \
		mem_allow=busybox:msr,ioport,Fake,/bin/busybox:ioport,msr
	[[ $(seal_status hole.insmod) =~ given=\"/d/link\"\ path=\"/prog\"\ dev=[0-9]+:[0-9]+\ ino=[0-9]+ ]]
	[[ $(seal_status hole.mem_allow) =~ given=\"busybox\"\ path=\"/usr/bin/busybox\"[^$'\n']*\ classes=ioport,msr$'\n' ]]
	[[ $(seal_status hole.mem_allow) =~ given=\"Fake\"\ path=\"/usr/lib/xorg/Fake\"[^$'\n']*\ classes=mem,ioport,pci$'\n' ]]
	[[ $(seal_status hole.insmod) != *classes=* ]]
	[[ $(log_since) == *'seal: hole insmod: given="/d/link" path="/prog"'* ]]
	vm_ok "cat /sys/module/seal/parameters/insmod"
	[ "$output" = /d/link,/bin/kmod ]
}

@test "a hole's program cannot be written while the seal is on" {
	vm "echo x >>/prog"
	[ "$status" -ne 0 ]
	[[ $output == *"Text file busy"* ]]
}

@test "a second seal is refused with a clear line [through the hole]" {
	vm /usr/lib/kmod/insmod /seal.ko
	[ "$status" -ne 0 ]
	[[ $output == *"File exists"* ]]
}

@test "a second seal under another name is refused with a clear line" {
	log_mark
	vm /usr/lib/kmod/insmod /sea2.ko
	[ "$status" -ne 0 ]
	[[ $(log_since) == *"this kernel is sealed already"* ]]
	[ "$(seal_status state)" = sealed ]
}
