# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output and root are set elsewhere
# seal-manifest: what it writes, what it keeps, what it tells.

load manifest

setup() {
	manifest_setup
}

@test "all kernels: every module, sorted, and nothing else" {
	make
	[ "$status" -eq 0 ]
	[ "$(paths)" = "/lib/modules/1.0/kernel/a.ko
/lib/modules/1.0/kernel/b.ko
/lib/modules/2.0/kernel/c.ko" ]
	[[ $output == *"3 files: 3 added, 0 removed, 0 changed"* ]]
	[ "$(stat -c '%a %u' "$list")" = "644 $(id -u)" ]
	nothing_left
	verify
}

@test "modules of DKMS and others below the kernel's directory are taken in" {
	mkdir -p "$root/lib/modules/1.0/updates/dkms"
	echo d >"$root/lib/modules/1.0/updates/dkms/zfs.ko"
	make --kernel 1.0
	[ "$status" -eq 0 ]
	[[ $(paths) == *"/lib/modules/1.0/updates/dkms/zfs.ko"* ]]
}

@test "identical trees make identical bytes" {
	make
	cp "$list" "$BATS_TEST_TMPDIR/first"
	cp -r "$root/lib" "$BATS_TEST_TMPDIR/lib"
	rm -r "${root:?}/lib"
	mkdir "$root/lib"
	# In another order, at another time.
	find "$BATS_TEST_TMPDIR/lib" -name '*.ko' -printf '%P\n' | sort -r |
		while read -r file; do
			install -D "$BATS_TEST_TMPDIR/lib/$file" "$root/lib/$file"
		done
	make --output "$BATS_TEST_TMPDIR/second"
	cmp "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
}

@test "sh, dash and bash make identical bytes" {
	printf 'x' >"$one/"'odd\name.ko'
	make
	local shell
	for shell in sh dash bash; do
		command -v "$shell" >/dev/null || continue
		"$shell" "$manifest" --root "$root" --quiet \
			--output "$BATS_TEST_TMPDIR/$shell"
		cmp "$list" "$BATS_TEST_TMPDIR/$shell"
	done
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

@test "a manifest out of order or with a wrong mode is put right" {
	make
	cp "$list" "$BATS_TEST_TMPDIR/first"
	sort -r "$list" -o "$list"
	make
	[[ $output == *"0 added, 0 removed, 0 changed"* ]]
	cmp "$list" "$BATS_TEST_TMPDIR/first"
	chmod 666 "$list"
	make
	[ "$(stat -c %a "$list")" = 644 ]
}

@test "added, removed and changed are told, the old one is kept" {
	make
	cp "$list" "$BATS_TEST_TMPDIR/first"
	echo d >"$one/d.ko"
	rm "$one/a.ko"
	echo B >"$one/b.ko"
	make
	[ "$status" -eq 0 ]
	[[ $output == *"removed /lib/modules/1.0/kernel/a.ko
changed /lib/modules/1.0/kernel/b.ko
added   /lib/modules/1.0/kernel/d.ko
3 files: 1 added, 1 removed, 1 changed"* ]]
	cmp "$list.old" "$BATS_TEST_TMPDIR/first"
	verify
}

@test "--quiet: counts only" {
	make --quiet
	[ "$output" = "3 files: 3 added, 0 removed, 0 changed" ]
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
	rm -r "${root:?}/etc"
	make --diff
	[ "$status" -eq 1 ]
	[ ! -e "$root/etc" ]
}

@test "one of a path's two digests goes: changed" {
	make
	echo "$(printf x | sha256sum | cut -c1-64)  /lib/modules/1.0/kernel/a.ko" \
		>>"$list"
	make --diff
	[ "$status" -eq 1 ]
	[[ $output == *"changed /lib/modules/1.0/kernel/a.ko"* ]]
	[[ $output == *"0 added, 0 removed, 1 changed"* ]]
}

@test "one kernel is renewed, the other's lines stay as they are" {
	make
	rm "$two/c.ko"
	echo e >"$one/e.ko"
	make --kernel 1.0
	[ "$status" -eq 0 ]
	[[ $(paths) == *2.0/kernel/c.ko* && $(paths) == *1.0/kernel/e.ko* ]]
	make --kernel 1.0 --fresh
	[ "$status" -eq 0 ]
	[[ $output == *"removed /lib/modules/2.0/kernel/c.ko"* ]]
	[[ $(paths) != *2.0* ]]
}

@test "a kernel's name is no prefix of another's" {
	mkdir -p "$root/lib/modules/1.0-rt"
	echo r >"$root/lib/modules/1.0-rt/r.ko"
	make
	rm -r "$root/lib/modules/1.0-rt"
	make --kernel 1.0
	[[ $(paths) == *1.0-rt/r.ko* ]]
	make --kernel=1.0 --kernel 2.0
	[[ $(paths) == *1.0-rt/r.ko* ]]
	make --all
	[[ $(paths) != *1.0-rt* ]]
}

@test "foreign lines stay letter by letter: style, digest, comments" {
	local text star
	text="$(printf 1 | sha256sum | cut -c1-64)  /srv/x.ko"
	star="$(printf 2 | sha256sum | cut -c1-64 | tr a-f A-F) */srv/x.ko"
	mkdir -p "${list%/*}"
	printf '%s\n' '# mine' "$star" '' "$text" >"$list"
	make
	[ "$status" -eq 0 ]
	[ "$(grep -cxF -e "$text" -e "$star" -e '# mine' "$list")" -eq 3 ]
	make
	[[ $output == *"up to date"* ]]
	make --fresh
	[ "$status" -eq 0 ]
	[ "$(grep -c -e srv -e mine "$list")" -eq 0 ]
}

@test "a signature that does not fit any more is told of" {
	make
	touch "$list.p7s"
	make
	[[ $output != *p7s* ]]
	echo d >"$one/d.ko"
	make --diff
	[[ $output != *p7s* ]]
	make
	[ "$status" -eq 0 ]
	[[ $output == *"modules.sha256.p7s does not fit any more: sign it anew"* ]]
}

@test "files and directories that are named, options after them" {
	mkdir -p "$root/opt/m"
	echo x >"$root/opt/m/x.ko"
	echo tool >"$root/opt/tool"
	make /opt/../opt/m "/opt//tool" "--output=$list" --quiet
	[ "$status" -eq 1 ]	# there is no directory for it yet
	mkdir -p "${list%/*}"
	make /opt/../opt/m "/opt//tool" "--output=$list" --quiet
	[ "$status" -eq 0 ]
	[ "$(paths)" = "/opt/m/x.ko
/opt/tool" ]
	make ../../../opt/tool --diff --fresh
	[[ $output == *"removed /opt/m/x.ko
1 files"* ]]
}

@test "without --root a relative name is one below the working directory" {
	mkdir "$BATS_TEST_TMPDIR/-m"
	echo x >"$BATS_TEST_TMPDIR/-m/x.ko"
	cd "$BATS_TEST_TMPDIR" || return
	run "$manifest" --output list -- -m ./-m/x.ko
	[ "$status" -eq 0 ]
	[[ $output == *"added   $BATS_TEST_TMPDIR/-m/x.ko"* ]]
	sha256sum -c --quiet list
}

@test "a compressed module has two lines: the file and its image [xz, zst, gz]" {
	requires xz zstd gzip
	local image
	image=$(digest "$one/a.ko")
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

@test "a plain module beside a compressed one that differs: both digests" {
	requires xz
	printf other | xz >"$one/a.ko.xz"
	make
	[ "$status" -eq 0 ]
	grep -qxF "$(digest "$one/a.ko")  /lib/modules/1.0/kernel/a.ko" "$list"
	grep -qxF "$(printf other | sha256sum | cut -c1-64)  /lib/modules/1.0/kernel/a.ko" \
		"$list"
	[ "$(paths | grep -c '/a\.ko$')" -eq 2 ]
}

@test "a compressed file that is named renews its image's line too" {
	requires xz
	xz "$one/a.ko"
	make
	local before
	before=$(grep '/a\.ko$' "$list")
	printf newer | xz >"$one/a.ko.xz"
	make /lib/modules/1.0/kernel/a.ko.xz
	[ "$status" -eq 0 ]
	[ "$(grep -cF "$before" "$list")" -eq 0 ]
	[ "$(paths | grep -c '/a\.ko$')" -eq 1 ]
	# And so does the plain file that takes its place.
	rm "$one/a.ko.xz"
	printf plain >"$one/a.ko"
	make /lib/modules/1.0/kernel/a.ko
	[ "$(paths | grep '/a\.ko')" = /lib/modules/1.0/kernel/a.ko ]
	verify
}

@test "names with spaces, backslashes, line breaks, dashes, other alphabets" {
	requires xz
	local name
	# shellcheck disable=SC2016 # a dollar is a dollar
	for name in 'a b.ko' ' .ko' 'back\slash.ko' $'line\nbreak.ko' '-dash.ko' \
		'ü.ko' '$(x).ko' "quote'.ko" 'tab	.ko' '\n.ko' $'\r.ko' \
		'*.ko' '  two.ko' '#.ko' $'end\n.ko' $'\xff.ko'; do
		printf %s "$name" >"$one/$name"
	done
	echo z | xz >"$one"/$'packed\\\n.ko.xz'
	make
	[ "$status" -eq 0 ]
	[ "$(sed 1d "$list" | wc -l)" -eq 21 ]
	verify
	# Each line by itself is right, whoever reads it.
	(cd / && find "$one" -name '*.ko' -print0 | xargs -0 sha256sum |
		sed "s#  $root/#  /#") | while IFS= read -r line; do
			grep -qxF -- "$line" "$list" || exit 1
		done
	grep -qE '^\\[0-9a-f]{64}  /lib/modules/1.0/kernel/line\\nbreak.ko$' "$list"
	grep -qxF "\\$(echo z | sha256sum | cut -c1-64)  /lib/modules/1.0/kernel/packed\\\\\\n.ko" \
		"$list"
	make
	[[ $output == *"up to date"* ]]
}

@test "operands with such names, and the scope of theirs" {
	local dir=$'odd \\di\nr'
	mkdir -p "$root/$dir"
	echo x >"$root/$dir/x.ko"
	echo y >"$root/$dir"/$'y\n'
	make "/$dir" "/$dir"/$'y\n'
	[ "$status" -eq 0 ]
	[ "$(paths)" = '/odd \\di\nr/x.ko
/odd \\di\nr/y\n' ]
	echo X >"$root/$dir/x.ko"
	make "/$dir"
	[ "$status" -eq 0 ]
	[ "$(paths)" = '/odd \\di\nr/x.ko' ]
	verify
}

@test "unescaped names of other programs are understood" {
	mkdir -p "$root/o" "${list%/*}"
	echo x >"$root/o/"'b\s.ko'
	echo "$(digest "$root/o/b\s.ko")  /o/b\s.ko" >"$list"
	make /o --diff
	[ "$status" -eq 0 ]
}

@test "/usr/lib/modules, where /lib is a link, is spelt as modprobe does" {
	mkdir "$root/usr"
	mv "$root/lib" "$root/usr/lib"
	ln -s usr/lib "$root/lib"
	make
	[ "$status" -eq 0 ]
	[ "$(paths | grep -c ^/lib/modules/)" -eq 3 ]
	echo A >"$one/a.ko"
	sed -i 's#/lib#/usr/lib#' "$list"
	make /usr/lib/modules/1.0
	[ "$status" -eq 0 ]
	[ "$(paths)" = "/lib/modules/1.0/kernel/a.ko
/lib/modules/1.0/kernel/b.ko
/usr/lib/modules/2.0/kernel/c.ko" ]
	verify
	make /usr/lib
	[ "$(paths | grep -c ^/lib/modules/)" -eq 3 ]
}

@test "links to modules and to directories count, those to sources do not" {
	mkdir -p "$root/srv/src/build" "$root/srv/more"
	echo s >"$root/srv/src/s.ko"
	echo s >"$root/srv/src/build/t.ko"
	echo m >"$root/srv/more/m.ko"
	ln -s ../../../srv/src "$root/lib/modules/1.0/build"
	ln -s ../../../srv/src "$root/lib/modules/1.0/source"
	ln -s ../../../srv/more "$root/lib/modules/1.0/extra"
	ln -s ../../2.0/kernel/c.ko "$one/c.ko"
	make --kernel 1.0
	[ "$status" -eq 0 ]
	[ "$(paths)" = "/lib/modules/1.0/extra/m.ko
/lib/modules/1.0/kernel/a.ko
/lib/modules/1.0/kernel/b.ko
/lib/modules/1.0/kernel/c.ko" ]
	verify
	make /srv/src
	[[ $(paths) == *"/srv/src/build/t.ko"* ]]
}

@test "a link as output: its target is replaced" {
	mkdir -p "${list%/*}" "$root/var"
	ln -s ../../var/real "$list"
	make
	[ "$status" -eq 0 ]
	[ -L "$list" ]
	[ -f "$root/var/real" ]
	verify
}

@test "4000 modules in a few seconds" {
	local i
	mkdir "$one/many"
	for ((i = 0; i < 4000; i++)); do
		echo "$i" >"$one/many/$i.ko"
	done
	SECONDS=0
	make --quiet
	[ "$status" -eq 0 ]
	[[ $output == *"4003 files"* ]]
	echo "$SECONDS seconds"
	[ "$SECONDS" -lt 10 ]
}

@test "a progress line on a terminal, and only there" {
	requires script xz
	xz -k "$one/a.ko"
	run script -qec "'$manifest' --root '$root'" /dev/null </dev/null
	[ "$status" -eq 0 ]
	[[ $output == *" of 5 lines"* ]]
	rm "$list"
	make
	[ "$status" -eq 0 ]
	[[ $output != *" of 5 lines"* ]]
}

@test "--help and --version" {
	run "$manifest" --help
	[ "$status" -eq 0 ]
	[[ $output == *"--kernel VERSION"* ]]
	run "$manifest" --version
	[[ $output =~ ^seal-manifest\ [0-9.]+$ ]]
}
