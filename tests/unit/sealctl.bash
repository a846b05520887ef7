# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the tests use what is set here
# shellcheck disable=SC2154 # status and output are set by run
#
# The vocabulary of the sealctl tests. Keys are real and made once a file: rsa,
# ec, p384, and other (RSA, of the same name as rsa), each as KEY.key, KEY.crt
# (PEM) and KEY.x509 (DER) in $keys. The working directory has a manifest m of
# two modules, without remarks. Below $root there may be a sealed system, whose
# kernel is a script at the place of cat.

bats_require_minimum_version 1.5.0

# key(NAME, SUBJECT, OPENSSL-OPTION...)
key() {
	openssl req -x509 -nodes -sha256 -subj "$2" -keyout "$keys/$1.key" \
		-out "$keys/$1.crt" "${@:3}" 2>/dev/null &&
		openssl x509 -in "$keys/$1.crt" -outform DER -out "$keys/$1.x509"
}

sealctl_setup_file() {
	keys=$BATS_FILE_TMPDIR/keys
	mkdir "$keys"
	key rsa /CN=test -newkey rsa:2048 -days 30
	key other /CN=test -newkey rsa:2048 -days 30
	key ec /CN=ec -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 30
	key p384 /CN=p384 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -days 30
}

sealctl_setup() {
	sealctl=$(realpath "$BATS_TEST_DIRNAME/../../etc/sealctl")
	keys=$BATS_FILE_TMPDIR/keys
	root=$BATS_TEST_TMPDIR/root
	node=$root/sys/kernel/security/seal
	here=$BATS_TEST_TMPDIR/here
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir -p "$here" "$TMPDIR"
	cd "$here" || return
	printf 'a' | sha256sum | sed 's#-$#/lib/modules/1/a.ko#' >m
	printf 'b' | sha256sum | sed 's#-$#/lib/modules/1/b.ko#' >>m
}

# requires(WORD...) - as in manifest.bash
requires() {
	local word
	for word; do
		case $word in
		root)
			[ "$(id -u)" -eq 0 ] || skip "this needs root" ;;
		namespaces)
			unshare -m true 2>/dev/null ||
				skip "this machine has no mounts of our own for us" ;;
		*)
			command -v "$word" >/dev/null || skip "there is no $word" ;;
		esac
	done
}

# try(ARG...) - run sealctl; on a hang fail, do not wait
try() {
	run timeout -k 1 30 "$sealctl" "$@"
	echo "$output"
}

# sign(MANIFEST, OPTION...) - by rsa; it succeeds
sign() {
	try sign "$@" --key "$keys/rsa.key" --cert "$keys/rsa.x509"
	[ "$status" -eq 0 ]
}

# refuses(TEXT, ARG...) - it fails, says TEXT in one line of its own, and
# changes nothing
refuses() {
	local before
	before=$(looks)
	try "${@:2}"
	refused "$1" "$before"
}

# refused(TEXT, BEFORE)
refused() {
	[ "$status" -eq 1 ] || return
	[[ $output == *"$1"* ]] || return
	[ "$(grep -c ^sealctl: <<<"$output")" -eq 1 ] || return
	[ "$(looks)" = "$2" ] || return
	nothing_left
}

# looks() - would any change show?
looks() {
	find "$BATS_TEST_TMPDIR" -path "$TMPDIR" -prune -o -type f \
		-printf '%p %i %m %T@\n' -exec sha256sum {} +
}

# nothing_left() - of temporary files
nothing_left() {
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.sealctl')" ] &&
		[ -z "$(ls "$TMPDIR")" ]
}

# fits(MANIFEST, KEY) - what openssl itself says of the pair
fits() {
	openssl cms -verify -binary -inform DER -in "$1.p7s" -content "$1" \
		-nointern -certfile "$keys/$2.crt" -noverify -out /dev/null
}

# raw_sign(MANIFEST, OPTION...) - past sealctl and its checks
raw_sign() {
	openssl cms -sign -binary -outform DER -in "$1" -out "$1.p7s" \
		-signer "$keys/rsa.crt" -inkey "$keys/rsa.key" "${@:2}"
}

sum() {
	sha256sum <"$1" | cut -c1-64
}

# sealed(MANIFEST) - a sealed system whose live set that is
sealed() {
	local parameters=$root/sys/module/seal/parameters
	mkdir -p "$node" "$parameters" "$root/etc/seal"
	cp "$keys/rsa.x509" "$root/etc/seal/"
	cp "$1" "$root/etc/seal/modules.sha256"
	echo /etc/seal/modules.sha256 >"$parameters/manifest"
	echo /etc/seal/rsa.x509 >"$parameters/key"
	echo >"$parameters/revoked"
	printf '%s\n' 'version: 1.0.0' 'state: sealed' \
		'since: 2026-11-21T05:15:01Z' 'door.module-load: hole' \
		'door.kcore: open' \
		'hole.insmod: given="/a" path="/a \"\\" dev=254:1 ino=7' \
		'hole.insmod: given="/b" path="/b" dev=254:1 ino=8' \
		'refused.module-load: 3' 'refused.kcore: 0' 'hooks: 2' \
		'hooked: load_module write_mem' 'trust_signed: yes' \
		>"$node/status"
	facts modules "$1" >"$node/manifest"
	cp "$node/manifest" "$BATS_TEST_TMPDIR/live"
}

# facts(KIND, MANIFEST) - the node's lines
facts() {
	echo "$1.serial: $(sed -n 's/^# serial: //p' "$2")"
	echo "$1.count: $(grep -c '^[0-9a-f]' "$2")"
	echo "$1.digest: $(grep -o '^[0-9a-f]\{64\}' "$2" | sort -u |
		sha256sum | cut -c1-64)"
	echo "$1.signer: \"test\""
}

# updates(ARG...) - sealctl update on that system, whose kernel answers with
# $verdict: ok, an error's number, or "cut" for a write that is killed. What it
# was handed is kept as $got; where it says ok the node tells $next.
updates() {
	local script=$BATS_TEST_TMPDIR/cat.script real=$BATS_TEST_TMPDIR/real
	local words=
	got=$BATS_TEST_TMPDIR/got
	mkdir -p "$real"
	cp "$(realpath "$(command -v cat)")" "$real/cat"
	case $verdict in
	ok) words="cp '$BATS_TEST_TMPDIR/next' '$node/manifest'; exit 0" ;;
	cut) words='kill -KILL $$' ;;
	*)
		words="echo 'cat: write error: $(strerror "$verdict")' >&2
			printf '[ 9.%s] %s\n' 1 'seal: refused manifest-update what=\"why\"' \
				2 'seal: refused kcore what=\"y\"' >>'$BATS_TEST_TMPDIR/log'
			exit 1" ;;
	esac
	cat >"$script" <<-END
		#!/bin/sh
		[ \$# -eq 2 ] || exec "$real/cat" "\$@"
		"$real/cat" "\$@" >>"$got"
		# opening it has emptied what is but a file here
		cp "$BATS_TEST_TMPDIR/live" "$node/manifest"
		$words
	END
	printf '%s\n' '[ 1.0] seal: sealed until reboot' \
		'[ 2.0] seal: refused kcore what="x"' >"$BATS_TEST_TMPDIR/log"
	printf '#!/bin/sh\nexec cat "%s"\n' "$BATS_TEST_TMPDIR/log" \
		>"$BATS_TEST_TMPDIR/dmesg.script"
	chmod 755 "$script" "$BATS_TEST_TMPDIR/dmesg.script"
	# shellcheck disable=SC2016 # for another shell
	run timeout -k 1 30 unshare -m sh -c '
		mount --bind "$1" "$2" && mount --bind "$3" "$4" && shift 4 &&
			exec "$@"' sh \
		"$script" "$(realpath "$(command -v cat)")" \
		"$BATS_TEST_TMPDIR/dmesg.script" \
		"$(realpath "$(command -v dmesg)")" \
		"$sealctl" update --root "$root" "$@"
	echo "$output"
}

# with_log(FILE, ARG...) - run sealctl where FILE is the kernel's log; empty for
# none that can be read
with_log() {
	requires root namespaces dmesg
	printf '#!/bin/sh\n[ -n "%s" ] && exec cat "%s"\nexit 1\n' "$1" "$1" \
		>"$BATS_TEST_TMPDIR/log.script"
	chmod 755 "$BATS_TEST_TMPDIR/log.script"
	# shellcheck disable=SC2016 # for another shell
	run --separate-stderr timeout -k 1 30 unshare -m sh -c '
		script=$1 && shift
		for program in dmesg journalctl; do
			it=$(command -v $program) || continue
			mount --bind "$script" "$(realpath "$it")" || exit
		done
		exec "$@"' sh "$BATS_TEST_TMPDIR/log.script" \
		"$sealctl" "${@:2}"
	echo "$output" "$stderr"
}

strerror() {
	LC_ALL=C perl -e '$! = shift; print $!' "$1"
}
