# SPDX-License-Identifier: GPL-2.0
# A manifest that the kernel itself holds: what is wrong with it or with its
# signature, and the seal does not go on; what it lists loads, by whom so ever.

load helpers
load signing

setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS"
	make_key good
	make_key other
	make_past_key past
	manifest 7 "$(test_module canary)" >"$KEYS/m"
	sign good "$KEYS/m"
	vm_boot --tree "$KEYS:/k"
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k"
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# signed_as(NAME, FILE, [OPTION...]) - puts a signature of FILE so made beside
# it in the guest, at /k/t and /k/t.p7s
signed_as() {
	local name=$1 file=$2
	shift 2
	cp "$file" "$BATS_TEST_TMPDIR/t"
	sign "$name" "$BATS_TEST_TMPDIR/t" "$@"
	vm_push "$BATS_TEST_TMPDIR/t" /k/t
	vm_push "$BATS_TEST_TMPDIR/t.p7s" /k/t.p7s
}

# text_fails(REGEX, TEXT) - a manifest of that text is refused
text_fails() {
	printf '%b' "$2" >"$BATS_TEST_TMPDIR/t"
	vm_push "$BATS_TEST_TMPDIR/t" /k/t
	vm_ok "chmod 644 /k/t"
	seal_fails "$1" manifest=/k/t
}

H64=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

@test "unsealed: any module loads" {
	vm_ok "kmod-insmod /canary.ko && rmmod canary"
	vm_ok "kmod-insmod /ftracer.ko function=load_module && rmmod ftracer"
}

@test "a path that is no manifest" {
	seal_fails 'parameter manifest="k/m": the path is not absolute' manifest=k/m
	seal_fails 'parameter manifest="/none": cannot be opened: -(ENOENT|2)' \
		manifest=/none
	seal_fails 'parameter manifest="/k": it is not a regular file' manifest=/k
	vm_ok "mkfifo /fifo"
	seal_fails 'parameter manifest="/fifo": it is not a regular file' \
		manifest=/fifo
	vm_ok ": >/empty"
	seal_fails 'parameter manifest="/empty": it is empty' manifest=/empty
	vm_ok "cp /k/m /loose; chmod 664 /loose"
	seal_fails 'manifest="/loose": others than its owner may write it' \
		manifest=/loose
	vm_ok "chmod 644 /loose; chown 65534 /loose"
	seal_fails 'manifest="/loose": it does not belong to root' \
		manifest=/loose
	vm_ok "truncate -s 257M /tmp/large"
	seal_fails 'manifest="/tmp/large": it is too large' manifest=/tmp/large
	vm_ok "rm /tmp/large"
}

@test "a text that is no manifest: the line is named" {
	text_fails 'line 2: .*does not begin with a digest' "$H64  a\nx\n"
	text_fails 'line 1: .*SHA-1' "${H64:0:40}  a\n"
	text_fails 'line 1: .*MD5' "${H64:0:32}  a\n"
	text_fails 'line 1: .*no SHA-256' "$H64$H64  a\n"
	text_fails 'line 1: .*carriage return' "$H64  a\r\n"
	text_fails 'line 1: .*NUL' "$H64  a\0\n"
	text_fails 'line 3: .*too late' "$H64  a\n\n# serial: 5\n"
	text_fails 'line 1: .*nearly one of the remarks' "#Kind: revoked\n$H64  a\n"
	text_fails 'manifest="/k/t": the manifest lists nothing' "# none\n"
	text_fails 'manifest="/k/t": it is of another kind' \
		"# kind: revoked\n$H64  a\n"
}

@test "a revoked list of another kind" {
	seal_fails 'parameter revoked="/k/m": it is of another kind' \
		revoked=/k/m
}

@test "a certificate that is none" {
	seal_fails 'parameter key="/k/m": the kernel does not take it' \
		key=/k/m
	seal_fails 'parameter key="/k/good.pem": the kernel does not take it' \
		key=/k/good.pem
	seal_fails 'parameter key="/none": cannot be opened' key=/none
}

@test "parameters that make no sense together, or at all" {
	seal_fails 'serial_file needs key' serial_file=/serial
	seal_fails 'parameter args="some" is none of safe, listed, none, any' \
		args=some
	seal_fails 'parameter trust_signed="maybe"' trust_signed=maybe
}

@test "with a key: no signature, an empty one, half of one" {
	vm_ok "cp /k/m /k/t; rm -f /k/t.p7s"
	seal_fails '"/k/t.p7s": cannot be opened' manifest=/k/t key=/k/good.der
	vm_ok ": >/k/t.p7s"
	seal_fails '"/k/t.p7s": it is empty' manifest=/k/t key=/k/good.der
	vm_ok "head -c 700 /k/m.p7s >/k/t.p7s"
	seal_fails 'the signature is no CMS signature in DER' \
		manifest=/k/t key=/k/good.der
	vm_ok "(cat /k/m.p7s; echo) >/k/t.p7s"
	seal_fails 'the signature is no CMS signature in DER' \
		manifest=/k/t key=/k/good.der
}

@test "with a key: another key's signature" {
	signed_as other "$KEYS/m"
	seal_fails 'the signature comes with another certificate' \
		manifest=/k/t key=/k/good.der
	signed_as other "$KEYS/m" -nocerts
	seal_fails 'the signature comes without the certificate' \
		manifest=/k/t key=/k/good.der
	# the right certificate, and the wrong key's signature
	signed_as other "$KEYS/m" -nocerts -certfile "$KEYS/good.pem"
	seal_fails 'the signature (comes with|was made by another key)' \
		manifest=/k/t key=/k/good.der
}

@test "with a key: the signature of another text" {
	vm_ok "sed 's/serial: 7/serial: 8/' /k/m >/k/t; cp /k/m.p7s /k/t.p7s"
	seal_fails 'the signature does not fit|the signature cannot be read' \
		manifest=/k/t key=/k/good.der
}

@test "with a key: a weak digest [SHA-1]" {
	signed_as good "$KEYS/m" -md sha1
	seal_fails 'rests on a digest that is none of SHA-256' \
		manifest=/k/t key=/k/good.der
}

@test "with a key: two signers, a signature with the text in it" {
	signed_as good "$KEYS/m" -signer "$KEYS/other.pem" \
		-inkey "$KEYS/other.key"
	seal_fails 'the signature (has more than one|comes with another)' \
		manifest=/k/t key=/k/good.der
	signed_as good "$KEYS/m" -nodetach
	seal_fails 'holds what it signs' manifest=/k/t key=/k/good.der
}

@test "with a key: signed when the certificate was over" {
	signed_as past "$KEYS/m"
	seal_fails 'was made while the certificate was not valid' \
		manifest=/k/t key=/k/past.der
}

@test "with a key: a manifest without a serial" {
	manifest 0 "$(test_module canary)" >"$BATS_TEST_TMPDIR/n"
	signed_as good "$BATS_TEST_TMPDIR/n"
	seal_fails 'needs a line "# serial: N"' manifest=/k/t key=/k/good.der
}

@test "a serial file that is none, or says that the manifest is old" {
	vm_ok "echo x >/serial; chmod 600 /serial"
	seal_fails 'serial_file="/serial": it is not what seal writes' \
		manifest=/k/m key=/k/good.der serial_file=/serial
	vm_ok "printf '%s %020d\n' modules 8 programs 0 revoked 0 >/serial"
	seal_fails 'its serial is not above' \
		manifest=/k/m key=/k/good.der serial_file=/serial
	vm_ok "chmod 666 /serial"
	seal_fails 'serial_file="/serial": others than its owner may write' \
		manifest=/k/m key=/k/good.der serial_file=/serial
	seal_fails 'serial_file="/none/serial": cannot be opened' \
		manifest=/k/m key=/k/good.der serial_file=/none/serial
}

@test "the seal goes on with a manifest alone" {
	vm_ok "sed 1d /k/m >/m; chmod 644 /m"
	seal_on manifest=/m
	[ "$(seal_status door.module-load)" = hole ]
	[ "$(seal_status door.manifest-update)" = shut ]
	[ "$(seal_status manifest.modules.count)" = 1 ]
	[ "$(seal_status manifest.modules.serial)" = 0 ]
	[ "$(seal_status manifest.modules.signer)" = none ]
	[ "$(seal_status manifest.modules.digest)" = \
		"$(sed 1d "$KEYS/m" | cut -c1-64 | sha256sum | cut -c1-64)" ]
}

@test "what is listed loads, by any program and any entrance" {
	vm_ok "kmod-insmod /canary.ko && rmmod canary"
	vm_ok "busybox insmod /canary.ko && rmmod canary"
	vm_ok "modload --init /canary.ko && rmmod canary"
	vm_ok "modload --finit /canary.ko && rmmod canary"
	vm_ok "$(abi32 modload) --init /canary.ko && rmmod canary"
	vm_ok "cp /canary.ko /tmp/x && kmod-insmod /tmp/x && rmmod canary"
}

@test "what is not listed does not load; its digest is told" {
	local digest
	digest=$(sha256sum <"$(test_module ftracer)" | cut -c1-64)
	log_mark
	vm kmod-insmod /ftracer.ko function=load_module
	refused module-load "what=\"\\(image sha256:$digest\\)\"" \
		'reason=unlisted$'
	log_mark
	vm modload --init /ftracer.ko
	refused module-load 'reason=unlisted$'
}

@test "what the distribution signed does not load unless it is listed" {
	log_mark
	vm kmod-modprobe dummy
	refused module-load 'reason=unlisted$'
}

@test "the kernel loads nothing for itself but what is listed" {
	vm_fails "grep '^dummy ' /proc/modules"
	vm "ip link add seal0 type dummy"
	[ "$status" -ne 0 ]
	vm_fails "grep '^dummy ' /proc/modules"
}

@test "the kernel's own checks are not skipped, not even for what is listed" {
	local flags
	for flags in 1 2 3; do
		log_mark
		vm modload --flags "$flags" /canary.ko
		refused module-load 'reason=forced$'
	done
}

@test "nobody replaces a manifest without a key" {
	vm_fails "cat /k/m.p7s /k/m >/sys/kernel/security/seal/manifest"
	[[ $output == *"Operation not permitted"* ]]
	log_mark
	vm_fails "echo x >/sys/kernel/security/seal/manifest"
	[[ $(log_since) == *"refused manifest-update "*"reason=sealed"* ]]
	vm_ok "cat /sys/kernel/security/seal/manifest"
	[[ $output == *"modules.count: 1"* ]]
	vm_fails "busybox su nobody -s /bin/sh -c \
		'cat /sys/kernel/security/seal/manifest'"
}
