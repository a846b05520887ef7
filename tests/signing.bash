# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Keys, certificates and signed manifests for the VM suites, all made on this
# machine. They lie in $KEYS.

# make_key(NAME, [TYPE]) - NAME.key, its certificate NAME.pem and NAME.der;
# TYPE is rsa (2048 bits) or a curve, P-256 or P-384
make_key() {
	local options=(-newkey rsa:2048)
	[ "${2:-rsa}" = rsa ] ||
		options=(-newkey ec -pkeyopt "ec_paramgen_curve:$2")
	openssl req -x509 "${options[@]}" -nodes -sha256 -days 3650 \
		-subj "/CN=seal test $1" -addext keyUsage=digitalSignature \
		-keyout "$KEYS/$1.key" -out "$KEYS/$1.pem" 2>/dev/null || return
	make_der "$1"
}

make_der() {
	openssl x509 -in "$KEYS/$1.pem" -outform DER -out "$KEYS/$1.der"
}

# make_past_key(NAME) - the same, with a certificate that has been over since
# long
make_past_key() {
	local dir=$KEYS/ca-$1
	mkdir -p "$dir" && : >"$dir/index" || return
	openssl req -new -newkey rsa:2048 -nodes -subj "/CN=seal test $1" \
		-keyout "$KEYS/$1.key" -out "$dir/request" 2>/dev/null || return
	cat >"$dir/conf" <<-END
		[ca]
		default_ca = past
		[past]
		database = $dir/index
		new_certs_dir = $dir
		rand_serial = yes
		default_md = sha256
		policy = any
		[any]
		commonName = supplied
	END
	openssl ca -batch -notext -config "$dir/conf" -selfsign \
		-keyfile "$KEYS/$1.key" -in "$dir/request" \
		-startdate 20200101000000Z -enddate 20210101000000Z \
		-out "$KEYS/$1.pem" 2>/dev/null || return
	make_der "$1"
}

# sign(NAME, FILE, [OPTION...]) - FILE.p7s, as the README has it
sign() {
	local name=$1 file=$2
	shift 2
	openssl cms -sign -binary -outform DER -md sha256 -nosmimecap \
		-in "$file" -out "$file.p7s" -signer "$KEYS/$name.pem" \
		-inkey "$KEYS/$name.key" "$@"
}

# manifest(SERIAL, FILE...) - prints one that lists the files, in that order
manifest() {
	[ "$1" = 0 ] || echo "# serial: $1"
	shift
	[ $# -eq 0 ] || sha256sum "$@"
}

# test_module(NAME) - where on this machine a module of tests/modules lies,
# before any machine is booted
test_module() {
	local version
	version=$("$SEAL_TOP/tests/vm/kernel" "${KERNEL:-cloud-amd64}") ||
		return
	echo "$SEAL_TOP/build/tests/modules/$version/$1.ko"
}
