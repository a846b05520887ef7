# SPDX-License-Identifier: GPL-2.0
# Keys that are no RSA keys: where the kernel can verify ECDSA, on either curve,
# a manifest signed so counts; where it cannot, the seal does not go on.

load helpers
load signing

NODE=/sys/kernel/security/seal/manifest

setup_file() {
	local curve
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS"
	for curve in P-256 P-384; do
		make_key $curve $curve
		make_key other-$curve $curve
		make_manifests $curve
	done
	start
}

start() {
	vm_boot --tree "$KEYS:/k"
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k"
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# m, a first one, u, a second with one more, and o, which another's key signed
make_manifests() {
	mkdir "$KEYS/$1"
	manifest 1 "$(test_module canary)" >"$KEYS/$1/m"
	manifest 2 "$(test_module canary)" "$(test_module ftracer)" \
		>"$KEYS/$1/u"
	cp "$KEYS/$1/u" "$KEYS/$1/o"
	sign "$1" "$KEYS/$1/m"
	sign "$1" "$KEYS/$1/u"
	sign "other-$1" "$KEYS/$1/o"
}

has_ecdsa() {
	_vm_has_config CRYPTO_ECDSA
}

# update_fails(REASON, COMMAND...)
update_fails() {
	local before reason=$1
	shift
	before=$(_vm_ask "cat $NODE")
	log_mark
	vm_fails "$@"
	[[ $(log_since) == *"refused manifest-update "*"reason=$reason"* ]] ||
		fail "no line with $reason: $(log_since)" || return
	[ "$(_vm_ask "cat $NODE")" = "$before" ]
}

# lives_by(CURVE) - a seal with such a key, its manifest and an update of it
lives_by() {
	local dir=/k/$1 at
	seal_on manifest="$dir/m" key="/k/$1.der"
	[[ $(seal_status key) == *"seal test $1"* ]]
	vm_ok "kmod-insmod /canary.ko && rmmod canary"
	log_mark
	vm kmod-insmod /ftracer.ko function=do_nanosleep
	refused module-load 'reason=unlisted$'
	update_fails bad-signature "streamto $NODE $dir/o.p7s $dir/o"
	update_fails bad-signature "sed 's/serial: 2/serial: 3/' $dir/u >/tmp/u
		streamto $NODE $dir/u.p7s /tmp/u"
	# the two numbers of the signature are what it ends with
	for at in 1 20 30 60; do
		update_fails bad-signature "cp $dir/u.p7s /tmp/s
			n=\$((\$(stat -c %s /tmp/s) - $at))
			b=\$(od -An -tu1 -j \$n -N 1 /tmp/s)
			printf \"\\\\\$(printf %03o \$((b ^ 1)))\" |
				dd of=/tmp/s bs=1 seek=\$n conv=notrunc 2>/dev/null
			cmp /tmp/s $dir/u.p7s >/dev/null && echo unchanged
			streamto $NODE /tmp/s $dir/u"
		[[ $output != *unchanged* ]]
	done
	vm_ok "streamto $NODE $dir/u.p7s $dir/u"
	[ "$(seal_status manifest.modules.serial)" = 2 ]
	vm_ok "kmod-insmod /ftracer.ko function=do_nanosleep && rmmod ftracer"
	update_fails replayed "streamto $NODE $dir/m.p7s $dir/m"
}

@test "without ECDSA in the kernel the seal does not go on, and says why" {
	! has_ecdsa || skip "the kernel verifies ECDSA"
	local curve
	for curve in P-256 P-384; do
		seal_fails "parameter key=\"/k/$curve.der\": this kernel has no cryptography for such a key" \
			manifest=/k/$curve/m key=/k/$curve.der
	done
}

@test "with a key on P-256: manifest, update, and what is refused" {
	has_ecdsa || skip "the kernel lacks CONFIG_CRYPTO_ECDSA"
	# another curve's signature
	vm_ok "cp /k/P-256/m /k/t; cp /k/P-384/m.p7s /k/t.p7s"
	seal_fails 'the signature comes with another certificate' \
		manifest=/k/t key=/k/P-256.der
	lives_by P-256
}

@test "with a key on P-384: manifest, update, and what is refused" {
	has_ecdsa || skip "the kernel lacks CONFIG_CRYPTO_ECDSA"
	vm_down
	start
	lives_by P-384
	# it goes with the test that booted it
	vm_down
}
