# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output and root are set elsewhere
# seal-manifest --programs: what it refuses, that nothing is run, and that the
# old list survives.

load programs

setup_file() {
	programs_setup_file
}

setup() {
	programs_setup
}

@test "what the kernel would take for no program, in its words" {
	lists "$here/prog"
	local dir=$BATS_TEST_TMPDIR/d
	mkdir "$dir"
	mkfifo "$dir/fifo"
	printf '#!/bin/sh\ntouch %s\n' "$here/was-run" >"$dir/script"
	chmod 755 "$dir/script" "$dir/fifo"
	cp "$here/prog" "$dir/noexec"
	chmod 644 "$dir/noexec"
	gcc -c -o "$dir/object" "$here/alone.c"
	chmod 755 "$dir/object"
	ln -s nowhere "$dir/dangling"
	: >"$dir/empty"
	chmod 755 "$dir/empty"
	no_list "$dir/nonesuch: it does not exist" lists "$dir/nonesuch"
	no_list "$dir/dangling: it does not exist" lists "$dir/dangling"
	no_list "$dir: it is a directory" lists "$dir"
	no_list "$dir/fifo: it is not a regular file" lists "$dir/fifo"
	no_list "$dir/noexec: it is not executable" lists "$dir/noexec"
	no_list "$dir/script: it is not an ELF program (a script runs as its interpreter)" \
		lists "$dir/script"
	no_list "$dir/empty: it is not an ELF program" lists "$dir/empty"
	no_list "$dir/object: it is an ELF file, but no program" \
		lists "$dir/object"
	no_list "bin/true: the path is not absolute" lists bin/true
	no_list "seal-no-such: no standard directory has an ELF program" \
		lists seal-no-such
}

@test "a bare name is looked for as the kernel does for mem_allow=" {
	mkdir -p "$root"/usr/{bin,sbin,lib/xorg,libexec,local/bin}
	echo '#!/bin/sh' >"$root/usr/bin/Xorg"
	chmod 755 "$root/usr/bin/Xorg"
	cp "$here/alone" "$root/usr/local/bin/Xorg"
	lists_below Xorg
	[ "$status" -eq 1 ]
	cp "$here/alone" "$root/usr/lib/xorg/Xorg"
	lists_below Xorg
	[ "$status" -eq 0 ]
	is_of /usr/lib/xorg/Xorg
	cp "$here/alone" "$root/usr/sbin/Xorg"
	lists_below Xorg
	is_of /usr/sbin/Xorg
	grep -qx '# program: Xorg' "$list"
}

@test "a library is no program" {
	lists "$here/prog"
	chmod 755 "$here/lib/libnear.so.1"
	no_list "it is a library, no program" lists "$here/lib/libnear.so.1"
}

@test "an interpreter of the program's own is not asked, nor run" {
	lists "$here/prog"
	printf '#!/bin/sh\ntouch %s\n' "$here/was-run" >"$BATS_TEST_TMPDIR/ld-linux.so.2"
	chmod 755 "$BATS_TEST_TMPDIR/ld-linux.so.2"
	gcc -o "$BATS_TEST_TMPDIR/evil" "$here/alone.c" \
		-Wl,--dynamic-linker="$BATS_TEST_TMPDIR/ld-linux.so.2"
	no_list "which is not glibc's dynamic linker" \
		lists "$BATS_TEST_TMPDIR/evil"
	gcc -o "$BATS_TEST_TMPDIR/evil" "$here/alone.c" \
		-Wl,--dynamic-linker="/lib/../$BATS_TEST_TMPDIR/ld-linux.so.2"
	no_list "which is not glibc's dynamic linker" \
		lists "$BATS_TEST_TMPDIR/evil"
	gcc -o "$BATS_TEST_TMPDIR/evil" "$here/alone.c" \
		-Wl,--dynamic-linker=/lib/ld-linux-none.so.2
	no_list "its interpreter /lib/ld-linux-none.so.2 does not exist" \
		lists "$BATS_TEST_TMPDIR/evil"
}

@test "a library that is not there" {
	local dir=$BATS_TEST_TMPDIR/gone
	mkdir "$dir"
	cp "$here"/lib/* "$dir/"
	gcc -o "$dir/prog" "$here/prog.c" -DMARK='""' -L "$dir" \
		-l:libnear.so.1 -Wl,-rpath-link,"$dir" \
		-Wl,--disable-new-dtags -Wl,-rpath,"$dir"
	lists "$dir/prog"
	[ "$status" -eq 0 ]
	rm "$dir/libfar.so.1"
	no_list "$dir/prog: the dynamic linker cannot complete it" \
		lists "$dir/prog"
	[[ $output == *libfar.so.1* ]]
}

@test "a file that is cut off" {
	lists "$here/prog"
	local size
	for size in 60 200 1000; do
		head -c "$size" "$here/prog" >"$BATS_TEST_TMPDIR/cut"
		chmod 755 "$BATS_TEST_TMPDIR/cut"
		no_list "$BATS_TEST_TMPDIR/cut: " lists "$BATS_TEST_TMPDIR/cut"
	done
}

@test "no list of programs takes the place of a manifest, or the other way" {
	printf '%s  /lib/modules/1/a.ko\n' "$(printf a | sha256sum | cut -c1-64)" \
		>"$list"
	no_list "is no list of programs" lists "$here/prog"
	sed -i '1i # kind: revoked' "$list"
	no_list "is no list of programs" lists "$here/prog"
	rm "$list"
	lists "$here/prog"
	make --output "$list"
	[ "$status" -eq 1 ]
	[[ $output == *"line 2 says that it is a list of programs"* ]]
	is_of "$(paths)"
	make --output "$list" --fresh
	[ "$status" -eq 0 ]
	lists --fresh "$here/prog"
	[ "$status" -eq 0 ]
	grep -qx '# kind: programs' "$list"
}

@test "what is misused" {
	local bad
	for bad in '' "--all $here/prog" "--kernel 1.0 $here/prog" \
		"$here/prog --plugins relative" "--plugins $here/plug" \
		"$here/prog --plugins="; do
		set -f
		# shellcheck disable=SC2086 # words
		lists $bad
		set +f
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[ ! -e "$list" ]
	done
	run "$manifest" --sealed --plugins /x
	[ "$status" -eq 2 ]
	lists $'/bin/tr\nue'
	[ "$status" -ne 0 ]
	[ ! -e "$list" ]
}

@test "a program that changes under way" {
	requires root namespaces
	cp "$here/alone" "$BATS_TEST_TMPDIR/prog"
	run replacing sha256sum "\$REAL \"\$@\"; echo >>'$BATS_TEST_TMPDIR/prog'" \
		"$manifest" --programs --sealed --output "$list" \
		"$BATS_TEST_TMPDIR/prog"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"/prog appeared, vanished or changed under way"* ]]
	[ ! -e "$list" ]
	nothing_left
}

@test "on a sealed system: not without a word" {
	requires root namespaces
	run sealed "$manifest" --programs --output "$list" "$here/prog"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"seal-manifest --programs --diff"* ]]
	[ ! -e "$list" ]
	run sealed "$manifest" --programs --sealed --output "$list" "$here/prog"
	[ "$status" -eq 0 ]
	run sealed "$manifest" --programs --diff --output "$list"
	[ "$status" -eq 0 ]
}
