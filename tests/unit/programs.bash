# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the tests use what is set here
# shellcheck disable=SC2154 # status and output are set by run
#
# The vocabulary of the seal-manifest --programs tests. In the directory $here,
# whose name is made of real paths, programs and libraries are built; the list
# is $list.

load manifest

programs_setup_file() {
	requires gcc
	here=$(realpath "$BATS_FILE_TMPDIR")/built
	mkdir -p "$here/lib" "$here/plug"
	cd "$here" || return
	# far <- near <- prog, all found by the program's absolute RPATH
	echo 'int far(void) { return 1; }' >far.c
	echo 'int far(void); int near(void) { return far(); }' >near.c
	cat >prog.c <<-'END'
		/* Leaves a mark where it was run; prints what it is made of. */
		#include <fcntl.h>
		#include <stdio.h>
		int near(void);
		int main(void)
		{
			char line[9000], path[8000];
			FILE *maps = fopen("/proc/self/maps", "r");

			close(open(MARK, O_CREAT | O_WRONLY, 0600));
			while (fgets(line, sizeof(line), maps))
				if (sscanf(line, "%*s r-xp %*s %*s %*s %[^\n]",
					   path) == 1 && path[0] == '/')
					puts(path);
			return !near();
		}
	END
	sed -i 's/#include <stdio.h>/&\n#include <unistd.h>/' prog.c
	library far && library near -L lib -l:libfar.so.1 || return
	program prog prog.c -L lib -l:libnear.so.1 -Wl,--disable-new-dtags \
		-Wl,-rpath,"$here/lib" || return
	echo 'int main(void) { return 0; }' >alone.c
	gcc -static -o alone alone.c || return
	gcc -static-pie -o alone-pie alone.c || return
	echo 'int plug(void) { return 2; }' >plug.c
	gcc -shared -fPIC -Wl,-soname,plug.so -o plug/plug.so plug.c
}

programs_setup() {
	manifest_setup
	here=$(realpath "$BATS_FILE_TMPDIR")/built
	list=$BATS_TEST_TMPDIR/programs.sha256
}

# library(NAME, OPTION...) - lib/libNAME.so.1, from NAME.c
library() {
	gcc -shared -fPIC -Wl,-soname,"lib$1.so.1" -o "lib/lib$1.so.1" "$1.c" \
		"${@:2}"
}

# program(NAME, OPTION...)
program() {
	gcc -o "$@" -DMARK="\"$here/was-run\"" -Wl,-rpath-link,lib
}

# lists(ARG...) - seal-manifest --programs to $list, of this system
lists() {
	run timeout -k 1 60 "$manifest" --programs --sealed --output "$list" "$@"
	echo "$output"
}

# lists_below(ARG...) - of the one below $root, to its own place
lists_below() {
	list=$root/etc/seal/programs.sha256
	run timeout -k 1 60 "$manifest" --programs --sealed --root "$root" "$@"
	echo "$output"
}

# no_list(TEXT, COMMAND...) - it fails, says TEXT in one line, changes nothing
no_list() {
	local before
	before=$(looks)
	"${@:2}"
	[ "$status" -eq 1 ] || return
	[[ $output == *"$1"* ]] || return
	[ "$(grep -c ^seal-manifest: <<<"$output")" -eq 1 ] || return
	[ "$(looks)" = "$before" ] || return
	[ ! -e "$here/was-run" ] || return
	nothing_left
}

# is_of(PATH...) - is just that listed?
is_of() {
	diff <(printf '%s\n' "$@" | sort -u) <(paths)
}

# interpreter(PROGRAM) - as gcc wrote it
interpreter() {
	LC_ALL=C grep -oam1 '/lib[a-z0-9]*/ld-[a-z0-9._-]*' "$1" | head -n 1
}

# with_libraries(PROGRAM...) - copies them below $root, to /usr/bin, with what
# they need of the system
with_libraries() {
	local file path
	mkdir -p "$root"/usr/{bin,lib,lib64}
	ln -sfn usr/bin "$root/bin"
	rm -rf "${root:?}/lib"
	ln -sfn usr/lib "$root/lib"
	ln -sfn usr/lib64 "$root/lib64"
	for file; do
		cp "$file" "$root/usr/bin/"
		for path in $("$(interpreter "$file")" --list "$file" |
			grep -o '/[^ ]*'); do
			mkdir -p "$root${path%/*}"
			cp -L "$path" "$root$path"
		done
	done
}
