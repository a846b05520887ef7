# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output, keys and root are set elsewhere
# sealctl: what it signs, what it takes for signed, what it refuses.

load sealctl

setup_file() {
	sealctl_setup_file
}

setup() {
	sealctl_setup
}

@test "sign: a serial, a signature that openssl verifies [rsa, ec, p384]" {
	local key
	for key in rsa ec p384; do
		try sign m --key "$keys/$key.key" --cert "$keys/$key.x509" \
			--serial 7
		[ "$status" -eq 0 ]
		[[ $output == *"m.p7s: modules, serial 7, 2 digests" ]]
		[ "$(head -n 1 m)" = "# serial: 7" ]
		[ "$(grep -c . m)" -eq 3 ]
		fits m "$key"
		[ "$(stat -c %a m.p7s)" = 644 ]
		try verify m --cert "$keys/$key.crt" --root "$here"
		[ "$status" -eq 0 ]
		[[ $output == *"m: it would be accepted" ]]
	done
	nothing_left
}

@test "sign: what the kernel's parser wants of a signature" {
	sign m --serial 1
	run openssl asn1parse -inform DER -in m.p7s
	[[ $output == *"cons: SEQUENCE"*":pkcs7-signedData"* ]]
	[[ $output == *":signingTime"* ]]
	[[ $output != *"S/MIME Capabilities"* ]]
	# detached: nothing of the text is in it
	run grep -c lib/modules m.p7s
	[ "$output" = 0 ]
	# DER, whose length at the front is that of the file
	[ "$(od -An -tu1 -N4 m.p7s | awk '{ print $1, $2, $3 * 256 + $4 + 4 }')" = \
		"48 130 $(stat -c %s m.p7s)" ]
}

@test "sign: a certificate in PEM, options with = and after operands" {
	try sign --serial=3 m "--cert=$keys/rsa.crt" "--key=$keys/rsa.key" \
		--kind=revoked --output="$here/sig"
	[ "$status" -eq 0 ]
	[ ! -e m.p7s ]
	[ "$(head -n 2 m)" = "# serial: 3
# kind: revoked" ]
	mv sig m.p7s
	fits m rsa
}

@test "sign: a serial that is there is replaced or raised, however large" {
	sign m --serial 9
	sign m --serial +1
	[ "$(head -n 1 m)" = "# serial: 10" ]
	sign m --serial 18446744073709551599
	sign m --serial +1
	[ "$(head -n 1 m)" = "# serial: 18446744073709551600" ]
	sign m --serial 99999999999999999
	sign m --serial +1
	[ "$(grep ^# m)" = "# serial: 100000000000000000" ]
	sign m --serial 18446744073709551615
	refuses "its serial is no number" sign m --serial +1 \
		--key "$keys/rsa.key" --cert "$keys/rsa.crt"
	fits m rsa
}

@test "sign: text that needs no change stays the same file" {
	sign m --serial 4
	local before
	before=$(stat -c '%i %y' m)
	rm m.p7s
	sign m
	[ "$(stat -c '%i %y' m)" = "$before" ]
	sign m --serial 4
	[ "$(stat -c '%i %y' m)" = "$before" ]
	fits m rsa
}

@test "sign: remarks go below the heading; others stay, and stay in order" {
	{
		echo '# a heading'
		echo '# kind: programs'
		echo '# mine'
		echo '# serial: 2'
		echo '# args: a x=1'
		cat m
	} >n
	sed -i '/args/d' n
	mv n m
	sign m --serial 12 --kind modules
	[ "$(head -n 4 m)" = "# a heading
# serial: 12
# kind: modules
# mine" ]
	[ "$(wc -l <m)" -eq 6 ]
}

@test "sign: what seal-manifest wrote keeps its serial when that runs again" {
	local manifest=$BATS_TEST_DIRNAME/../../etc/seal-manifest
	mkdir -p "$root/lib/modules/1"
	echo a >"$root/lib/modules/1/a.ko"
	"$manifest" --root "$root" --quiet
	local list=$root/etc/seal/modules.sha256
	sign "$list" --serial 5
	run "$manifest" --root "$root"
	[[ $output == *"up to date"* ]]
	fits "$list" rsa
	echo b >"$root/lib/modules/1/b.ko"
	"$manifest" --root "$root" --quiet
	grep -qx '# serial: 5' "$list"
	sign "$list" --serial +1
	[[ $output == *"serial 6, 2 digests" ]]
	fits "$list" rsa
}

@test "sign: a key with a password" {
	openssl rsa -in "$keys/rsa.key" -aes256 -passout pass:word -out locked \
		2>/dev/null
	echo word >password
	try sign m --key locked --passin file:password \
		--cert "$keys/rsa.crt" --serial 1
	[ "$status" -eq 0 ]
	fits m rsa
	refuses "openssl could not" sign m --key locked --passin pass:wrong \
		--cert "$keys/rsa.crt" --serial 2
	openssl rsa -in "$keys/rsa.key" -outform DER -out der 2>/dev/null
	try sign m --key der --keyform DER --cert "$keys/rsa.crt" --serial 2
	[ "$status" -eq 0 ]
	fits m rsa
}

@test "sign refuses: no serial, no key, no certificate, not theirs" {
	refuses "it has no serial, without which" sign m \
		--key "$keys/rsa.key" --cert "$keys/rsa.crt"
	refuses "it has no serial to raise" sign m --serial +1 \
		--key "$keys/rsa.key" --cert "$keys/rsa.crt"
	refuses "openssl could not" sign m --serial 1 \
		--key nothing --cert "$keys/rsa.crt"
	refuses "openssl could not" sign m --serial 1 \
		--key "$keys/other.key" --cert "$keys/rsa.crt"
	refuses "nothing: there is no such certificate" sign m --serial 1 \
		--key "$keys/rsa.key" --cert nothing
	refuses "this is no X.509 certificate" sign m --serial 1 \
		--key "$keys/rsa.key" --cert m
	refuses "this is no X.509 certificate" sign m --serial 1 \
		--key "$keys/rsa.key" --cert "$keys/rsa.key"
	refuses "the certificate is not a regular file" sign m --serial 1 \
		--key "$keys/rsa.key" --cert /dev/zero
}

@test "sign refuses a certificate that the kernel would not take" {
	no() {
		refuses "$2" sign m --serial 1 --key "$keys/$1.key" \
			--cert "$keys/$1.crt"
	}
	key p521 /CN=x -newkey ec -pkeyopt ec_paramgen_curve:P-521
	no p521 "its curve is secp521r1"
	key explicit /CN=x -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		-pkeyopt ec_param_enc:explicit
	no explicit "its curve is unnamed"
	key ed /CN=x -newkey ed25519
	no ed "it is signed with"
	key small /CN=x -newkey rsa:1024
	no small "its RSA key has 1024 bits"
	key odd /CN=x -newkey rsa:2560
	no odd "its RSA key has 2560 bits"
	openssl req -x509 -sha1 -key "$keys/rsa.key" -subj /CN=x \
		-out "$keys/sha1.crt"
	cp "$keys/rsa.key" "$keys/sha1.key"
	no sha1 "it is signed with sha1WithRSAEncryption"
	openssl req -x509 -sha256 -key "$keys/rsa.key" -subj /CN=x \
		-sigopt rsa_padding_mode:pss -out "$keys/pss.crt"
	cp "$keys/rsa.key" "$keys/pss.key"
	no pss "it is signed with"
	# an ed25519 key that an RSA key vouches for
	openssl req -new -key "$keys/ed.key" -subj /CN=y -out y.csr
	openssl x509 -req -in y.csr -CA "$keys/rsa.crt" -CAkey "$keys/rsa.key" \
		-set_serial 7 -sha256 -out "$keys/ed.crt" 2>/dev/null
	no ed "its key is ED25519"
}

@test "sign refuses outside of the certificate's time" {
	validity past 20200101000000Z 20210101000000Z
	refuses "it is valid from 2020-01-01T00:00:00Z to 2021-01-01T00:00:00Z" \
		sign m --serial 1 --key "$keys/rsa.key" --cert past
	validity future 20600101000000Z 20610101000000Z
	refuses "it is valid from 2060-" \
		sign m --serial 1 --key "$keys/rsa.key" --cert future
}

# validity(FILE, FROM, TO) - a certificate of rsa with these dates
validity() {
	mkdir -p ca
	: >ca/index.txt
	printf '%s\n' '[ca]' 'default_ca=d' '[d]' "database=$here/ca/index.txt" \
		"new_certs_dir=$here/ca" 'policy=p' 'default_md=sha256' \
		'rand_serial=yes' '[p]' 'commonName=supplied' >ca/conf
	openssl req -new -key "$keys/rsa.key" -subj /CN=test -out ca/csr
	openssl ca -batch -selfsign -config ca/conf -in ca/csr -startdate "$2" \
		-enddate "$3" -keyfile "$keys/rsa.key" -notext -out "$1" \
		2>/dev/null
	rm -r ca
}

@test "sign refuses a malformed text, whatever it is given besides" {
	local with=(--key "$keys/rsa.key" --cert "$keys/rsa.crt" --serial 1)
	printf '\0' >>m
	refuses "it holds a NUL byte" sign m "${with[@]}"
	printf 'abc  x\n' >m
	refuses "m: line 2: it does not begin with a SHA-256 digest" \
		sign m "${with[@]}"
	: >m
	refuses "the manifest is empty" sign m "${with[@]}"
	echo >m
	refuses "the manifest lists nothing" sign m "${with[@]}"
	try sign m "${with[@]}" --kind revoked
	[ "$status" -eq 0 ]
	refuses "nowhere: there is no such manifest" sign nowhere "${with[@]}"
	refuses "not a regular file" sign "$here" "${with[@]}"
	mkfifo fifo
	refuses "not a regular file" sign fifo "${with[@]}"
}

@test "sign and verify: odd names" {
	local name
	mkdir -p odd
	cp m odd/
	cd odd
	# shellcheck disable=SC2016 # a dollar is a dollar
	for name in 'a b' '-dash' 'back\slash' $'line\nbreak' $'end\n' ' ' \
		'$(x)' "quote'" 'ü' '*'; do
		cp m "./$name"
		try sign --serial 1 --key "$keys/rsa.key" \
			--cert "$keys/rsa.crt" -- "$name"
		[ "$status" -eq 0 ]
		[ -s "./$name.p7s" ]
		try verify --root "$here" --cert "$keys/rsa.crt" -- "$name"
		[ "$status" -eq 0 ]
	done
	nothing_left
	cp "$keys/rsa.crt" ./-c
	cp "$keys/rsa.key" ./-k
	try sign m --serial 1 --key=-k --cert=-c
	[ "$status" -eq 0 ]
}

@test "sign: through a link the text behind it, the signature beside it" {
	mkdir there
	mv m there/real
	ln -s there/real m
	sign m --serial 1
	[ -L m ]
	[ -f m.p7s ]
	grep -qx '# serial: 1' there/real
	fits m rsa
}

@test "sign: killed between the two files, nothing fits, and again mends it" {
	requires root namespaces
	sign m --serial 1
	local script=$BATS_TEST_TMPDIR/mv.script mv
	mv=$(realpath "$(command -v mv)")
	cp "$mv" "$BATS_TEST_TMPDIR/mv"
	# shellcheck disable=SC2016 # for another shell
	printf '#!/bin/sh\ncase $* in *.p7s) kill -KILL $PPID; exit ;; esac\nexec "%s" "$@"\n' \
		"$BATS_TEST_TMPDIR/mv" >"$script"
	chmod 755 "$script"
	# shellcheck disable=SC2016 # for another shell
	run unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && "$@"' sh \
		"$script" "$mv" "$sealctl" sign m --serial +1 \
		--key "$keys/rsa.key" --cert "$keys/rsa.crt"
	[ "$status" -ne 0 ]
	grep -qx '# serial: 2' m
	run ! fits m rsa
	rm -rf "${TMPDIR:?}"/*
	try verify m --cert "$keys/rsa.crt" --root "$here"
	[ "$status" -eq 1 ]
	[[ $output == *"it does not fit this text"* ]]
	# the serial that was given is not given again
	sign m --serial +1
	[[ $output == *"serial 3,"* ]]
	fits m rsa
	nothing_left
}

@test "sign: no room on the disk, nothing is changed" {
	requires root namespaces
	# shellcheck disable=SC2016 # for another shell
	run unshare -m bash -c '
		mkdir small
		mount -t tmpfs -o size=8k none small || exit 99
		cp m small/m
		"$1" sign small/m --serial 1 --key "$2.key" --cert "$2.crt"
		echo "status $?"
		cmp m small/m && echo whole
		ls -A small' bash "$sealctl" "$keys/rsa"
	echo "$output"
	[ "$status" -ne 99 ] || skip "this machine does not let root mount"
	[[ $output == *"nothing is changed"*"status 1
whole
m" ]]
}

@test "sign: not while another is at work" {
	exec 8<"$here"
	flock 8
	refuses "is at work" sign m --serial 1 --key "$keys/rsa.key" \
		--cert "$keys/rsa.crt"
}

@test "verify refuses: not signed, by another key, another text" {
	local with=(--root "$here" --cert "$keys/rsa.crt")
	refuses "m: it is not signed: there is no m.p7s" verify m "${with[@]}"
	sign m --serial 1
	refuses "it was made by another key" verify m --root "$here" \
		--cert "$keys/ec.crt"
	# of the same name even
	refuses "no good" verify m --root "$here" --cert "$keys/other.x509"
	cp m good
	cp m.p7s good.p7s
	echo >>m
	refuses "it does not fit this text" verify m "${with[@]}"
	sed 's/serial: 1/serial: 2/' good >m
	refuses "it does not fit this text" verify m "${with[@]}"
	sed 's/$/\r/' good >m
	refuses "it does not fit this text" verify m "${with[@]}"
	head -c -1 good >m
	refuses "it does not fit this text" verify m "${with[@]}"
	cp good m
	try verify m "${with[@]}"
	[ "$status" -eq 0 ]
	: >m.p7s
	refuses "m.p7s: the signature is empty" verify m "${with[@]}"
	# good is told from bad, and bad is what counts
	try verify good m good "${with[@]}"
	[ "$status" -eq 1 ]
	[ "$(grep -c "good: it would be accepted" <<<"$output")" -eq 2 ]
}

@test "verify refuses a signature that is cut off, wherever, or goes on" {
	sign m --serial 1
	cp m.p7s whole
	local size cut
	size=$(stat -c %s whole)
	for cut in 1 2 3 4 20 60 500 $((size / 2)) $((size - 300)) \
		$((size - 256)) $((size - 2)) $((size - 1)); do
		head -c "$cut" whole >m.p7s
		refuses "it is no signature in DER, or not a whole one" verify m \
			--root "$here" --cert "$keys/rsa.crt"
	done
	{ cat whole; echo; } >m.p7s
	refuses "no good" verify m --root "$here" --cert "$keys/rsa.crt"
	{ cat whole whole; } >m.p7s
	refuses "something follows it" verify m --root "$here" \
		--cert "$keys/rsa.crt"
	echo "this is no signature" >m.p7s
	refuses "it is no signature" verify m --root "$here" \
		--cert "$keys/rsa.crt"
	cp "$keys/rsa.x509" m.p7s
	refuses "it is no CMS SignedData" verify m --root "$here" \
		--cert "$keys/rsa.crt"
}

@test "verify refuses what openssl would take and the kernel would not" {
	local with=(--root "$here" --cert "$keys/rsa.crt")
	sign m --serial 1
	raw_sign m -nosmimecap -md sha256
	try verify m "${with[@]}"
	[ "$status" -eq 0 ]
	raw_sign m -nosmimecap -md sha512
	try verify m "${with[@]}"
	[ "$status" -eq 0 ]
	raw_sign m -md sha256
	refuses "it has S/MIME capabilities" verify m "${with[@]}"
	raw_sign m -nosmimecap -nocerts
	refuses "it comes without the certificate" verify m "${with[@]}"
	raw_sign m -nosmimecap -certfile "$keys/ec.crt"
	refuses "it comes with another certificate" verify m "${with[@]}"
	# the same key, another certificate of it
	validity twin 20200101000000Z 20600101000000Z
	raw_sign m -nosmimecap
	refuses "was made by another key" verify m --root "$here" --cert twin
	raw_sign m -nosmimecap -md sha1
	refuses "its digest is sha1" verify m "${with[@]}"
	raw_sign m -nosmimecap -md sha256 -nodetach
	refuses "a text of its own" verify m "${with[@]}"
	raw_sign m -nosmimecap -md sha256 -stream
	refuses "it is not in DER" verify m "${with[@]}"
	raw_sign m -nosmimecap -md sha256 -signer "$keys/ec.crt" \
		-inkey "$keys/ec.key"
	refuses "it has 2 signers" verify m "${with[@]}"
	raw_sign m -nosmimecap -md sha256 -outform PEM
	refuses "it is no signature in DER" verify m "${with[@]}"
}

@test "verify: the time in the signature is held against the certificate's" {
	sign m --serial 1
	validity past 20200101000000Z 20210101000000Z
	openssl cms -sign -binary -nosmimecap -outform DER -md sha256 -in m \
		-out m.p7s -signer past -inkey "$keys/rsa.key"
	refuses "when the certificate was not valid (2020-01-01T00:00:00Z to 2021" \
		verify m --root "$here" --cert past
	validity future 20600101000000Z 20610101000000Z
	openssl cms -sign -binary -nosmimecap -outform DER -md sha256 -in m \
		-out m.p7s -signer future -inkey "$keys/rsa.key"
	refuses "when the certificate was not valid (2060-01-01T00:00:00Z to 2061" \
		verify m --root "$here" --cert future
	# without a time there is nothing to hold
	raw_sign m -nosmimecap -noattr -md sha256
	try verify m --root "$here" --cert "$keys/rsa.crt"
	[ "$status" -eq 0 ]
	[[ $output != *"signed at"* ]]
}

@test "verify refuses a text that was signed but is none" {
	echo hello >m
	raw_sign m -nosmimecap -md sha256
	refuses "m: line 1: it does not begin" verify m --root "$here" \
		--cert "$keys/rsa.crt"
	printf '%064d  x\n' 0 >m
	raw_sign m -nosmimecap -md sha256
	refuses "it has no serial" verify m --root "$here" \
		--cert "$keys/rsa.crt"
	sign m --serial 1 --kind programs
	refuses "line 3: the path is not absolute" verify m --root "$here" \
		--cert "$keys/rsa.crt"
}

@test "verify and sign: what may not be read" {
	requires root setpriv
	sign m --serial 1
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR"
	chmod 600 m.p7s
	local dir
	dir=$(TMPDIR='' mktemp -d)
	chmod 755 "$dir"
	cp -r m "$keys/rsa.crt" "$sealctl" "$sealctl-parts" "$dir"
	cp m.p7s "$dir/m.p7s"
	as_nobody() {
		run setpriv --reuid 65534 --regid 65534 --clear-groups \
			env TMPDIR= "$dir/sealctl" "$@"
		echo "$output"
		[ "$status" -eq 1 ]
	}
	chmod 600 "$dir/m.p7s"
	as_nobody verify "$dir/m" --root "$dir" --cert "$dir/rsa.crt"
	[[ $output == *"m.p7s: the signature cannot be read"* ]]
	chmod 644 "$dir/m.p7s"
	chmod 600 "$dir/m"
	as_nobody verify "$dir/m" --root "$dir" --cert "$dir/rsa.crt"
	[[ $output == *"/m: the manifest cannot be read"* ]]
	chmod 644 "$dir/m"
	cp "$keys/rsa.key" "$dir"
	chmod 644 "$dir/rsa.key"
	as_nobody sign "$dir/m" --serial 2 --cert "$dir/rsa.crt" \
		--key "$dir/rsa.key"
	[[ $output == *"cannot write in $dir; nothing is changed"* ]]
	[ "$(sum "$dir/m")" = "$(sum m)" ]
	rm -r "$dir"
}

@test "usage: each fault has its line, and exit status 2" {
	wrong() {
		try "${@:2}"
		[ "$status" -eq 2 ]
		[[ $output == "sealctl: $1"*"(see --help)" ]]
	}
	wrong "what is to be done?"
	wrong "there is no frob" frob
	wrong "unknown option --frob" sign m --frob
	wrong "--key wants a value" sign m --key
	wrong "--key is empty" sign m --key ""
	wrong "--key is empty" sign m --key=
	wrong "sign wants --key" sign m --cert x
	wrong "sign wants --cert" sign m --key x
	wrong "sign wants one manifest" sign --key x --cert y
	wrong "sign wants one manifest" sign m m --key x --cert y
	wrong "--serial wants a number" sign m --serial 0
	wrong "--serial wants a number" sign m --serial -1
	wrong "--serial wants a number" sign m --serial 1x
	wrong "--serial wants a number" sign m --serial +2
	wrong "there is no kind all" sign m --kind all
	wrong "--output is the manifest itself" sign m --key x --cert y \
		--output "$here/m"
	wrong "verify wants a manifest" verify
	wrong "update wants a manifest" update
	wrong "status wants no operand" status m
	wrong "verify knows no --key" verify m --key x
	wrong "sign knows no --install" sign m --install
	wrong "--json takes no value" status --json=x
	wrong "an operand is empty" verify ""
	nothing_left
}

# installed(DIRECTORY) - as etc/install.mk has it
installed() {
	mkdir -p "$1/sbin" "$1/lib/seal"
	cp "$sealctl" "$1/sbin/"
	cp -r "$sealctl-parts" "$1/lib/seal/"
}

@test "installed, or called by another name: it finds its parts" {
	local name way
	installed usr
	mkdir elsewhere
	ln -s usr/sbin sbin
	ln -s ../usr/sbin/sealctl elsewhere/ctl
	ln -s "$sealctl" elsewhere/sources
	for name in usr/sbin/sealctl sbin/sealctl elsewhere/ctl \
		elsewhere/sources; do
		for way in "./$name" "$here/$name" "sh $name"; do
			# shellcheck disable=SC2086 # words
			run $way status --root "$BATS_TEST_TMPDIR"
			echo "$way: $output"
			[ "$status" -eq 3 ]
			[[ $output == *"cannot be told"*"mount sysfs" ]]
		done
	done
	# nobody else's parts
	mkdir sealctl-parts
	echo "echo theirs" >sealctl-parts/status.sh
	run env parts="$here/sealctl-parts" usr/sbin/sealctl status \
		--root "$BATS_TEST_TMPDIR"
	[[ $output != *theirs* ]]
}

@test "without its parts it does nothing, and does not say \"not sealed\"" {
	installed usr
	rm usr/lib/seal/sealctl-parts/{status,check,verify}.sh
	missing() {
		run usr/sbin/sealctl "${@:2}" --root "$root"
		echo "$output"
		[ "$status" -eq "$1" ]
		[ "$output" = "sealctl: it is not installed whole: $here/usr/sbin/../lib/seal/sealctl-parts/$2.sh cannot be read" ]
	}
	mkdir -p "$root"
	missing 3 status
	missing 2 check
	missing 1 verify m
	nothing_left
}

@test "--help and --version" {
	try --help
	[ "$status" -eq 0 ]
	[[ $output == *"sealctl update FILE"* ]]
	try --version
	[[ $output =~ ^sealctl\ [0-9.]+$ ]]
}
