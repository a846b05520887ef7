# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output, keys and root are set elsewhere
# The worked examples of docs/manifests.md, run as they stand there, as far as
# they go without a sealed kernel.

load sealctl

# Their paths are absolute, so they see a system of their own: what an example
# calls /etc/seal, /media/stick and so on is below $root, and the programs are
# those of this tree.
setup() {
	requires openssl
	sealctl_setup
	top=$(realpath "$BATS_TEST_DIRNAME/../..")
	mkdir -p "$root/media/stick" "$root/root" "$root/srv/seal" \
		"$root/srv/secret" "$root/usr/share/seal" "$root/etc/seal" \
		"$root/srv/image/lib/modules/1" "$root/lib/modules/1" bin
	echo a >"$root/lib/modules/1/a.ko"
	cp -r "$root/lib" "$root/srv/image/"
	# shellcheck disable=SC2016 # for another shell
	printf '#!/bin/sh\nexec "%s/etc/seal-manifest" ${ROOT:+--root "$ROOT"} "$@"\n' \
		"$top" >bin/seal-manifest
	# shellcheck disable=SC2016 # for another shell
	printf '#!/bin/sh\ncase $1 in sign) ROOT= ;; esac\nexec "%s/etc/sealctl" "$@" ${ROOT:+--root "$ROOT"}\n' \
		"$top" >bin/sealctl
	chmod 755 bin/*
}

# block(NAME) - what stands between the fences below <!-- NAME -->
block() {
	awk -v name="<!-- $1 -->" '
		$0 == name { found = 1; next }
		found && /^```/ { if (inside++) exit; next }
		found { print }' "$top/docs/manifests.md"
}

# example(NAME) - runs it, stopping at the first thing that fails
example() {
	local text
	text=$(block "$1" | sed -E \
		"s#(^|[[:space:]=])/(etc|media|srv|root|usr/share|sys)/#\1$root/\2/#g")
	[ -n "$text" ] || { echo "there is no example $1"; return 1; }
	run env PATH="$here/bin:$PATH" ROOT="${ROOT-$root}" \
		sh -euc "$text" sh "${@:2}"
	echo "$output"
}

# make_key() - the first example, without the question for a password
make_key() {
	eval "$(block "${1:-key}" | sed 's/openssl req/openssl req -nodes/')" \
		2>/dev/null
}

@test "the keys: what they make, sealctl and openssl take" {
	local kind
	for kind in key key-ecdsa; do
		make_key "$kind"
		[ "$(stat -c %a seal.key)" = 600 ]
		try sign m --key seal.key --cert seal.x509 --serial 1
		[ "$status" -eq 0 ]
		cp m M
		rm -f M.p7s
		ROOT='' example plain
		[ "$status" -eq 0 ]
		cp M.p7s m.p7s
		try verify m --cert seal.x509 --root "$here"
		[ "$status" -eq 0 ]
	done
}

@test "one machine, a key on a stick: from the first manifest to the next" {
	cd "$root/media/stick"
	make_key
	cd "$here"
	example admin-first
	[ "$status" -eq 0 ]
	cp "$root/etc/seal/modules.sha256" "$root/media/stick/last.sha256"
	echo b >"$root/lib/modules/1/b.ko"
	# --diff has a difference to show, which is its exit status 1; who types
	# the commands goes on
	run "$here/bin/seal-manifest" --root "$root" --diff
	[ "$status" -eq 1 ]
	# shellcheck disable=SC2016 # for another shell
	sed -i 's/^exec.*/& || [ "$1" = --diff ]/; s/^exec //' bin/seal-manifest
	example admin-write
	[ "$status" -eq 0 ]
	ROOT='' example admin-sign
	[ "$status" -eq 0 ]
	[[ $output == *"> "*"/lib/modules/1/b.ko"*"serial 2, 2 digests"* ]]
	# As far as a kernel is needed.
	example admin-update
	[ "$status" -eq 1 ]
	[[ $output == *"modules, serial 2, 2 digests"* ]]
	[[ $output == *"it would be accepted"*"this system is not sealed" ]]
}

@test "a fleet: built, signed, and the units that take it" {
	requires systemd-analyze
	cd "$root/srv/secret"
	make_key
	cd "$here"
	printf '# serial: 4\n' >"$root/srv/seal/modules.sha256"
	ROOT='' example fleet-build
	[ "$status" -eq 0 ]
	[[ $output == *"serial 5, 1 digests"* ]]
	echo vulnerable >vulnerable.ko
	ROOT='' example fleet-revoke
	[ "$status" -eq 0 ]
	[[ $output == *"revoked, serial 1, 1 digests"* ]]
	# a signature of 300 bytes, and what sign-file.c writes behind it
	{
		cat vulnerable.ko
		head -c 300 /dev/zero
		printf '\0\0\2\0\0\0\0\0\0\0\1\54'
		echo '~Module signature appended~'
	} >signed.ko
	ROOT='' example fleet-revoke-signed
	[ "$status" -eq 0 ]
	[ "$(tail -n 1 revoked.sha256)" = \
		"$(sha256sum <vulnerable.ko | cut -c1-64)  signed.ko" ]
	block "file seal-update.path" >seal-update.path
	block "file seal-update.service" |
		sed "s#/usr/sbin/sealctl#$sealctl#" >seal-update.service
	run systemd-analyze verify --man=no ./seal-update.path \
		./seal-update.service
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "a distribution: its script, where no seal is on" {
	cd "$root/usr/share/seal"
	cp "$here/m" modules.sha256
	make_key
	cd "$here"
	try sign "$root/usr/share/seal/modules.sha256" --serial 1 \
		--key "$root/usr/share/seal/seal.key" \
		--cert "$root/usr/share/seal/seal.crt"
	[ "$status" -eq 0 ]
	example "file postinst" configure
	[ "$status" -eq 0 ]
	cmp "$root/etc/seal/modules.sha256" "$root/usr/share/seal/modules.sha256"
	cmp "$root/etc/seal/modules.sha256.p7s" \
		"$root/usr/share/seal/modules.sha256.p7s"
	# and where one is on that does not take it
	mkdir -p "$node" "$root/sys/module/seal/parameters"
	: >"$node/manifest"
	echo >"$root/sys/module/seal/parameters/key"
	cp "$root/usr/share/seal/seal.x509" "$root/etc/seal/"
	rm "$root"/etc/seal/modules*
	example "file postinst" triggered
	[ "$status" -eq 0 ]
	[[ $output == *"put on without key="*"the old manifest stays" ]]
	[ ! -e "$root/etc/seal/modules.sha256" ]
}

@test "a distribution: the hook that knows a kernel's modules from unknown ones" {
	"$here/bin/seal-manifest" --root "$root" --quiet
	example "file zz-seal" 1
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	mkdir "$root/lib/modules/2"
	echo b >"$root/lib/modules/2/b.ko"
	example "file zz-seal" 2
	[ "$status" -eq 0 ]
	[[ $output == "zz-seal: not all modules of 2 are in "* ]]
	example "file zz-seal" 1
	[ -z "$output" ]
	nothing_left
}
