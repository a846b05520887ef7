#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means to be
# Signed manifests: whose signature counts, and over which bytes.

load guard
setup_file() {
	requires openssl
	guard_setup_file
	cd "$GUARD_HOME" || return
	new_key rsa -newkey rsa:2048
	new_key other -newkey rsa:2048
	new_key ec -newkey ec -pkeyopt ec_paramgen_curve:P-256
	cd - || return
}
teardown_file() { guard_teardown_file; }
setup() {
	guard_setup
	cp "$GUARD_HOME"/{rsa,other,ec}.* .
	C=$W/rsa.x509
}

# new_key(NAME, OPTION...) - NAME.key, NAME.pem and NAME.x509, which is DER
new_key() {
	openssl req -x509 -nodes -sha256 -days 3650 -subj "/CN=seal $1" \
		-keyout "$1.key" -out "$1.pem" "${@:2}" 2>/dev/null
	openssl x509 -in "$1.pem" -outform DER -out "$1.x509"
}

# new_dated_key(NAME, FROM, TO) - the same, valid between these times only
new_dated_key() {
	mkdir -p ca
	: >ca/index
	rm -f ca/index.attr
	cat >ca/config <<-EOF
		[ca]
		default_ca = one
		[one]
		new_certs_dir = $PWD/ca
		database = $PWD/ca/index
		rand_serial = yes
		default_md = sha256
		policy = any
		[any]
		commonName = supplied
	EOF
	openssl req -new -newkey rsa:2048 -nodes -subj "/CN=seal $1" \
		-keyout "$1.key" -out ca/request 2>/dev/null
	openssl ca -batch -notext -selfsign -config ca/config -startdate "$2" \
		-enddate "$3" -keyfile "$1.key" -in ca/request -out "$1.pem" \
		2>/dev/null
	openssl x509 -in "$1.pem" -outform DER -out "$1.x509"
}

# sign(NAME, OPTION...) - by the key NAME; a later option wins
sign() {
	openssl cms -sign -binary -outform DER -md sha256 -nosmimecap -in "$M" \
		-out "$M.p7s" -signer "$1.pem" -inkey "$1.key" "${@:2}"
}

@test "a signed manifest is taken [RSA, ECDSA, each digest]" {
	local key md
	for key in rsa ec; do
		for md in sha256 sha384 sha512; do
			sign "$key" -md "$md"
			rm -f "$K"/*
			accepts --key "$key.x509" a.ko
			loaded a.ko
		done
	done
}

@test "--check verifies the signature too" {
	sign rsa
	accepts --key "$C" --check
	accepts --key "$C" --check a.ko
	accepts --key "$C" --check --verbose
	said 'signed by /CN=seal rsa' 0
	echo >>"$M"
	refuses 'it is not what was signed' --key "$C" --check
	refuses 'it is not what was signed' --key "$C" --check a.ko
}

@test "a manifest without a signature is refused" {
	refuses "$M.p7s: cannot open the signature: No such file" --key "$C" a.ko
	said 'without a signature it vouches for nothing' 1
	said "$C" 1
}

@test "without a certificate none is asked for" {
	echo rubbish >"$M.p7s"
	[ ! -e /etc/seal/seal.x509 ] || skip "this machine has a certificate"
	accepts a.ko
	accepts --no-key a.ko
}

@test "a signature by another key is refused" {
	sign other
	refuses 'the signature comes with another certificate' --key "$C" a.ko
	# With the right certificate beside it, but the wrong key.
	openssl cms -sign -binary -outform DER -md sha256 -nosmimecap -nocerts \
		-certfile rsa.pem -in "$M" -out "$M.p7s" -signer other.pem \
		-inkey other.key
	refuses 'not by the key of that certificate' --key "$C" a.ko
}

@test "a signature by another key of the same name and number is refused" {
	local serial
	serial=0x$(openssl x509 -in rsa.pem -noout -serial | cut -d= -f2)
	openssl req -x509 -new -key other.key -sha256 -days 3650 \
		-subj "/CN=seal rsa" -set_serial "$serial" -out twin.pem
	cp other.key twin.key
	sign twin
	refuses 'the signature comes with another certificate' --key "$C" a.ko
	openssl cms -sign -binary -outform DER -md sha256 -nosmimecap -nocerts \
		-certfile rsa.pem -in "$M" -out "$M.p7s" -signer twin.pem \
		-inkey twin.key
	refuses 'not by the key of that certificate' --key "$C" a.ko
}

@test "whom the owner certified is not the owner" {
	openssl req -new -newkey rsa:2048 -nodes -subj "/CN=sub" \
		-keyout sub.key -out sub.csr 2>/dev/null
	openssl x509 -req -in sub.csr -CA rsa.pem -CAkey rsa.key -days 10 \
		-CAcreateserial -out sub.pem 2>/dev/null
	sign sub
	refuses 'the signature ' --key "$C" a.ko
	sign sub -certfile rsa.pem
	refuses 'the signature ' --key "$C" a.ko
}

@test "one byte more, less or else in the manifest is refused" {
	sign rsa
	cp "$M" good
	echo '# more' >>"$M"
	refuses 'it is not what was signed' --key "$C" a.ko
	truncate -s -1 "$M"
	head -c -1 good >"$M"
	refuses 'it is not what was signed' --key "$C" a.ko
	tr a-f A-F <good >"$M"
	refuses 'it is not what was signed' --key "$C" a.ko
	sed 's/$/\r/' good >"$M"
	refuses 'it is not what was signed' --key "$C" a.ko
	: >"$M"
	refuses 'it is not what was signed' --key "$C" a.ko
	cp good "$M"
	accepts --key "$C" a.ko
}

# unsigned_fields() - where there are bytes that are neither signed nor needed:
# two versions, and the name of the key's algorithm, which the certificate says
unsigned_fields() {
	openssl asn1parse -inform DER -in "$M.p7s" | awk -F: '
		/d=3.*INTEGER/ || /d=5.*INTEGER/ { print $1 + 2 }
		/d=5/ { from = to; to = $1 }
		END { while (from < to) print from++ }'
}

@test "no byte of the signature can be changed" {
	local size at byte cert taken='' skipped
	sign ec
	size=$(stat -c %s "$M.p7s")
	cert=$(stat -c %s ec.x509)
	mapfile -t skipped < <(unsigned_fields)
	[ "${#skipped[@]}" -lt 25 ] || fail "too many: ${skipped[*]}"
	cp "$M.p7s" good
	for (( at = 0; at < size; at++ )); do
		[[ " ${skipped[*]} " != *" $at "* ]] || continue
		# the certificate is compared as a whole
		(( at < 64 || at > cert || at % 32 == 0 )) || continue
		cp good "$M.p7s"
		byte=$(od -An -tu1 -j "$at" -N 1 good)
		printf '%b' "\\0$(printf %o $((byte ^ 1)))" |
			dd of="$M.p7s" bs=1 seek="$at" conv=notrunc status=none
		run "$GUARD_FAST" --manifest "$M" --key ec.x509 a.ko
		[ "$status" -eq 1 ] || taken+=" $at"
	done
	[ -z "$taken" ] || fail "taken with another byte at$taken of $size"
}

@test "what is no signature of our form is refused" {
	sign rsa
	cp "$M.p7s" good
	: >"$M.p7s"
	refuses 'is no CMS signature in DER' --key "$C" a.ko
	head -c -1 good >"$M.p7s"
	refuses 'is no CMS signature in DER' --key "$C" a.ko
	{ cat good; echo; } >"$M.p7s"
	refuses 'is no CMS signature in DER' --key "$C" a.ko
	sign rsa -outform PEM
	refuses 'is no CMS signature in DER' --key "$C" a.ko
	sign rsa -nodetach
	refuses 'must be detached' --key "$C" a.ko
	sign rsa -nocerts
	refuses 'comes without the certificate' --key "$C" a.ko
	sign rsa -signer other.pem -inkey other.key
	refuses 'the signature comes with another certificate' --key "$C" a.ko
	head -c 70000 /dev/zero >"$M.p7s"
	refuses 'cannot read the signature: File too large' --key "$C" a.ko
}

@test "a signature with a weak digest is refused" {
	local md
	for md in md5 sha1 sha224; do
		sign rsa -md "$md"
		refuses 'rests on a digest that is none of SHA-256' \
			--key "$C" a.ko
	done
}

@test "a certificate that has expired since is no reason to refuse" {
	new_dated_key short 20200101000000Z \
		"$(date -u -d '+3 seconds' +%Y%m%d%H%M%SZ)"
	sign short
	sleep 4
	openssl x509 -in short.pem -noout -checkend 0 && fail "it has not"
	accepts --key short.x509 a.ko
}

@test "a signature from when the certificate was not valid is refused" {
	local key
	new_dated_key past 20200101000000Z 20210101000000Z
	new_dated_key future 20900101000000Z 20910101000000Z
	for key in past future; do
		sign "$key"
		refuses 'a time at which the certificate was not valid' \
			--key "$key.x509" a.ko
		# One that states no time is judged by nobody's clock.
		sign "$key" -noattr
		accepts --key "$key.x509" a.ko
	done
}

@test "what is no certificate is refused" {
	sign rsa
	refuses 'it is not one certificate in DER' --key rsa.pem a.ko
	said 'openssl x509 -outform DER' 1
	cat rsa.x509 rsa.x509 >two
	refuses 'it is not one certificate in DER' --key two a.ko
	: >empty
	refuses 'it is not one certificate in DER' --key empty a.ko
	refuses 'cannot open the certificate: No such file' --key nothing a.ko
	refuses 'cannot open the certificate: Is a directory' --key . a.ko
}

@test "certificate and signature must be where only root can write" {
	sign rsa
	accepts --key "$C" a.ko
	chmod o+w rsa.x509
	refuses "certificate not trusted: the file $C may be written by others" \
		--key "$C" a.ko
	chmod o-w rsa.x509
	chmod g+w "$M.p7s"
	refuses "signature not trusted: the file $M.p7s may be written by others" \
		--key "$C" a.ko
	mkdir d
	chmod o+w d
	mv rsa.x509 d/
	refuses "certificate not trusted: the directory $W/d may be" \
		--key d/rsa.x509 a.ko
}

@test "a signed manifest must be of modules, and well-formed" {
	{ echo '# kind: revoked'; sha256sum a.ko; } >"$M"
	sign rsa
	refuses 'it is a manifest of another kind, revoked' --key "$C" a.ko
	{ sha256sum a.ko; echo rubbish; } >"$M"
	sign rsa
	refuses 'line 2: ' --key "$C" a.ko
	: >"$M"
	sign rsa
	refuses 'the manifest lists nothing' --key "$C" a.ko
}

@test "while sealed nobody chooses the certificate, nor goes without" {
	touch "$K/sealed"
	sign rsa
	run "$GUARD" --key "$C" a.ko
	said '--key is refused for loading while the kernel is sealed' 1
	run "$GUARD" --no-key a.ko
	said '--no-key is refused for loading while the kernel is sealed' 1
	not_loaded
	accepts --key "$C" --dry-run a.ko
	accepts --key "$C" --check
	accepts --no-key --check
}

@test "--key and --no-key contradict each other" {
	guard --key "$C" --no-key a.ko
	said '--no-key contradicts --key' 2
	not_loaded
}

@test "the certificate in /etc is in force by being there" {
	requires namespaces
	mkdir etc
	cp "$M" etc/modules.sha256
	with_etc "$GUARD" a.ko
	[ "$status" -eq 0 ]
	cp rsa.x509 etc/seal.x509
	with_etc "$GUARD" a.ko
	said 'without a signature it vouches for nothing, because there is /etc/seal/seal.x509' 1
	sign rsa
	cp "$M.p7s" etc/modules.sha256.p7s
	touch "$K/sealed"
	with_etc "$GUARD" a.ko
	[ "$status" -eq 0 ]
	with_etc "$GUARD" --key /etc/seal/seal.x509 a.ko
	[ "$status" -eq 0 ]
	echo '# changed' >>etc/modules.sha256
	with_etc "$GUARD" a.ko
	said 'it is not what was signed' 1
	with_etc "$GUARD" --check --no-key
	[ "$status" -eq 0 ]
	# A link that leads nowhere is no absent certificate.
	ln -sf nowhere etc/seal.x509
	with_etc "$GUARD" a.ko
	said '/etc/seal/seal.x509: cannot open the certificate' 1
}

@test "the bytes that were verified are the bytes that are parsed" {
	local n other
	sign rsa
	cp "$M" good
	module b.ko b
	sha256sum b.ko >bad
	cp "$M.p7s" sig
	other=$W/other
	mkdir "$other"
	cp good "$other/manifest"
	cp sig "$other/manifest.p7s"
	"$GUARD_TOOL" swap "$other/manifest" good bad &
	swapper=$!
	for (( n = 0; n < 200; n++ )); do
		run "$GUARD_FAST" --manifest "$other/manifest" --key "$C" b.ko
		[ "$status" -eq 1 ] || break
	done
	kill "$swapper"
	[ "$n" -eq 200 ] || fail "what was never signed was taken"
	not_loaded
}

@test "the environment does not reach the verification" {
	sign rsa
	printf 'openssl_conf = x\n[x]\nalg_section = y\n[y]\ndefault_properties = provider=evil\n' \
		>openssl.cnf
	OPENSSL_CONF=$W/openssl.cnf OPENSSL_MODULES=$W accepts --key "$C" a.ko
	loaded a.ko
}

@test "a signed manifest of 1,000,000 lines" {
	requires /usr/bin/time
	awk 'BEGIN { for (i = 0; i < 1000000; i++)
		printf "%064x  /lib/modules/6.1.0-test/kernel/drivers/some/where/module%07d.ko\n", i, i }' >"$M"
	sha256sum a.ko >>"$M"
	sign rsa
	run /usr/bin/time -f '%e %M' "$GUARD_FAST" --manifest "$M" --key "$C" a.ko
	[ "$status" -eq 0 ]
	echo "# $BATS_TEST_DESCRIPTION: ${lines[-1]% *} s, ${lines[-1]#* } KiB" >&3
	: >"$M"
}
