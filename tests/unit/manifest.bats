# SPDX-License-Identifier: GPL-2.0
# seal-manifest: what it writes, what it keeps, what it refuses.

bats_require_minimum_version 1.5.0

setup() {
	manifest=$BATS_TEST_DIRNAME/../../etc/seal-manifest
	root=$BATS_TEST_TMPDIR/root
	one=$root/lib/modules/1.0/kernel
	two=$root/lib/modules/2.0/kernel
	list=$root/etc/seal/modules.sha256
	mkdir -p "$one" "$two"
	echo a >"$one/a.ko"
	echo b >"$one/b.ko"
	echo c >"$two/c.ko"
	echo text >"$one/modules.dep"
}

# make(ARG...) - run it on that root
make() {
	run "$manifest" --root "$root" "$@"
	echo "$output"
}

paths() {
	sed '/^#/d' "$list" | cut -c67-
}

# verify() - what coreutils says of the manifest
verify() {
	(cd "$root" && sed 's#  /#  ./#' "$list" |
		sha256sum -c --quiet --ignore-missing)
}

@test "all kernels: every module, sorted, and nothing else" {
	make
	[ "$status" -eq 0 ]
	[ "$(paths)" = "/lib/modules/1.0/kernel/a.ko
/lib/modules/1.0/kernel/b.ko
/lib/modules/2.0/kernel/c.ko" ]
	[[ $output == *"3 files: 3 added, 0 removed, 0 changed"* ]]
	[ "$(stat -c %a "$list")" = 644 ]
	verify
}

@test "identical trees make identical bytes" {
	make
	cp "$list" "$BATS_TEST_TMPDIR/first"
	touch "$one"/*
	make --output "$BATS_TEST_TMPDIR/second"
	cmp "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
}

@test "an unchanged tree leaves the manifest alone" {
	make
	local before
	before=$(stat -c '%i %Y' "$list")
	make
	[ "$status" -eq 0 ]
	[[ $output == *"up to date"* ]]
	[ "$(stat -c '%i %Y' "$list")" = "$before" ]
	[ ! -e "$list.old" ]
}

@test "added, removed and changed are told, the old one is kept" {
	make
	cp "$list" "$BATS_TEST_TMPDIR/first"
	echo d >"$one/d.ko"
	rm "$one/a.ko"
	echo B >"$one/b.ko"
	make
	[ "$status" -eq 0 ]
	[[ $output == *"added   /lib/modules/1.0/kernel/d.ko"* ]]
	[[ $output == *"removed /lib/modules/1.0/kernel/a.ko"* ]]
	[[ $output == *"changed /lib/modules/1.0/kernel/b.ko"* ]]
	[[ $output == *"3 files: 1 added, 1 removed, 1 changed"* ]]
	cmp "$list.old" "$BATS_TEST_TMPDIR/first"
	verify
}

@test "--diff shows the same and writes nothing" {
	make
	echo d >"$one/d.ko"
	local before
	before=$(sha256sum "$list")
	make --diff
	[ "$status" -eq 1 ]
	[[ $output == *"added   /lib/modules/1.0/kernel/d.ko"* ]]
	[ "$(sha256sum "$list")" = "$before" ]
	rm "$one/d.ko"
	make --diff
	[ "$status" -eq 0 ]
}

@test "one kernel is renewed, the other's lines stay as they are" {
	make
	rm "$two/c.ko"
	echo e >"$one/e.ko"
	make --kernel 1.0
	[ "$status" -eq 0 ]
	[[ $(paths) == *2.0/kernel/c.ko* && $(paths) == *1.0/kernel/e.ko* ]]
	make --kernel 1.0 --fresh
	[[ $(paths) != *2.0* ]]
}

@test "a kernel's name is no prefix of another's" {
	mkdir -p "$root/lib/modules/1.0-rt"
	echo r >"$root/lib/modules/1.0-rt/r.ko"
	make
	rm -r "$root/lib/modules/1.0-rt"
	make --kernel 1.0
	[[ $(paths) == *1.0-rt/r.ko* ]]
}

@test "files and directories that are named" {
	mkdir -p "$root/opt/m"
	echo x >"$root/opt/m/x.ko"
	echo tool >"$root/opt/tool"
	make /opt/m /opt/tool
	[ "$status" -eq 0 ]
	[ "$(paths)" = "/opt/m/x.ko
/opt/tool" ]
}

@test "a compressed module has two lines: the file and its image [xz, zst, gz]" {
	local image
	image=$(sha256sum <"$one/a.ko" | cut -c1-64)
	xz -k "$one/a.ko"
	zstd -q -o "$two/a.ko.zst" "$one/a.ko"
	gzip -k "$one/a.ko"
	mkdir -p "$root/lib/modules/3.0"
	mv "$one/a.ko.gz" "$root/lib/modules/3.0/"
	rm "$one/a.ko"
	make
	[ "$status" -eq 0 ]
	local dir
	for dir in 1.0/kernel 2.0/kernel 3.0; do
		grep -qxF "$image  /lib/modules/$dir/a.ko" "$list"
	done
	[ "$(paths | grep -cE 'a\.ko\.(xz|zst|gz)$')" -eq 3 ]
	verify
}

@test "names with spaces, backslashes, line breaks, dashes, other alphabets" {
	local name
	# shellcheck disable=SC2016 # a dollar is a dollar
	for name in 'a b.ko' 'back\slash.ko' $'line\nbreak.ko' '-dash.ko' \
		'ü.ko' '$(x).ko' "quote'.ko" 'back\slash.ko.xz'; do
		echo "$name" >"$one/$name"
	done
	echo z | xz >"$one"/'back\slash.ko.xz'
	make
	[ "$status" -eq 0 ]
	(cd "$root" && sed '/^#/d; s#  /#  ./#' "$list" |
		sha256sum -c --status --ignore-missing)
	grep -qE '^\\[0-9a-f]{64}  /lib/modules/1.0/kernel/line\\nbreak.ko$' "$list"
	cp "$list" "$BATS_TEST_TMPDIR/first"
	make
	[[ $output == *"up to date"* ]]
}

@test "a module that cannot be read or unpacked: an error, nothing written" {
	make
	local before
	before=$(sha256sum "$list")
	echo garbage >"$one/broken.ko.xz"
	make
	[ "$status" -eq 1 ]
	[[ $output == *broken.ko.xz* && $output == *"nothing is written"* ]]
	[ "$(sha256sum "$list")" = "$before" ]
	rm "$one/broken.ko.xz"
	ln -s nowhere "$one/dangling.ko"
	make
	[ "$status" -eq 1 ]
	[[ $output == *dangling.ko* ]]
	[ "$(sha256sum "$list")" = "$before" ]
	[ -z "$(find "$root/etc/seal" -name '.seal-manifest*')" ]
}

@test "what does not exist, what is misused" {
	make --kernel 9.9
	[ "$status" -eq 1 ]
	[[ $output == *"/lib/modules/9.9 does not exist"* ]]
	make /nonesuch
	[ "$status" -eq 1 ]
	mkdir "$root/empty"
	make /empty
	[ "$status" -eq 1 ]
	[[ $output == *"no module was found"* ]]
	local bad
	for bad in --bogus '--kernel' '--kernel ../x' '--all --kernel 1.0' \
		'--kernel 1.0 /opt'; do
		# shellcheck disable=SC2086 # words
		make $bad
		[ "$status" -eq 2 ]
	done
	[ ! -e "$list" ]
}

@test "an old manifest with a malformed line is not touched" {
	make
	echo "no digest here" >>"$list"
	local before
	before=$(sha256sum "$list")
	make
	[ "$status" -eq 1 ]
	[[ $output == *"line 5 is no sha256sum line"* ]]
	[ "$(sha256sum "$list")" = "$before" ]
	make --fresh
	[ "$status" -eq 0 ]
	verify
}

@test "two at once: the second is told" {
	make
	exec 8<"$root/etc/seal"
	flock 8
	make
	[ "$status" -eq 1 ]
	[[ $output == *"another seal-manifest is at work"* ]]
}

@test "killed in the middle, the old manifest is whole" {
	make
	local before i
	before=$(sha256sum <"$list")
	for i in $(seq 300); do
		echo "$i" >"$one/m$i.ko"
	done
	for i in 0.02 0.05 0.1 0.2; do
		timeout -s KILL "$i" "$manifest" --root "$root" --quiet || true
		[ "$(sha256sum <"$list")" = "$before" ] || verify
	done
	make
	[ "$status" -eq 0 ]
	verify
}

@test "a full disk: an error, the old manifest is whole" {
	[ "$(id -u)" -eq 0 ] || skip "mounting a small file system needs root"
	mkdir -p "$root/etc/seal"
	mount -t tmpfs -o size=16k none "$root/etc/seal" ||
		skip "this machine does not let root mount"
	make
	local before i result=0
	before=$(sha256sum <"$list")
	for i in $(seq 300); do
		echo "$i" >"$one/m$i.ko"
	done
	make
	[ "$status" -eq 1 ] || result=1
	[[ $output == *"old manifest is left as it is"* ]] || result=2
	[ "$(sha256sum <"$list")" = "$before" ] || result=3
	umount "$root/etc/seal"
	[ "$result" -eq 0 ]
}

# A sealed system is one where /sys/module/seal is: in a mount namespace of
# our own that is easily said.
sealed() {
	unshare -m sh -c 'mount -t tmpfs none /sys && mkdir -p /sys/module/seal &&
		exec "$@"' sh "$@"
}

@test "a sealed system: not blindly" {
	[ "$(id -u)" -eq 0 ] || skip "a mount namespace needs root"
	unshare -m true || skip "this machine has no mount namespaces"
	mkdir -p "$BATS_TEST_TMPDIR/m"
	echo x >"$BATS_TEST_TMPDIR/m/x.ko"
	out=$BATS_TEST_TMPDIR/manifest
	run sealed "$manifest" --output "$out" "$BATS_TEST_TMPDIR/m"
	[ "$status" -eq 1 ]
	[[ $output == *"this system is sealed"* && $output == *--diff* ]]
	[ ! -e "$out" ]
	run sealed "$manifest" --diff --output "$out" "$BATS_TEST_TMPDIR/m"
	[ "$status" -eq 1 ]
	[[ $output == *"added   $BATS_TEST_TMPDIR/m/x.ko"* ]]
	run sealed "$manifest" --sealed --output "$out" "$BATS_TEST_TMPDIR/m"
	[ "$status" -eq 0 ]
	[ -s "$out" ]
}

@test "--help and --version" {
	run "$manifest" --help
	[ "$status" -eq 0 ]
	[[ $output == *"--kernel VERSION"* ]]
	run "$manifest" --version
	[[ $output =~ ^seal-manifest\ [0-9.]+$ ]]
}
