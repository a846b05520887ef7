# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output, keys and root are set elsewhere
# shellcheck disable=SC2034 # verdict is for updates()
# sealctl and lists of programs: below $root there is a program of two files and
# the list p of it.

load sealctl

setup_file() {
	sealctl_setup_file
	requires gcc
	cd "$BATS_FILE_TMPDIR" || return
	echo 'int one(void) { return 1; }' >one.c
	echo 'int one(void); int main(void) { return !one(); }' >prog.c
	gcc -shared -fPIC -nostdlib -Wl,-soname,libone.so.1 -o libone.so.1 one.c
	gcc -nostdlib -nostartfiles -Wl,-e,main -o prog prog.c -L . \
		-l:libone.so.1 -Wl,--dynamic-linker=/lib/ld-linux.so.2
}

setup() {
	sealctl_setup
	mkdir -p "$root"/usr/lib "$root"/usr/sbin "$root/sys/module"
	cp "$BATS_FILE_TMPDIR/prog" "$root/usr/sbin/"
	cp "$BATS_FILE_TMPDIR/libone.so.1" "$root/usr/lib/"
	cp "$BATS_FILE_TMPDIR/libone.so.1" "$root/usr/lib/ld-linux.so.2"
	ln -s usr/lib "$root/lib"
	lists
}

# lists(ARG...) - p anew
lists() {
	"$(dirname "$sealctl")/seal-manifest" --programs --sealed --quiet \
		--root "$root" --output "$here/p" "${@:-/usr/sbin/prog}" >/dev/null
}

# verifies(FILE...) - on that system
verifies() {
	try verify --root "$root" "$@"
}

# has_hole() - a sealed system where the program has one, and key= is given
has_hole() {
	sealed m
	echo /usr/sbin/prog >"$root/sys/module/seal/parameters/insmod"
	echo >"$root/sys/module/seal/parameters/mem_allow"
	echo >"$root/sys/module/seal/parameters/programs"
}

@test "verify: a list that nobody wants signed needs no certificate" {
	verifies p
	[ "$status" -eq 0 ]
	[ "$output" = "p: programs, serial 0, 3 digests, not signed
p: its files are what is listed" ]
}

@test "verify: files that have changed, are gone, have no absolute path" {
	echo more >>"$root/usr/sbin/prog"
	refuses "p: it would be refused: /usr/sbin/prog: its content is not what is listed" \
		verify --root "$root" p
	rm "$root/usr/lib/libone.so.1"
	refuses "(and so on: 1 more)" verify --root "$root" p
	lists /usr/sbin/prog 2>/dev/null || true
	sed -i '/prog$/d' p
	refuses "/usr/lib/libone.so.1: it cannot be read" \
		verify --root "$root" p
	echo "$(printf a | sha256sum | cut -c1-64)  lib/x" >>p
	refuses "the path is not absolute" verify --root "$root" p
}

@test "verify: names that sha256sum escapes" {
	mv "$root/usr/sbin/prog" "$root/usr/sbin/p\\r q"
	lists '/usr/sbin/p\r q'
	verifies p
	[ "$status" -eq 0 ]
	echo more >>"$root/usr/sbin/p\\r q"
	verifies p
	[ "$status" -eq 1 ]
	[[ $output == */usr/sbin/p*"r q: its content is not"* ]]
}

@test "verify: a library that its program needs and that is not listed" {
	sed -i '/libone/d' p
	verifies p
	[ "$status" -eq 1 ]
	[[ $output == *"p: /usr/lib/libone.so.1 is not listed, and a program of a hole needs it" ]]
	# nothing says for which program it was made: then it cannot be told
	sed -i '/^# program:/d' p
	verifies p
	[ "$status" -eq 0 ]
}

@test "verify: a program with a hole that the list was not made for" {
	sed -i -e '/^# program:/d' -e '/libone/d' p
	has_hole
	echo >"$root/sys/module/seal/parameters/key"
	verifies p
	[ "$status" -eq 1 ]
	[[ $output == *"/usr/lib/libone.so.1 is not listed"* ]]
	echo /usr/sbin/prog,/usr/sbin/none >"$root/sys/module/seal/parameters/insmod"
	verifies p
	[ "$status" -eq 1 ]
	[[ $output == *"cannot be told: /usr/sbin/none: it does not exist"* ]]
}

@test "verify: with key= it must be signed" {
	has_hole
	refuses "p: it is not signed" verify --root "$root" p
	sign p --serial 1 --kind programs
	verifies p
	[ "$status" -eq 0 ]
	[[ $output == *"p: programs, serial 1, 3 digests, signed at 20"* ]]
	[[ $output == *"p: there is no live set of programs"* ]]
	[[ $output == *"p: it would be accepted" ]]
	sed -i 's/^# program: .*/& /' p
	refuses "its signature is no good" verify --root "$root" p
}

@test "verify: several files, one of them a plain list" {
	sign m --serial 1
	try verify --root "$root" m p
	[ "$status" -eq 1 ]
	# m wants a certificate, and there is none
	mkdir -p "$root/etc/seal"
	cp "$keys/rsa.x509" "$root/etc/seal/seal.x509"
	verifies m p
	[ "$status" -eq 0 ]
	[[ $output == *"m: it would be accepted"*"p: its files are what is listed" ]]
}

@test "update: handed over, and put where the next boot reads it" {
	requires root namespaces
	has_hole
	sign p --serial 1
	{ cat "$node/manifest"; facts programs p; } >"$BATS_TEST_TMPDIR/next"
	verdict=ok
	updates --install p
	[ "$status" -eq 0 ]
	[[ $output == *"p: live now: programs, serial 1, 3 digests"* ]]
	[[ $output == *"programs.sha256: installed for the next boot"* ]]
	cmp p "$root/etc/seal/programs.sha256"
	cmp p.p7s "$root/etc/seal/programs.sha256.p7s"
	# the script at the place of cat serves seal-manifest too
	cmp <(cat p.p7s p) <(tail -c "$(cat p.p7s p | wc -c)" "$got")
}

@test "update: what its files are not is not handed over" {
	requires root namespaces
	has_hole
	sign p --serial 1
	echo more >>"$root/usr/lib/libone.so.1"
	verdict=ok
	cp "$node/manifest" "$BATS_TEST_TMPDIR/next"
	updates p
	[ "$status" -eq 1 ]
	[[ $output == *"p: refused: /usr/lib/libone.so.1: its content is not what is listed; nothing is changed"* ]]
	[ ! -e "$got" ]
}

@test "update: what will be missing is told of" {
	requires root namespaces
	has_hole
	sed -i /libone/d p
	sign p --serial 1
	{ cat "$node/manifest"; facts programs p; } >"$BATS_TEST_TMPDIR/next"
	verdict=ok
	updates p
	[ "$status" -eq 0 ]
	[[ $output == *"p: /usr/lib/libone.so.1 is not listed, and a program of a hole needs it"* ]]
}

@test "status shows it" {
	requires root
	has_hole
	sign p --serial 3
	facts programs p >>"$node/manifest"
	try status --root "$root"
	[ "$status" -eq 0 ]
	[[ $output == *"programs           serial 3, 3 digests, signer \"test\""* ]]
}
