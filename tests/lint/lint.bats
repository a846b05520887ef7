# SPDX-License-Identifier: GPL-2.0
# What a reviewer's tools say of the tree.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

# sources(PATTERN...) - the project's own files of that kind
sources() {
	git ls-files --cached --others --exclude-standard -- "$@"
}

# shells() - every shell script, whatever its name
shells() {
	sources | while read -r file; do
		case $file in *.bats) continue ;; esac
		head -c 64 "$file" | grep -qE '^#!/bin/(ba)?sh' && echo "$file"
	done
	return 0
}

# says_nothing(COMMAND...) - it succeeds and prints nothing
says_nothing() {
	run "$@"
	echo "$output"
	[ "$status" -eq 0 ] && [ -z "$output" ]
}

# module_build() - seal/ built anew with all warnings and with sparse
module_build() {
	local version dir=build/lint
	version=$(tests/vm/kernel cloud-amd64)
	rm -rf "$dir"
	mkdir -p "$dir"
	cp seal/* "$dir/"
	make -s -C "/lib/modules/$version/build" M="$PWD/$dir" W=1 C=2 \
		modules 2>&1 | grep -v 'Skipping BTF generation'
	[ -f "$dir/seal.ko" ] || echo "no seal.ko"
}

@test "the module builds without a word from gcc (W=1) and sparse" {
	says_nothing eval 'module_build || true'
}

@test "the module has no style fault by the kernel's checkpatch" {
	# A version is tested in the compat header, and there it must be; what
	# user space builds too has the types of C. Operations are const, but
	# for the copies that seal/shadow.c makes.
	says_nothing eval 'tests/lint/checkpatch --strict --terse -f \
		--ignore LINUX_VERSION_CODE,CONSTANT_COMPARISON \
		--ignore PREFER_KERNEL_TYPES,CONST_STRUCT \
		seal/*.[chS] tests/modules/*.c | grep -v "^total:" || true'
}

@test "kernel versions are tested in the compat headers only" {
	says_nothing eval 'grep -nE "LINUX_VERSION_CODE|KERNEL_VERSION *\(" \
		seal/*.c seal/*.h | grep -v "^seal/compat[a-z_]*\.h:" || true'
}

@test "ftrace and kprobes are known to hook.c, symbol.c and compat.h only" {
	run grep -lE '<linux/(ftrace|kprobes)\.h>' seal/*.c seal/*.h
	[ "$output" = "seal/hook.c
seal/symbol.c
seal/compat.h" ]
}

@test "gates decide nothing and tell nothing" {
	says_nothing eval 'grep -nE "pr_(warn|notice)|return -EPERM|audit\.h|caller\.h" \
		seal/gate_*.c || true'
}

@test "insmod-guard builds with -Werror by gcc and by clang" {
	make -s -C insmod-guard O="$PWD/build/lint-gcc" WERROR=1
	if command -v clang; then
		make -s -C insmod-guard O="$PWD/build/lint-clang" WERROR=1 \
			CC=clang
	fi
}

@test "insmod-guard is hardened: PIE, full RELRO, no executable stack, canary" {
	local program=build/insmod-guard/insmod-guard
	readelf -h "$program" | grep -q 'DYN (Position-Independent'
	readelf -lW "$program" | grep -q GNU_RELRO
	readelf -d "$program" | grep -q 'BIND_NOW\|FLAGS_1.*NOW'
	readelf -lW "$program" | grep GNU_STACK | grep -qv 'RWE'
	nm -D "$program" | grep -q __stack_chk_fail
}

@test "only libkmod resolves, only libcrypto hashes and verifies, known to few files" {
	run grep -lE '<libkmod\.h>' insmod-guard/*.c
	[ "$output" = insmod-guard/resolve.c ]
	run grep -lE '<openssl/' insmod-guard/*.c
	[ "$output" = "insmod-guard/digest.c
insmod-guard/libcrypto.c
insmod-guard/signature.c" ]
}

@test "shellcheck has nothing to say" {
	mapfile -t files < <(shells)
	says_nothing shellcheck -x -P SCRIPTDIR "${files[@]}"
	# with its parts
	says_nothing shellcheck -a -x -P SCRIPTDIR etc/sealctl
	says_nothing shellcheck -x -P SCRIPTDIR tests/helpers.bash
	says_nothing shellcheck -x -P SCRIPTDIR \
		tests/*.bats tests/debug/*.bats tests/lint/*.bats \
		tests/unit/*.bats
}

@test "the attacks are sound shell, and what is written from them is of today" {
	local file
	for file in tests/attacks/*; do
		# the words first, as the guest has it
		says_nothing shellcheck -s dash -e SC1090 - \
			< <(sed '/^name=/,$d' tests/attack.sh; cat "$file")
	done
	says_nothing tests/catalogue --check
}

@test "what programs try is sound shell, and its page is of today" {
	says_nothing shellcheck -s dash tests/software/guest
	says_nothing tests/software/table --check
}

@test "the man pages are without a warning" {
	local page
	for page in seal/seal.4 insmod-guard/insmod-guard.8 \
		etc/seal-manifest.8 etc/sealctl.8; do
		says_nothing groff -man -mdoc -Tutf8 -ww -z "$page"
	done
}

@test "every file says its licence" {
	local file
	for file in $(sources '*.c' '*.h' '*.bats' '*.bash' '*.mk' '*.4' '*.8' \
		'*.sh' '*.awk' \
		Makefile '*/Makefile' '*/Kbuild') $(shells); do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0' ||
			{ echo "$file"; false; }
	done
}

@test "no source file is beyond 600 lines, no function beyond 80" {
	says_nothing awk '
		FNR == 1 { lines = 0; start = 0 }
		++lines == 601 { print FILENAME ": more than 600 lines" }
		/^\{/ { start = FNR }
		/^\}/ && start {
			if (FNR - start > 80)
				print FILENAME ":" start ": a function of " \
					FNR - start " lines"
			start = 0
		}' seal/*.c insmod-guard/*.c tests/tools/*.c
}

@test "no name of a package registry's host is written anywhere" {
	says_nothing eval 'sources | xargs grep -nIE \
		"[a-z0-9-]\.debian\.(org|net)|registry\.npm" || true'
}

@test "install and uninstall are each other's reverse" {
	local version dir=build/lint-install
	version=$(tests/vm/kernel cloud-amd64)
	rm -rf "$dir"
	make -s install KVER="$version" DESTDIR="$PWD/$dir"
	[ -x "$dir/usr/sbin/insmod-guard" ]
	"$dir/usr/sbin/sealctl" check --root "$PWD/$dir" 2>&1 |
		grep -q 'there is no .*/sys/kernel; mount sysfs'
	[ -f "$dir/lib/modules/$version/updates/seal.ko" ]
	make -s uninstall KVER="$version" DESTDIR="$PWD/$dir"
	says_nothing find "$dir" -type f
}
