# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output and root are set elsewhere
# seal-manifest --programs: what it lists of this system.

load programs

setup_file() {
	programs_setup_file
}

setup() {
	programs_setup
}

@test "a program: just what is mapped executable when it runs" {
	lists "$here/prog"
	[ "$status" -eq 0 ]
	[ ! -e "$here/was-run" ]
	local mapped
	mapfile -t mapped < <("$here/prog")
	rm "$here/was-run"
	[ "${#mapped[@]}" -ge 5 ]
	is_of "${mapped[@]}"
	sha256sum -c --quiet --strict "$list"
	nothing_left
}

@test "its form: remarks, then lines of sha256sum, sorted" {
	lists "$here/prog" --plugins "$here/plug"
	[ "$status" -eq 0 ]
	[ "$(sed -n '/^#/!q;p' "$list")" = \
"# SHA-256 digests of what holes may run; written by seal-manifest(8)
# kind: programs
# program: $here/prog
# plugins: $here/plug" ]
	sed 1,4d "$list" | LC_ALL=C sort -c -k2
	[ "$(sed 1,4d "$list" | grep -cvE '^[0-9a-f]{64}  /[^ ]+$')" -eq 0 ]
	[ "$(stat -c '%a %u' "$list")" = "644 $(id -u)" ]
}

@test "real paths: each file once, by the name that no link leads to" {
	ln -s "$here/prog" "$BATS_TEST_TMPDIR/link"
	lists "$BATS_TEST_TMPDIR/link" "$here/../built/prog"
	[ "$status" -eq 0 ]
	local path
	for path in $(paths); do
		[ "$(realpath "$path")" = "$path" ]
	done
	[ "$(paths | grep -c '/prog$')" -eq 1 ]
	[ -z "$(paths | sort | uniq -d)" ]
}

@test "insmod-guard: its libraries, those that they load by themselves, no more" {
	local guard=${SEAL_OUT:-$BATS_TEST_DIRNAME/../../build}/insmod-guard/insmod-guard
	[ -x "$guard" ] || skip "insmod-guard is not built"
	lists "$guard"
	[ "$status" -eq 0 ]
	[ "$(paths | grep -cE '/(ld-linux[^/]*|ld-2[^/]*|libc[.-][^/]*|libcrypto[^/]*|libkmod[^/]*)$')" -eq 4 ]
	# kmod 34 loads what unpacks modules when it must
	if LC_ALL=C grep -qa 'liblzma' "$(paths | grep /libkmod)"; then
		paths | grep '/liblzma'
	fi
	[ "$(paths | grep -c -e ossl-modules -e engines -e libnss)" -eq 0 ]
}

@test "a statically linked program: itself" {
	lists "$here/alone" "$here/alone-pie"
	[ "$status" -eq 0 ]
	is_of "$here/alone" "$here/alone-pie"
}

@test "several programs: what they are made of together" {
	lists "$here/prog" "$here/alone"
	[ "$status" -eq 0 ]
	[ "$(paths | grep -cE '/(prog|alone|libnear.so.1|libfar.so.1)$')" -eq 4 ]
}

@test "again without a name: those of the old list" {
	lists "$here/prog" --plugins "$here/plug/*.so"
	cp "$list" "$BATS_TEST_TMPDIR/first"
	lists
	[ "$status" -eq 0 ]
	[[ $output == *"0 added, 0 removed, 0 changed"*"is up to date"* ]]
	cmp "$list" "$BATS_TEST_TMPDIR/first"
	sed -i 's/^[0-9a-f]\{8\}/00000000/' "$list"
	lists --diff
	[ "$status" -eq 1 ]
	[[ $output == *"changed $here/prog"* ]]
	lists
	[ "$status" -eq 0 ]
	cmp "$list" "$BATS_TEST_TMPDIR/first"
	# new names are the whole truth
	lists "$here/alone"
	is_of "$here/alone"
	[[ $output == *"removed $here/prog"* ]]
}

@test "sh, dash and bash make identical bytes" {
	local shell
	lists "$here/prog" --plugins "$here/plug"
	for shell in sh dash bash; do
		command -v "$shell" >/dev/null || continue
		"$shell" "$manifest" --programs --sealed --quiet \
			--output "$BATS_TEST_TMPDIR/$shell" "$here/prog" \
			--plugins "$here/plug"
		cmp "$list" "$BATS_TEST_TMPDIR/$shell"
	done
}

@test "serial and comments stay, and what was signed is up to date" {
	requires openssl
	lists "$here/prog"
	openssl req -x509 -nodes -newkey rsa:2048 -days 30 -sha256 -subj /CN=t \
		-keyout "$BATS_TEST_TMPDIR/key" -out "$BATS_TEST_TMPDIR/crt" \
		2>/dev/null
	sed -i '2a # mine' "$list"
	lists
	[ "$(grep -c '^# mine$' "$list")" -eq 1 ]
	"$BATS_TEST_DIRNAME/../../etc/sealctl" sign "$list" --serial 7 \
		--kind programs --key "$BATS_TEST_TMPDIR/key" \
		--cert "$BATS_TEST_TMPDIR/crt"
	lists
	[ "$status" -eq 0 ]
	[[ $output == *"is up to date"* ]]
	lists "$here/alone"
	grep -qx '# serial: 7' "$list"
	[[ $output == *"p7s does not fit any more"* ]]
	lists --fresh "$here/alone"
	[ "$(grep -c -e serial -e mine "$list")" -eq 0 ]
	grep -qx '# kind: programs' "$list"
}

@test "plug-ins: a directory, a file, a pattern, what they need themselves" {
	local plug=$BATS_TEST_TMPDIR/plug
	mkdir -p "$plug/deep er"
	gcc -shared -fPIC -o "$plug/deep er/p.so" "$here/plug.c" \
		-L "$here/lib" -Wl,--no-as-needed -l:libnear.so.1 \
		-Wl,--disable-new-dtags -Wl,-rpath,"$here/lib" \
		-Wl,-rpath-link,"$here/lib"
	echo text >"$plug/README"
	# a library of another machine
	cp "$plug/deep er/p.so" "$plug/other.so"
	printf '\101' | dd of="$plug/other.so" bs=1 seek=18 conv=notrunc status=none
	gcc -o "$BATS_TEST_TMPDIR/plain" "$here/alone.c"
	lists "$BATS_TEST_TMPDIR/plain"
	local plain
	mapfile -t plain < <(paths)
	lists "$BATS_TEST_TMPDIR/plain" --plugins "$plug"
	[ "$status" -eq 0 ]
	is_of "${plain[@]}" "$plug/deep er/p.so" "$here/lib/libnear.so.1" \
		"$here/lib/libfar.so.1"
	lists "$BATS_TEST_TMPDIR/plain" --plugins="$plug/*/p.so"
	[ "$(paths | grep -c 'deep er/p.so$')" -eq 1 ]
	lists "--plugins=$here/plug/plug.so" "$BATS_TEST_TMPDIR/plain"
	is_of "${plain[@]}" "$here/plug/plug.so"
	lists --plugins "$here/plug/plug.so" "$plug/deep er/p.so" -- \
		"$BATS_TEST_TMPDIR/plain"
	[ "$(paths | grep -c -e /plug.so -e /p.so)" -eq 2 ]
	lists
	[[ $output == *"up to date"* ]]
}

@test "a plug-in that cannot be loaded is told of, and does no harm" {
	local plug=$BATS_TEST_TMPDIR/plug
	mkdir -p "$plug"
	cp "$here/lib/libnear.so.1" "$plug/near.so"
	gcc -o "$BATS_TEST_TMPDIR/plain" "$here/alone.c"
	lists "$BATS_TEST_TMPDIR/plain" --plugins "$plug"
	[ "$status" -eq 0 ]
	[[ $output == *"near.so is listed, but cannot be loaded: "*libfar.so.1* ]]
	paths | grep -x "$plug/near.so"
	# the search path of a program that loads it has what it needs
	lists "$here/prog" --plugins "$plug"
	[ "$status" -eq 0 ]
	[[ $output != *"cannot be loaded"* ]]
}

@test "plug-ins that are not there, or that no program of the list can load" {
	lists "$here/prog"
	no_list "$here/nonesuch: there is no library there" \
		lists "$here/prog" --plugins "$here/nonesuch"
	no_list "*.c: there is no library there" \
		lists "$here/prog" --plugins "$here/*.c"
	no_list "there is no library there" \
		lists "$here/alone" --plugins "$here/plug"
}

# note(FILE, JSON) - assembler for what a file says it loads
note() {
	cat >"$1" <<-END
		asm(".pushsection .note.dlopen,\"a\",%note\\n.balign 4\\n"
		    ".long 4, 2f - 1f, 0x407c0c0a\\n.asciz \"FDO\"\\n"
		    "1: .asciz \"${2//\"/\\\\\\\"}\"\\n2: .balign 4\\n.popsection");
	END
}

@test "what a library says it loads is listed, if it is there" {
	cd "$BATS_TEST_TMPDIR"
	note note.c '[{"feature":"x","soname":["libnone.so.9","libnear.so.1"]},{"soname":["libz.so.77"]}]'
	cat "$here/alone.c" >>note.c
	gcc -o plain "$here/alone.c"
	gcc -o noted note.c -Wl,--disable-new-dtags -Wl,-rpath,"$here/lib"
	lists "$BATS_TEST_TMPDIR/plain"
	local plain
	mapfile -t plain < <(paths | grep -v /plain)
	lists "$BATS_TEST_TMPDIR/noted"
	[ "$status" -eq 0 ]
	is_of "${plain[@]}" "$BATS_TEST_TMPDIR/noted" \
		"$here/lib/libnear.so.1" "$here/lib/libfar.so.1"
	# a path is not a name of the linker's
	note note.c "[{\"soname\":[\"$here/plug/plug.so\"]}]"
	cat "$here/alone.c" >>note.c
	gcc -o noted note.c
	lists "$BATS_TEST_TMPDIR/noted"
	is_of "${plain[@]}" "$BATS_TEST_TMPDIR/noted"
}

@test "the environment does not count" {
	lists "$here/prog"
	cp "$list" "$BATS_TEST_TMPDIR/first"
	mkdir "$BATS_TEST_TMPDIR/lib"
	cp "$here/plug/plug.so" "$BATS_TEST_TMPDIR/lib/libnear.so.1"
	export LD_LIBRARY_PATH=$BATS_TEST_TMPDIR/lib
	lists
	unset LD_LIBRARY_PATH
	[[ $output == *"up to date"* ]]
	LD_PRELOAD=$here/plug/plug.so lists
	[[ $output == *"up to date"* ]]
}

@test "\$ORIGIN, which the linker follows for no program of a hole" {
	local dir=$BATS_TEST_TMPDIR/app
	mkdir -p "$dir/lib"
	cp "$here"/lib/* "$dir/lib/"
	# shellcheck disable=SC2016 # it is the linker's
	gcc -o "$dir/app" "$here/prog.c" -DMARK="\"$here/was-run\"" \
		-L "$dir/lib" -l:libnear.so.1 -Wl,-rpath-link,"$dir/lib" \
		-Wl,--disable-new-dtags -Wl,-rpath,'$ORIGIN/lib'
	lists "$here/prog"
	no_list "libnear.so.1 by its search path \$ORIGIN/lib" lists "$dir/app"
}

@test "names with blanks, quotes and backslashes" {
	requires sha256sum
	local dir=$BATS_TEST_TMPDIR/"a b'c\\d\$(e)*"
	mkdir -p "$dir"
	cp "$here/prog" "$dir/p q"
	lists "$dir/p q"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^[\]' "$list")" -eq 1 ]
	sha256sum -c --quiet --strict "$list"
	lists
	[[ $output == *"up to date"* ]]
}
