# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output and root are set elsewhere
# seal-manifest --programs --root: a system that is read, and never run.

load programs

setup_file() {
	programs_setup_file
}

setup() {
	programs_setup
	with_libraries "$here/prog"
}

# as_here(PATH...) - what the linker lists, without what lies elsewhere below
# the root
as_here() {
	lists "$here/prog" >/dev/null
	paths | sed "s#^$here/prog\$#/usr/bin/prog#"
}

@test "the libraries that the linker finds, by reading alone" {
	local expected
	expected=$(as_here | sed 's#.*/##; s/^ld-2.*/ld-linux/; s/^\(ld-linux\|libc\)[.-].*/\1/' | sort -u)
	chmod a-x "$root"/usr/lib64/* "$root"/usr/lib/*/* 2>/dev/null || true
	lists_below /bin/prog
	[ "$status" -eq 0 ]
	[ ! -e "$here/was-run" ]
	[ "$(paths | sed 's#.*/##; s/^ld-2.*/ld-linux/; s/^\(ld-linux\|libc\)[.-].*/\1/' | sort -u)" \
		= "$expected" ]
	(cd "$root" && sed 's#  /#  ./#' "$list" |
		sha256sum -c --quiet --strict)
	grep -qx '# program: /bin/prog' "$list"
	nothing_left
}

@test "a library that is missing there, though it is here" {
	rm "$root$here/lib/libfar.so.1"
	no_list "/bin/prog: the dynamic linker cannot complete it: there is no libfar.so.1" \
		lists_below /bin/prog
}

@test "links mean what they mean to one who lives there" {
	mkdir -p "$root/opt"
	mv "$root$here/lib/libfar.so.1" "$root/opt/"
	ln -s /opt/../../opt/libfar.so.1 "$root$here/lib/libfar.so.1"
	ln -s /usr/bin/prog "$root/usr/bin/link"
	lists_below /bin/link
	[ "$status" -eq 0 ]
	paths | grep -x /opt/libfar.so.1
	paths | grep -x /usr/bin/prog
	# what is there for us is not there
	ln -sf "$here/plug/plug.so" "$root$here/lib/libfar.so.1"
	no_list "there is no libfar.so.1" lists_below /bin/link
	ln -sf ../../../../../../../../../../../.."$here/plug/plug.so" \
		"$root$here/lib/libfar.so.1"
	no_list "there is no libfar.so.1" lists_below /bin/link
	ln -sf "$here/lib/libfar.so.1" "$root$here/lib/libfar.so.1"
	no_list "there is no libfar.so.1" lists_below /bin/link
	ln -sf link "$root/usr/bin/link"
	no_list "/bin/link: it does not exist" lists_below /bin/link
}

@test "directories: ld.so.conf with what it includes, hwcaps variants" {
	rm -r "${root:?}$here"
	mkdir -p "$root/opt/one" "$root/opt/two/glibc-hwcaps/x86-64-v3" \
		"$root/etc/ld.so.conf.d"
	cp "$here/lib/libnear.so.1" "$root/opt/one/"
	cp "$here/lib/libfar.so.1" "$root/opt/two/"
	no_list "there is no lib" lists_below /bin/prog
	printf '# none\ninclude /etc/ld.so.conf.d/*.conf\n' >"$root/etc/ld.so.conf"
	echo "/opt/one # near" >"$root/etc/ld.so.conf.d/a.conf"
	echo "/opt/two" >"$root/etc/ld.so.conf.d/b.conf"
	lists_below /bin/prog
	[ "$status" -eq 0 ]
	paths | grep -x /opt/one/libnear.so.1
	paths | grep -x /opt/two/libfar.so.1
	cp "$here/lib/libfar.so.1" "$root/opt/two/glibc-hwcaps/x86-64-v3/"
	# one of another machine is passed over
	cp "$here/lib/libfar.so.1" "$root/opt/one/"
	printf '\101' | dd of="$root/opt/one/libfar.so.1" bs=1 seek=18 \
		conv=notrunc status=none
	echo include ld.so.conf.d/*.conf >"$root/etc/ld.so.conf"
	lists_below /bin/prog
	[ "$status" -eq 0 ]
	[ "$(paths | grep -c libfar)" -eq 2 ]
	paths | grep -x /opt/two/glibc-hwcaps/x86-64-v3/libfar.so.1
}

@test "what ld.so.preload names" {
	mkdir -p "$root/opt"
	cp "$here/plug/plug.so" "$root/opt/"
	echo "/opt/plug.so # for all" >"$root/etc/ld.so.preload" 2>/dev/null || {
		mkdir -p "$root/etc"
		echo "/opt/plug.so # for all" >"$root/etc/ld.so.preload"
	}
	lists_below /bin/prog
	[ "$status" -eq 0 ]
	paths | grep -x /opt/plug.so
}

@test "Xorg: its drivers, Mesa's, NSS, and what they need" {
	local lib
	lib=$("$(interpreter "$here/prog")" --list "$here/prog" |
		sed -n 's#.*libc.so.6 => /\(usr/\)*\([^ ]*\)/[^/]* .*#/usr/\2#p')
	mkdir -p "$root"/usr/lib/xorg/modules/{drivers,input} "$root$lib"/{dri,gbm}
	mv "$root/usr/bin/prog" "$root/usr/lib/xorg/Xorg"
	# a plug-in with a library of its own
	gcc -shared -fPIC -o "$root/usr/lib/xorg/modules/drivers/vesa_drv.so" \
		"$here/plug.c" -L "$here/lib" -Wl,--no-as-needed \
		-l:libnear.so.1 -Wl,-rpath-link,"$here/lib" -nostdlib
	cp "$here/plug/plug.so" "$root/usr/lib/xorg/modules/input/mouse_drv.so"
	cp "$here/plug/plug.so" "$root$lib/dri/swrast_dri.so"
	ln "$root$lib/dri/swrast_dri.so" "$root$lib/dri/iris_dri.so"
	cp "$here/plug/plug.so" "$root$lib/gbm/dri_gbm.so"
	cp "$here/plug/plug.so" "$root$lib/libEGL.so.1"
	cp "$here/plug/plug.so" "$root$lib/libEGL_mesa.so.0"
	cp "$here/plug/plug.so" "$root$lib/libnss_systemd.so.2"
	cp "$here/plug/plug.so" "$root$lib/libother.so.2"
	lists_below Xorg
	[ "$status" -eq 0 ]
	local path
	for path in /usr/lib/xorg/{Xorg,modules/{drivers/vesa,input/mouse}_drv.so} \
		"$lib"/{dri/{swrast,iris}_dri,gbm/dri_gbm}.so \
		"$lib"/{libEGL.so.1,libEGL_mesa.so.0,libnss_systemd.so.2}; do
		paths | grep -x "$path"
	done
	[ "$(paths | grep -c libother)" -eq 0 ]
	[[ $output != *"cannot be loaded"* ]]
	# the table is no word of the administrator's
	[ "$(grep -c '^# plugins: ' "$list")" -eq 0 ]
}

# A program of a machine with the other byte order and half the word.
big_endian() {
	perl -e '
		sub pad { my ($s, $n) = @_; $s . "\0" x ($n - length $s) }
		my $interp = "$ARGV[1]\0";
		my $strings = "\0libbig.so.1\0";
		my $at = 52 + 3 * 32;
		my $str = $at + 16;
		my $dyn = $str + 16;
		my $end = $dyn + 40;
		my $name = $ARGV[0] eq "program";
		my $dynamic = pack("N*", ($name ? (1, 1) : (21, 0)), 5, 0x10000 + $str,
			10, length $strings, 0, 0, 0, 0);
		print "\177ELF\1\2\1", "\0" x 9,
			pack("nnNNNNNnnnnnn", 3, 20, 1, 0, 52, 0, 0, 52, 32, 3, 0, 0, 0),
			pack("N*", 1, 0, 0x10000, 0, $end, $end, 5, 4096),
			pack("N*", 2, $dyn, 0x10000 + $dyn, 0, 40, 40, 6, 4),
			($name ? pack("N*", 3, $at, 0x10000 + $at, 0,
				length $interp, length $interp, 4, 1) : "\0" x 32),
			pad($interp, 16), pad($strings, 16), $dynamic;
	' "$@"
}

@test "a program of another architecture" {
	requires perl
	mkdir -p "$root/usr/lib/powerpc-linux-gnu"
	big_endian program /lib/ld.so >"$root/usr/bin/big"
	big_endian library "" >"$root/usr/lib/powerpc-linux-gnu/libbig.so.1"
	# one of this machine, where it would be found first
	cp "$here/plug/plug.so" "$root/usr/lib/libbig.so.1"
	chmod 755 "$root/usr/bin/big"
	no_list "its interpreter is /lib/ld.so, which is not" \
		lists_below /usr/bin/big
	big_endian program /lib/ld64.so.1 >"$root/usr/bin/big"
	big_endian library "" >"$root/usr/lib/ld64.so.1"
	lists_below /usr/bin/big
	is_of /usr/bin/big /usr/lib/ld64.so.1 \
		/usr/lib/powerpc-linux-gnu/libbig.so.1
}
