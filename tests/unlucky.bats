# SPDX-License-Identifier: GPL-2.0
# An unlucky hole: its program, its modules, its manifests lie where nothing
# comes of it for now: on a file system that is frozen, full, read-only, or
# served by a program that does not answer; in memory that somebody fills in his
# own time. Whoever asked waits. Nobody else does.
#
# shellcheck disable=SC2030,SC2031 # bats runs each test apart

load helpers
load signing

NODE=/sys/kernel/security/seal/manifest
STATUS=/sys/kernel/security/seal/status
HOLE='/sound/puppet "load /ftracer.ko"'

# A module whose init fails comes in as often as one likes: it is refused by
# itself, having run.
CAME_IN="Invalid argument"

setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys serial
	mkdir -p "$KEYS"
	make_key good
	for serial in 7 8 9 10; do
		manifest "$serial" "$(test_module ftracer)" \
			"$(test_module argued)" >"$KEYS/$serial"
		sign good "$KEYS/$serial"
		cat "$KEYS/$serial.p7s" "$KEYS/$serial" >"$KEYS/$serial.all"
	done
	vm_boot --smp 2 --tree "$KEYS:/k"
	# with a key the list of programs would want a signature too
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k; rm -f /etc/seal/programs.sha256
		mkdir /sound && cp /usr/lib/seal-tests/puppet /sound/ &&
		cp /usr/lib/seal-tests/stallload /sound/ &&
		reach save /code; kmod-modprobe dummy
		grep -q fuse /proc/filesystems || kmod-modprobe fuse
		[ -e /dev/fuse ] || mknod /dev/fuse c 10 229; : >/slow"
	make_disk
	make_others
	vm_serve victim /sound/puppet serve
	vm_told victim true
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

has_disk() {
	_vm_has_config EXT4_FS && _vm_has_module brd
}

# A disk of the hole's own. Where there is none, it has the other places.
make_disk() {
	export HOLES=/sound/puppet,/sound/stallload SERIAL_FILE=/serial
	has_disk || return 0
	vm_ok "kmod-modprobe ext4; kmod-modprobe brd rd_nr=1 rd_size=16384 &&
		mke2fs /dev/ram0 >/dev/null && mkdir /disk &&
		mount -t ext4 /dev/ram0 /disk && cp /sound/puppet /disk/ && sync"
	HOLES+=,/disk/puppet SERIAL_FILE=/disk/serial
}

# /others LIMIT FILE - does what is said in FILE, "WANT|COMMAND" a line, each in
# at most LIMIT seconds: WANT is what it must say, or "works". Prints what was
# held up or came out otherwise, and what took longest.
make_others() {
	vm_ok "cat >/others <<'END'
#!/bin/sh
now() {
	read -r up _ </proc/uptime
	echo \${up%.*}\${up#*.}
}
longest=0
dir=\$(mktemp -d)
exec 3<\$2
while IFS='|' read -r want act <&3; do
	rm -f \$dir/*
	start=\$(now)
	{ sh -c \"\$act\" >\$dir/said 2>&1 </dev/null 3<&-
		echo \$? >\$dir/new; mv \$dir/new \$dir/over; } &
	until [ -e \$dir/over ]; do
		[ \$((\$(now) - start)) -lt \$((\$1 * 100)) ] ||
			{ echo \"held up: \$act\"; exit; }
		usleep 20000
	done
	took=\$((\$(now) - start))
	case \$want in
	works) [ \$(cat \$dir/over) -eq 0 ] ;;
	*) grep -q \"\$want\" \$dir/said ;;
	esac || { echo \"otherwise: \$act\"; cat \$dir/said; }
	[ \$took -lt \$longest ] || { longest=\$took; what=\$act; }
done
echo \"longest: \${longest}0 ms: \$what\"
END
	chmod 755 /others
	cat >/acts.open <<'END'
works|modload --finit /canary.ko
works|rmmod canary
works|ps -o pid,vsz,args
works|grep -q VmPeak /proc/[0-9]*/status
works|ls -l /dev /sound
$CAME_IN|$HOLE
END
	cat >/acts <<'END'
Operation not permitted|modload --finit /canary.ko
Operation not permitted|modload --init /canary.ko
Operation not permitted|memdev open-rw /dev/mem
Operation not permitted|modunload dummy
Operation not permitted|reach seize \$(cat /victim) 0x400000 byte 0
works|ps -o pid,vsz,args
works|grep -q VmPeak /proc/[0-9]*/status
works|ls -l /dev /sound
works|grep '^state: sealed' $STATUS
works|cat $NODE
works|/sound/puppet true
$CAME_IN|$HOLE
END"
}

# limit() - seconds that nobody may be held up for; an emulated machine is slow
limit() {
	if _vm_is_debug; then
		echo 60
	else
		echo 20
	fi
}

# in_time(FILE) - does what it says, each act in its time
in_time() {
	vm_ok "/others $(limit) $1" || return
	[[ $output != *"held up"* && $output != *otherwise* ]] ||
		fail "not as it should be" || return
	echo "# $BATS_TEST_DESCRIPTION: $(tail -n1 <<<"$output")" >&3
}

others() {
	in_time /acts
}

# also(WANT, COMMAND) - somebody else
also() {
	vm_ok "cat >/also <<'END'
$1|$2
END"
	in_time /also
}

# waits(NAME, COMMAND...) - starts it, and asserts that it does not come back
waits() {
	local name=$1
	shift
	vm_ok "rm -f /tmp/$name.*; { { $*; } >/tmp/$name.said 2>&1
			echo \$? >/tmp/$name.status; } &
		sleep 3; [ ! -e /tmp/$name.status ] ||
			{ cat /tmp/$name.said; exit 1; }" ||
		fail "it is not held up: the test proves nothing"
}

# still_waits(NAME) - so that what came in between was in between
still_waits() {
	vm_ok "[ ! -e /tmp/$1.status ]"
}

# comes_back(NAME) - takes over its verdict
comes_back() {
	vm "for i in \$(seq 200); do [ ! -s /tmp/$1.status ] || break
			sleep 0.1; done
		cat /tmp/$1.said; exit \$(cat /tmp/$1.status)"
}

# serves(FILE) - /slow shows it, through a program that answers for now
serves() {
	requires config:FUSE_FS
	vm_ok "rm -f /tmp/slow.*; mkfifo /tmp/slow.do /tmp/slow.ready
		{ fuseimage --stall /tmp/slow.do /slow /tmp/slow.ready $1 $1 \
			>/tmp/slow.log 2>&1 & } ; timeout 20 cat /tmp/slow.ready"
	[ "$output" = mounted ]
	# it is in the page cache from here on
	vm_ok "cmp /slow $1"
}

# slow(WORD) - it answers no more: hold, hold-reads
slow() {
	vm_ok "echo $1 >/tmp/slow.do; sleep 0.3"
}

# asked() - something waits for its answer
asked() {
	vm_ok "grep '^held ' /tmp/slow.log"
}

answers() {
	vm_ok "echo go >/tmp/slow.do"
}

gone() {
	vm_ok "umount -l /slow; killall fuseimage
		while pidof fuseimage; do sleep 0.1; done >/dev/null"
}

# --- before the seal ---

@test "who is held up is found out" {
	vm_ok "printf 'works|true\nworks|sleep 9\nworks|true\n' >/also; /others 2 /also"
	[ "$output" = "held up: sleep 9" ]
	vm_ok "printf 'works|false\nno such|echo text\n' >/also; /others 2 /also"
	[[ $output == *"otherwise: false"*"otherwise: echo text"*longest:* ]]
}

@test "a program served by FUSE gets no hole: it is refused, not waited for" {
	serves /sound/puppet
	slow hold
	seal_fails 'insmod="/slow": its file system is served by a program \(FUSE\)' \
		insmod=/slow key=/k/good.der
	answers
	gone
}

@test "a seal that waits for its manifest holds nobody up" {
	serves /k/7.all
	slow hold
	waits seal kmod-insmod /seal.ko "insmod=$HOLES" manifest=/slow
	asked
	in_time /acts.open
	still_waits seal
	answers
	comes_back seal
	[ "$status" -ne 0 ]
	vm_ok "[ ! -e /sys/module/seal ]"
	gone
}

@test "the seal goes on" {
	seal_on "insmod=$HOLES" mem_allow=/sound/puppet manifest=/k/7 \
		key=/k/good.der serial_file="$SERIAL_FILE" no_remove=1
	# who started before is not in the hole
	vm_ok "echo quit >/tmp/victim.do; rm -f /tmp/victim.*"
	vm_serve victim /sound/puppet serve
	vm_ok "for dir in /proc/[0-9]*; do
			[ \"\$(readlink \$dir/exe)\" != /sound/puppet ] || basename \$dir
		done >/victim; grep -c . /victim"
	[ "$output" = 1 ]
	others
}

# --- file systems that give nothing, or take nothing ---

# on_its_disk() - the program of the unlucky place still opens the hole
on_its_disk() {
	also "$CAME_IN" '/disk/puppet "load /ftracer.ko"'
}

@test "a frozen file system" {
	requires module:brd config:EXT4_FS
	vm_ok "fsfreeze --freeze /disk"
	waits writer touch /disk/x
	others
	on_its_disk
	still_waits writer
	vm_ok "fsfreeze --unfreeze /disk"
	comes_back writer
	[ "$status" -eq 0 ]
}

@test "a frozen file system, which an update must write to: the serial's" {
	requires module:brd config:EXT4_FS
	vm_ok "fsfreeze --freeze /disk"
	waits update streamto $NODE /k/8.all
	others
	also "resource busy" "streamto $NODE /k/9.all"
	still_waits update
	[ "$(seal_status manifest.modules.serial)" = 7 ]
	vm_ok "fsfreeze --unfreeze /disk"
	comes_back update
	[ "$status" -eq 0 ]
	[ "$(seal_status manifest.modules.serial)" = 8 ]
}

@test "a full file system" {
	requires module:brd config:EXT4_FS
	vm "dd if=/dev/zero of=/disk/filler bs=4096"
	[[ $output == *"No space left"* ]]
	others
	on_its_disk
	# the serial has its place already
	vm_ok "streamto $NODE /k/9.all"
	vm_ok "grep 'modules 00000000000000000009' /disk/serial; rm /disk/filler"
}

@test "a read-only file system" {
	requires module:brd config:EXT4_FS
	vm "mount -o remount,ro /disk"
	# the serial file is open for writing, and keeps it from that; not by force
	[[ $output == *busy* ]]
	vm_ok "echo u >/proc/sysrq-trigger; for i in \$(seq 50); do
			grep -q ' /disk ext4 ro' /proc/mounts && exit
			sleep 0.2; done; exit 1"
	vm_fails "touch /disk/x"
	[[ $output == *"Read-only file system"* ]]
	others
	on_its_disk
	log_mark
	vm "streamto $NODE /k/10.all"
	[ "$status" -ne 0 ]
	[[ $(log_since) == *"refused manifest-update"*"reason=serial-file"* ]]
	[ "$(seal_status manifest.modules.serial)" = 9 ]
	vm_ok "mount -o remount,rw /disk"
	vm_ok "streamto $NODE /k/10.all"
}

# --- FUSE that does not answer ---

@test "a module's file on FUSE: its loader waits" {
	serves /ftracer.ko
	slow hold
	waits loader '/sound/puppet "load /slow"'
	asked
	others
	still_waits loader
	answers
	comes_back loader
	[[ $output == *"$CAME_IN"* ]]
	gone
}

@test "a caller whose program is on FUSE: it is refused all the same" {
	serves /sound/puppet
	vm_serve slow_one /slow serve
	vm_told slow_one true
	slow hold
	waits start /slow true
	asked
	log_mark
	vm_told slow_one load /canary.ko
	[ "$status" -ne 0 ]
	[[ $output == *"Operation not permitted"* ]]
	[[ $(log_since) == *'exe="/slow" reason=not-in-hole'* ]]
	others
	still_waits start
	answers
	comes_back start
	vm_ok "echo quit >/tmp/slow_one.do"
	gone
}

@test "code from FUSE in the hole's program: it is looked at, not into" {
	serves /code
	vm_serve plugged /sound/puppet serve
	vm_told plugged map-code /slow
	slow hold
	log_mark
	vm_told plugged load /ftracer.ko
	[ "$status" -ne 0 ]
	[[ $output == *"Operation not permitted"* ]]
	[[ $(log_since) == *'code="/slow" reason=foreign-code'* ]]
	others
	answers
	vm_ok "echo quit >/tmp/plugged.do"
	gone
}

@test "code from FUSE in the hole's program, which waits for it to come" {
	serves /code
	vm_ok "echo 3 >/proc/sys/vm/drop_caches"
	slow hold-reads
	log_mark
	waits runner '/sound/puppet "run-file /slow"'
	asked
	others
	still_waits runner
	answers
	comes_back runner
	[ "$status" -ne 0 ]
	[[ $output == *"Operation not permitted"* ]]
	[[ $(log_since) == *'code="/slow" reason=foreign-code'* ]]
	gone
}

@test "an update that comes from FUSE: its writer waits" {
	local live
	live=$(seal_status manifest.modules.serial)
	serves /k/10.all
	slow hold
	waits update streamto $NODE /slow
	asked
	others
	also "resource busy" "streamto $NODE /k/10.all"
	still_waits update
	[ "$(seal_status manifest.modules.serial)" = "$live" ]
	answers
	comes_back update
	gone
}

# --- memory that is filled in its own time ---

# stalls(AT, FILE) - a loader of the hole waits for its own memory
stalls() {
	requires config:USERFAULTFD
	vm_ok "rm -f /tmp/s.*; mkfifo /tmp/s.ready /tmp/s.go"
	waits loader "/sound/stallload --at $1 /tmp/s.ready /tmp/s.go $2"
	vm_ok "timeout 5 cat /tmp/s.ready"
	[ "$output" = stalled ]
}

@test "an image that userfaultfd holds back" {
	stalls image /ftracer.ko
	others
	still_waits loader
	vm_ok "echo go >/tmp/s.go"
	comes_back loader
	[[ $output == *"$CAME_IN"* ]]
}

# Another load of the same module would wait for this one to end, by the kernel's
# own rule (kernel/module/main.c:add_unformed_module).
@test "arguments that userfaultfd holds back, in the middle of a load" {
	stalls args /argued.ko
	others
	still_waits loader
	vm_ok "echo go >/tmp/s.go"
	comes_back loader
	[ "$status" -eq 0 ]
}

# --- who is asked for leave, and does not give it ---

# leave(EVENT, ACT...) - somebody has to be asked before that is done to
# the file
leave() {
	requires config:FANOTIFY_ACCESS_PERMISSIONS
	vm_ok "rm -f /tmp/f.*; mkfifo /tmp/f.ready /tmp/f.go
		{ fanfile /tmp/f.ready $* >/tmp/f.log 2>&1 & }
		timeout 20 cat /tmp/f.ready"
	[ "$output" = watching ]
}

not_asked_any_more() {
	vm_ok "killall fanfile; while pidof fanfile; do sleep 0.1; done >/dev/null"
}

@test "a start of the hole's program that somebody does not allow yet" {
	leave /sound/stallload exec stall /tmp/f.go
	waits start /sound/stallload
	vm_ok "grep asked /tmp/f.log"
	others
	still_waits start
	vm_ok "echo go >/tmp/f.go"
	comes_back start
	not_asked_any_more
}

@test "a read of the module that somebody does not allow yet" {
	vm_ok "cp /ftracer.ko /watched.ko"
	leave /watched.ko access stall /tmp/f.go
	waits loader '/sound/puppet "load /watched.ko"'
	vm_ok "grep asked /tmp/f.log"
	others
	still_waits loader
	vm_ok "echo go >/tmp/f.go"
	comes_back loader
	[[ $output == *"$CAME_IN"* ]]
	not_asked_any_more
}

@test "a start of the hole's program that somebody does not allow" {
	leave /sound/stallload exec deny
	vm_fails /sound/stallload
	[[ $output == *"Operation not permitted"* ]]
	others
	not_asked_any_more
}
