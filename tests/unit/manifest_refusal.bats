# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output and root are set elsewhere
# seal-manifest: what it refuses, and that the old manifest survives whatever
# happens.

load manifest

setup() {
	manifest_setup
}

teardown() {
	rm -rf "${open:-}"
}

@test "a module that cannot be unpacked or is a dangling link" {
	make
	local suffix
	for suffix in xz zst gz; do
		echo garbage >"$one/broken.ko.$suffix"
		refuses "broken.ko.$suffix"
		[[ $output == *"nothing is written"* ]]
		rm "$one/broken.ko.$suffix"
	done
	ln -s nowhere "$one/dangling.ko"
	refuses dangling.ko
}

@test "a truncated compressed module" {
	requires xz
	make
	head -c 100000 /dev/urandom | xz >"$BATS_TEST_TMPDIR/whole"
	head -c 50000 "$BATS_TEST_TMPDIR/whole" >"$one/cut.ko.xz"
	refuses cut.ko.xz
}

@test "a compressed module, and its program is not installed" {
	requires root namespaces xz
	echo z | xz >"$one/z.ko.xz"
	run replacing xz "exit 127" unshare -m sh -c \
		"mount --bind /dev/null $(realpath "$(command -v xz)") && '$manifest' --root '$root'"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"z.ko.xz: xz is not installed"* ]]
	[ ! -e "$list" ]
}

@test "a module or a directory that may not be read" {
	requires root setpriv
	open=$(TMPDIR='' mktemp -d)
	local there=$open/root/lib/modules/1.0/kernel before
	cp -r "$root" "$manifest" "$open/"
	mkdir -p "$open/root/etc/seal" "$there/secret"
	chmod -R go+rX "$open"
	chown -R 65534 "$open/root/etc"
	as_nobody() {
		run setpriv --reuid 65534 --regid 65534 --clear-groups \
			env TMPDIR= "$open/seal-manifest" --root "$open/root"
		echo "$output"
	}
	as_nobody
	[ "$status" -eq 0 ]
	before=$(stat -c %i "$open/root/etc/seal/modules.sha256")
	echo A >"$there/b.ko"
	chmod 600 "$there/a.ko"
	as_nobody
	[ "$status" -eq 1 ]
	[[ $output == *kernel/a.ko* && $output == *"nothing is written"* ]]
	chmod 644 "$there/a.ko"
	chmod 700 "$there/secret"
	as_nobody
	[ "$status" -eq 1 ]
	[[ $output == *kernel/secret* ]]
	[ "$(stat -c %i "$open/root/etc/seal/modules.sha256")" = "$before" ]
	chmod 755 "$there/secret"
	as_nobody
	[ "$status" -eq 0 ]
}

@test "links in a circle" {
	make
	ln -s .. "$one/circle"
	refuses circle
}

@test "a link that leads out of --root" {
	make
	echo outside >"$BATS_TEST_TMPDIR/outside.ko"
	ln -s "$BATS_TEST_TMPDIR/outside.ko" "$one/out.ko"
	refuses "leads out of it"
}

@test "a module that changes, comes or goes under way" {
	requires root namespaces
	make
	local act before
	before=$(looks)
	for act in "echo more >>'$one/b.ko'" "echo d >'$one/d.ko'" \
		"case \$* in *d.ko*) rm '$one/d.ko';; esac"; do
		run replacing sha256sum "\$REAL \"\$@\"; $act" \
			"$manifest" --root "$root"
		echo "$output"
		[ "$status" -eq 1 ]
		[[ $output == *"/kernel/"[bd]".ko appeared, vanished or changed"* ]]
		[ "$(looks)" = "$before" ]
		nothing_left
	done
	run replacing sha256sum "rm -f '$one/a.ko'; exec \$REAL \"\$@\"" \
		"$manifest" --root "$root"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *kernel/a.ko* && $output == *"nothing is written"* ]]
	[ "$(looks)" = "$before" ]
}

@test "what does not exist, what has no module, what is no file" {
	refuses "/lib/modules/9.9 does not exist" --kernel 9.9
	refuses "/nonesuch does not exist" /nonesuch
	mkdir "$root/empty" "$root/lib/modules/3.0"
	refuses "no module was found in /empty" /empty
	refuses "no module was found in /lib/modules/3.0" \
		--kernel 1.0 --kernel 3.0
	mkfifo "$root/fifo.ko"
	refuses "/fifo.ko is neither a file nor a directory" /fifo.ko
	[ ! -e "$list" ]
	rm -r "$root/lib/modules"
	refuses "/lib/modules does not exist"
	refuses "/nonesuch/root" --root /nonesuch/root
}

@test "what is misused" {
	local bad
	for bad in --bogus '--kernel' '--kernel ../x' '--kernel .' '--kernel *' \
		'--kernel=' '--all --kernel 1.0' '--kernel 1.0 /opt' \
		'/opt --all' '--output' '/opt -x'; do
		set -f
		# shellcheck disable=SC2086 # words
		make $bad
		set +f
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
	make --kernel '1.0 2.0'
	[ "$status" -eq 2 ]
	make ''
	[ "$status" -eq 2 ]
	[ ! -e "$list" ]
}

@test "an output that is no regular file" {
	mkdir "$root/dir"
	mkfifo "$root/fifo"
	local out
	for out in "$root/dir" "$root/fifo"; do
		make --output "$out"
		[ "$status" -eq 1 ]
		[[ $output == *"is not a regular file"* ]]
	done
	[ -d "$root/dir" ]
	[ -p "$root/fifo" ]
	make --output "$root/none/list"
	[ "$status" -eq 1 ]
	[ ! -e "$root/none" ]
}

@test "an old manifest with a malformed line is not touched" {
	local bad
	local hex
	hex=$(printf x | sha256sum | cut -c1-64)
	for bad in "no digest here" "$hex /one/space" "$hex  " "${hex}0  /x" \
		"\\$hex  /bad\\escape" "$hex  /dos"$'\r' "SHA256 (/x) = $hex"; do
		rm -f "$list"
		make
		echo "$bad" >>"$list"
		refuses "line 5 is no sha256sum line"
	done
	printf '%s  /n\0ul\n' "$hex" >"$list"
	refuses "NUL byte"
	echo "no digest here" >"$list"
	make --fresh
	[ "$status" -eq 0 ]
	verify
}

@test "longer digests: replaced where they are asked for, refused elsewhere" {
	make
	printf '%s  %s\n' "$(sha512sum <"$one/a.ko" | cut -c1-128)" \
		/lib/modules/1.0/kernel/a.ko >>"$list"
	make --kernel 1.0
	[ "$status" -eq 0 ]
	run ! grep -E '[0-9a-f]{128}' "$list"
	printf '%s  /srv/x.ko\n' "$(sha384sum <"$one/a.ko" | cut -c1-96)" \
		>>"$list"
	refuses "line 5 has a digest that is no SHA-256"
	make --fresh
	[ "$status" -eq 0 ]
}

@test "MD5 lines: replaced where they are asked for, refused elsewhere" {
	mkdir -p "${list%/*}"
	echo "$(md5sum <"$one/a.ko" | cut -c1-32)  /lib/modules/1.0/kernel/a.ko" \
		>"$list"
	make
	[ "$status" -eq 0 ]
	[[ $output == *"changed /lib/modules/1.0/kernel/a.ko"* ]]
	verify
	echo "$(md5sum <"$one/a.ko" | cut -c1-32)  /srv/a.ko" >>"$list"
	refuses "line 5 has an MD5 or SHA-1 digest"
	make --fresh
	[ "$status" -eq 0 ]
}

@test "two at once: the second is told" {
	make
	exec 8<"$root/etc/seal"
	flock 8
	refuses "another seal-manifest is at work"
	make --diff
	[ "$status" -eq 0 ]
	exec 8<&-
	make
	[ "$status" -eq 0 ]
}

@test "it holds that lock itself, to the end" {
	requires root namespaces
	run replacing mv "flock -n '$root/etc/seal' true && exit 1
		exec \$REAL \"\$@\"" "$manifest" --root "$root"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -s "$list" ]
	flock -n "$root/etc/seal" true
}

@test "killed before, between and after the last steps" {
	requires root namespaces
	make
	local before step
	before=$(sha256sum <"$list")
	echo more >"$one/more.ko"
	for step in sha256sum sort sync ln mv; do
		run replacing "$step" "kill -9 \$PPID; sleep 0.1" \
			"$manifest" --root "$root" --quiet
		[ "$(sha256sum <"$list")" = "$before" ]
	done
	[ "$(sha256sum <"$list.old")" = "$before" ]
	# What was left lying is cleared away by the next one.
	[ -n "$(find "$root/etc/seal" -name '*.seal-manifest')" ]
	make
	[ "$status" -eq 0 ]
	[ -z "$(find "$root/etc/seal" -name '*.seal-manifest')" ]
	verify
	[[ $(paths) == *more.ko* ]]
}

@test "interrupted: nothing is left lying, the old one is whole" {
	requires root namespaces
	make
	local before step
	before=$(sha256sum <"$list")
	echo more >"$one/more.ko"
	for step in sync ln; do
		run replacing "$step" \
			"kill -TERM \$PPID; sleep 0.1; exit 1" \
			"$manifest" --root "$root" --quiet
		[ "$status" -eq 1 ]
		[ "$(sha256sum <"$list")" = "$before" ]
		nothing_left
	done
}

@test "killed at any time, the manifest is the old one or the new one" {
	make
	local before i
	before=$(sha256sum <"$list")
	for i in $(seq 300); do
		echo "$i" >"$one/m$i.ko"
	done
	for i in 0.02 0.05 0.1 0.2 0.3; do
		timeout -s KILL "$i" "$manifest" --root "$root" --quiet || true
		[ "$(sha256sum <"$list")" = "$before" ] ||
			[ "$(paths | wc -l)" -eq 303 ]
	done
	# what the last one had started may hold its lock for a moment yet
	for i in $(seq 50); do
		make
		[[ $output == *"is at work on"* ]] || break
		sleep 0.2
	done
	[ "$status" -eq 0 ]
	verify
}

@test "the new manifest is synced before it takes the old one's place" {
	requires root namespaces
	make
	echo more >"$one/more.ko"
	local log=$BATS_TEST_TMPDIR/log
	run replacing sync "echo \"sync \$1\" >>'$log'; exec \$REAL \"\$@\"" \
		unshare -m sh -c "$(printf '%s\n' \
		"printf '#!/bin/sh\necho mv >>$log; exec $BATS_TEST_TMPDIR/real.mv \"\$@\"\n' >'$BATS_TEST_TMPDIR/mv'" \
		"cp $(realpath "$(command -v mv)") '$BATS_TEST_TMPDIR/real.mv'" \
		"chmod 755 '$BATS_TEST_TMPDIR/mv'" \
		"mount --bind '$BATS_TEST_TMPDIR/mv' $(realpath "$(command -v mv)")" \
		"exec '$manifest' --root '$root'")"
	echo "$output"
	[ "$status" -eq 0 ]
	cat "$log"
	[ "$(sed 's|/tmp\.[^/]*\.seal-manifest$|/|' "$log")" = "sync $root/etc/seal/
mv
sync $root/etc/seal" ]
	verify
}

@test "a full disk: an error, the old manifest is whole" {
	requires root namespaces
	mkdir -p "$root/etc/seal"
	local i
	for i in $(seq 300); do
		echo "$i" >"$one/m$i.ko"
	done
	# The file system goes when this shell does.
	# shellcheck disable=SC2016 # for another shell
	run unshare -m bash -c '
		mount -t tmpfs -o size=16k none "$2/etc/seal" || exit 99
		list=$2/etc/seal/modules.sha256
		"$1" --root "$2" --quiet --kernel 2.0 || exit 98
		before=$(sha256sum <"$list")
		"$1" --root "$2" --quiet
		echo "status $?"
		[ "$(sha256sum <"$list")" = "$before" ] && echo whole
		ls -A "$2/etc/seal"' bash "$manifest" "$root"
	echo "$output"
	[ "$status" -ne 99 ] || skip "this machine does not let root mount"
	[[ $output == *"old manifest is left as it is"*"status 1
whole
modules.sha256" ]]
}

@test "no room for temporary files: an error, nothing is left out" {
	requires root namespaces
	make
	local i before size
	before=$(looks)
	for i in $(seq 300); do
		echo "$i" >"$one/m$i.ko"
	done
	for size in 16k 48k 96k; do
		# shellcheck disable=SC2016 # for another shell
		run unshare -m sh -c 'mount -t tmpfs -o size="$1" none "$TMPDIR" ||
			exit 99
			shift; exec "$@"' sh "$size" "$manifest" --root "$root" --quiet
		echo "$output"
		[ "$status" -ne 99 ] || skip "this machine does not let root mount"
		[ "$status" -eq 1 ]
		[ "$(looks)" = "$before" ]
		nothing_left
	done
}

@test "a sealed system: not blindly" {
	requires root namespaces
	mkdir -p "$BATS_TEST_TMPDIR/m"
	echo x >"$BATS_TEST_TMPDIR/m/x.ko"
	local out=$BATS_TEST_TMPDIR/manifest
	run sealed "$manifest" --output "$out" "$BATS_TEST_TMPDIR/m"
	[ "$status" -eq 1 ]
	[[ $output == *"this system is sealed"* && $output == *--diff* ]]
	[ ! -e "$out" ]
	run sealed "$manifest" --root "$root"
	[ "$status" -eq 1 ]
	[ ! -e "$list" ]
	run sealed "$manifest" --diff --output "$out" "$BATS_TEST_TMPDIR/m"
	[ "$status" -eq 1 ]
	[[ $output == *"added   $BATS_TEST_TMPDIR/m/x.ko"* ]]
	[ ! -e "$out" ]
	run sealed "$manifest" --sealed --output "$out" "$BATS_TEST_TMPDIR/m"
	[ "$status" -eq 0 ]
	[ -s "$out" ]
}

@test "no variable of the environment says that it is not sealed" {
	requires root namespaces
	run sealed env sealed=yes diff=yes SEALED=yes root=/x PATH=/nonesuch \
		work=/tmp new=/tmp/x SYSFS=/nonesuch "$manifest" --root "$root"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"this system is sealed"* ]]
}

@test "without sysfs it cannot be told: not blindly either" {
	requires root namespaces
	# shellcheck disable=SC2016 # for another shell
	run unshare -m sh -c 'mount -t tmpfs none /sys && exec "$@"' sh \
		"$manifest" --root "$root"
	[ "$status" -eq 1 ]
	[[ $output == *"cannot be told"* ]]
	[ ! -e "$list" ]
}

@test "options for the programs it runs are not taken from the environment" {
	requires xz
	make
	echo garbage >"$one/broken.ko.xz"
	XZ_OPT=-f XZ_DEFAULTS=-f GZIP=-f refuses broken.ko.xz
}
