# SPDX-License-Identifier: GPL-2.0
# sealctl and a kernel that is sealed in fact: what is signed on one machine is
# verified, delivered and installed on another, and what the kernel refuses is
# told in words.

load helpers
load signing

NODE=/sys/kernel/security/seal/manifest

# What sealctl runs: its shell and its programs are not to be busybox's, whose
# cat does not ask what close says.
PROGRAMS="dash openssl awk cat chmod cmp comm date dmesg find flock grep head id
	mktemp mv od paste readlink realpath rm sed sha256sum sort stat sync
	tail tr wc"

setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS"
	make_key good
	make_key other
	make_signed 1 one canary
	make_signed 2 two canary ftracer
	make_signed 1 old canary failstep
	make_signed 9 others canary failstep --by other
	make_signed 3 three canary
	{
		echo "# kind: revoked"
		sha256sum "$(test_module ftracer)"
	} >"$KEYS/revoked"
	ctl_sign good "$KEYS/revoked" --serial 1
	start
	vm_ok "mkdir -p /etc/seal
		cp /k/good.der /etc/seal/seal.x509
		cp /k/one /etc/seal/modules.sha256
		cp /k/one.p7s /etc/seal/modules.sha256.p7s"
}

setup() {
	requires sealable
	is_here || skip "the guest has no openssl of its architecture"
}

teardown_file() {
	vm_down
}

start() {
	local name programs=()
	if is_here; then
		for name in $PROGRAMS; do
			programs+=(--file "$(command -v "$name"):/usr/bin/$name")
		done
	fi
	vm_boot --mem 768 --tree "$KEYS:/k" "${programs[@]}" \
		--file "$SEAL_TOP/etc/sealctl:/usr/sbin/sealctl" \
		--tree "$SEAL_TOP/etc/sealctl-parts:/usr/lib/seal/sealctl-parts"
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k"
}

# is_here() - can the guest run this machine's programs?
is_here() {
	local version
	version=$("$SEAL_TOP/tests/vm/kernel" "${KERNEL:-cloud-amd64}") &&
		[ "$(arch_of "$version")" = "$(dpkg --print-architecture)" ]
}

ctl_sign() {
	local key=$1 file=$2
	shift 2
	"$SEAL_TOP/etc/sealctl" sign "$file" --key "$KEYS/$key.key" \
		--cert "$KEYS/$key.pem" "$@"
}

# make_signed(SERIAL, NAME, MODULE... [--by KEY])
make_signed() {
	local serial=$1 name=$2 key=good files=()
	shift 2
	while [ $# -gt 0 ]; do
		case $1 in
		--by) key=$2; shift ;;
		*) files+=("$(test_module "$1")") ;;
		esac
		shift
	done
	sha256sum "${files[@]}" >"$KEYS/$name"
	ctl_sign "$key" "$KEYS/$name" --serial "$serial"
}

ctl() {
	log_mark
	vm "dash /usr/sbin/sealctl $*"
}

ctl_ok() {
	ctl "$@"
	[ "$status" -eq 0 ] || fail "should have succeeded: sealctl $*"
}

# ctl_fails(TEXT, ARG...) - it says so, and nothing has changed
ctl_fails() {
	local before text=$1
	shift
	before=$(_vm_ask "cat $NODE; sha256sum /etc/seal/*")
	ctl "$@"
	[ "$status" -eq 1 ] || fail "exit status $status" || return
	[[ $output == *"$text"* ]] || fail "it does not say: $text" || return
	[ "$(_vm_ask "cat $NODE; sha256sum /etc/seal/*")" = "$before" ] ||
		fail "something has changed"
}

@test "unsealed: it says so, and verifies all the same" {
	ctl status
	[ "$status" -eq 1 ]
	[ "$output" = "not sealed" ]
	ctl update /k/two
	[ "$status" -eq 1 ]
	[[ $output == *"this system is not sealed"* ]]
	ctl_ok verify /k/two
	[[ $output == *"it is compared with nothing"* ]]
}

@test "check: what a real /proc and /sys have of it" {
	# the manifest lists the canary, and nothing is held
	vm_ok "kmod-insmod /canary.ko; echo >/proc/sys/kernel/modprobe"
	ctl check
	[[ $output == *"module canary "*"not below /lib/modules/"* ]]
	[[ $output != *"holds /dev/mem: "* ]]
	[[ $output != *realpath:* ]]
	vm_ok "rmmod canary
		mkdir -p /lib/modules/\$(uname -r)
		cp /canary.ko /lib/modules/\$(uname -r)/ && kmod-insmod /canary.ko
		cp /usr/bin/tail /holder
		/holder -f /dev/null 3<>/dev/mem & echo \$! >/pid; sleep 0.5"
	ctl check
	[ "$status" -eq 1 ]
	[[ $output != *"module canary "* ]]
	[[ $output == *"holds /dev/mem: "*"; mem_allow=/holder"* ]]
	[[ $output == *"    insmod seal.ko manifest=/etc/seal/modules.sha256 key=/etc/seal/seal.x509"*" mem_allow=/holder"* ]]
	vm_ok "kill \$(cat /pid); rmmod canary; sleep 0.2"
	ctl check
	[[ $output != *"holds /dev/mem: "* ]]
}

@test "check: ftrace is off" {
	requires before:7.3
	vm_ok "echo 0 >/proc/sys/kernel/ftrace_enabled"
	ctl check
	[ "$status" -eq 1 ]
	[[ $output == *"kernel.ftrace_enabled=0: "* ]]
	vm_ok "echo 1 >/proc/sys/kernel/ftrace_enabled"
	ctl check
	[[ $output != *"ftrace_enabled"* ]]
}

@test "mode=audit: not sealed, and check says what it has seen" {
	seal_on mode=audit
	ctl check
	[[ $output == *"note: it has seen nothing yet that would have been refused"* ]]
	[[ $output != *"sealed already"* ]]
	vm_ok "kmod-insmod /canary.ko && rmmod canary && door kexec"
	ctl status
	[ "$status" -eq 1 ]
	[[ $output == "audit since "*": nothing is refused"* ]]
	grep -qE '^module-load +shut +0 +[1-9]' <<<"$output"
	[[ $output == *"last refusals: none in the kernel log"*"last that would have been refused:"*"seal: would refuse kexec "* ]]
	[[ $output == *"this system is not sealed: the mode is audit"* ]]
	ctl status --json
	[ "$status" -eq 1 ]
	[[ $output == *'"state": "audit"'*'"allow": "keep=kexec"'* ]]
	ctl check
	[ "$status" -eq 1 ]
	grep -qE '^kexec: [0-9]+ would have been refused, [0-9]+ in the log for want of this, the last by door\[[0-9]+\], what="[^"]+"; keep=kexec$' <<<"$output"
	grep -qE '^module-load: .*; insmod=/usr/bin/kmod$' <<<"$output"
	[[ $output == *$'\n    rmmod seal\n'*'    insmod seal.ko '*" keep=kexec"*" mode=audit"* ]]
	# and when that is given nothing of it is seen
	vm_ok "rmmod seal"
	seal_on mode=audit keep=kexec insmod=/usr/bin/kmod
	vm_ok door kexec
	ctl check
	[[ $output != *"would have been refused, "* ]]
	vm_ok "rmmod seal"
}

@test "the seal goes on with what it has signed" {
	seal_on manifest=/etc/seal/modules.sha256 key=/etc/seal/seal.x509 \
		serial_file=/etc/seal/serial
	ctl_ok status
	[[ $output == "sealed since "*"modules "*" serial 1, 1 digests, signer "* ]]
	ctl_ok status --json
	[[ $output == *'"serial": 1,'* ]]
	ctl_ok verify /etc/seal/modules.sha256
	[[ $output == *"it is what is live"* ]]
	log_mark
	vm kmod-insmod /ftracer.ko function=do_nanosleep
	refused module-load 'reason=unlisted$'
}

@test "status --json: one object that names every lockdown reason, and its door" {
	local reasons doors
	type python3 >/dev/null || skip "there is no python3"
	vm_ok "sed -n 's/^lockdown\\.//p' /sys/kernel/security/seal/status"
	reasons=$output
	vm_ok "sed -n 's/^door\\.//p' /sys/kernel/security/seal/status"
	doors=$output
	[ "$(wc -l <<<"$reasons")" -ge 24 ]
	ctl_ok status --json
	python3 - "$output" "$reasons" "$doors" <<-'END'
		import json, sys
		it = json.loads(sys.argv[1])
		def table(text):
		    return dict(line.split(": ") for line in text.splitlines())
		assert it["lockdown"] == table(sys.argv[2]), it["lockdown"]
		assert it["door"] == table(sys.argv[3]), it["door"]
		assert set(it["lockdown"].values()) <= set(it["door"])
		assert it["refused"]["module-load"] == 1, it["refused"]
		assert it["refusals"][-1]["door"] == "module-load", it["refusals"]
		assert it["refusals"][-1]["reason"] == "unlisted", it["refusals"]
	END
}

@test "verify tells what an update would do, and does nothing" {
	ctl_ok verify /k/two
	[[ $output == *"1 added, 0 removed"*"it would be accepted"* ]]
	[ "$(seal_status manifest.modules.serial)" = 1 ]
	ctl_fails "its serial 1 is not higher" verify /k/old
	ctl_fails "made by another key" verify /k/others
}

@test "an update is live, and in place for the next boot" {
	ctl_ok update --install /k/two
	[[ $output == *"live now: modules, serial 2, 2 digests"*"installed for the next boot"* ]]
	[ "$(seal_status manifest.modules.serial)" = 2 ]
	vm_ok "cmp /k/two /etc/seal/modules.sha256 &&
		cmp /k/two.p7s /etc/seal/modules.sha256.p7s &&
		head -n1 /etc/seal/serial"
	[ "$output" = "modules 00000000000000000002" ]
	vm_ok "kmod-insmod /ftracer.ko function=do_nanosleep && rmmod ftracer"
}

@test "the same again does no harm, an older one is refused" {
	ctl_ok update --install /k/two
	[[ $output == *"it is what is live"* ]]
	ctl_fails "its serial 1 is not higher" update /k/old
	ctl_fails "its serial 1 is not higher" update --install /k/old
}

# sealctl's own look is a preview: told of another certificate it finds nothing
# wrong with that one's signature.
@test "what the kernel refuses is told in words, with the line of the log" {
	ctl_fails "the kernel did not take it: the signature cannot be read; the old set stays" \
		update --cert /k/other.der /k/others
	[[ $output == *"seal: refused manifest-update "*"another certificate"*"reason=bad-signature"* ]]
	[[ $(log_since) == *"by cat["*"reason=bad-signature"* ]]
	# with a descriptor that writes already
	vm "exec 8>$NODE; dash /usr/sbin/sealctl update /k/three"
	[ "$status" -eq 1 ]
	[[ $output == *"another update is being written; try again"* ]]
	[ "$(seal_status manifest.modules.serial)" = 2 ]
}

@test "two kinds at once" {
	ctl_ok update /k/three /k/revoked
	[ "$(seal_status manifest.modules.serial)" = 3 ]
	[ "$(seal_status manifest.revoked.count)" = 1 ]
	ctl_ok status
	[[ $output == *"revoked "*"serial 1, 1 digests"* ]]
	log_mark
	vm kmod-insmod /ftracer.ko function=do_nanosleep
	refused module-load 'reason=revoked$'
}

@test "without a key there is no update" {
	vm_down
	start
	seal_on manifest=/k/one
	ctl update --cert /k/good.der /k/two
	[ "$status" -eq 1 ]
	[[ $output == *"put on without key="* ]]
	# it would not outlive the test that booted it
	vm_down
}
