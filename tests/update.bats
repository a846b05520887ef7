# SPDX-License-Identifier: GPL-2.0
# Manifests replaced while sealed: by who holds the key, by a newer one, all at
# once or not at all.

load helpers
load signing

NODE=/sys/kernel/security/seal/manifest

setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS"
	make_key good
	make_key other
	manifest 7 "$(test_module canary)" >"$KEYS/m"
	{
		echo "# kind: revoked"
		echo "# serial: 2"
		sha256sum "$(test_module failstep)"
	} >"$KEYS/r"
	sign good "$KEYS/m"
	sign good "$KEYS/r"
	vm_boot --smp 2 --tree "$KEYS:/k"
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k"
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# deliver(NAME, FILE) - FILE, signed with that key, into the guest as /u.p7s
# and /u
deliver() {
	sign "$1" "$2"
	vm_push "$2" /u
	vm_push "$2.p7s" /u.p7s
}

# make(SERIAL, MODULE...) - prints where a manifest with these lies now
make() {
	local serial=$1 files=() name
	shift
	for name; do
		files+=("$(test_module "$name")")
	done
	manifest "$serial" "${files[@]}" >"$BATS_TEST_TMPDIR/u"
	echo "$BATS_TEST_TMPDIR/u"
}

# update() - writes /u.p7s and /u, as cat would
update() {
	log_mark
	vm "streamto $NODE /u.p7s /u"
}

# update_fails(ERROR, REASON, [REGEX]) - and everything is as it was
update_fails() {
	local before
	before=$(_vm_ask "cat $NODE")
	update
	[ "$status" -ne 0 ] || fail "the update was taken" || return
	[[ $output == *"$1"* ]] || fail "not $1: $output" || return
	[[ $(log_since) =~ refused\ manifest-update\ what=\"[^\"]*${3-}.*reason=$2 ]] ||
		fail "no line with $2 and ${3-}: $(log_since)" || return
	[ "$(_vm_ask "cat $NODE")" = "$before" ] || fail "it has changed"
}

@test "the seal goes on with manifests that are signed" {
	seal_on manifest=/k/m revoked=/k/r key=/k/good.der trust_signed=1 \
		serial_file=/serial
	[ "$(seal_status door.manifest-update)" = hole ]
	[[ $(seal_status key) == *"seal test good"* ]]
	[ "$(seal_status manifest.modules.serial)" = 7 ]
	[ "$(seal_status manifest.revoked.serial)" = 2 ]
	vm_ok "cat $NODE"
	[[ $output == *"modules.serial: 7"*"modules.count: 1"* ]]
	[[ $output == *"modules.digest: $(sed 1d "$KEYS/m" | cut -c1-64 | sha256sum | cut -c1-64)"* ]]
	[[ $output == *"modules.signer: \"seal test good: "* ]]
	vm_ok "cat /serial"
	[ "${lines[0]}" = "modules 00000000000000000007" ]
	[ "${lines[2]}" = "revoked 00000000000000000002" ]
}

@test "what is listed loads, what is signed loads, else nothing" {
	vm_ok "kmod-insmod /canary.ko && rmmod canary"
	vm_ok "kmod-modprobe dummy && rmmod dummy"
	log_mark
	vm kmod-insmod /ftracer.ko function=load_module
	refused module-load 'reason=unlisted$'
}

@test "what is made for raw access is not loaded for a signature" {
	requires module:msr
	log_mark
	vm kmod-modprobe msr
	refused module-load 'what="msr"' 'reason=raw-access$'
	[[ $(seal_status raw_access) == *" phram "*" msr "* ]]
}

@test "nor what takes any device for a serial port" {
	requires module:8250_lpss
	vm_fails "grep -q ^8250_lpss /proc/modules"
	log_mark
	vm kmod-modprobe 8250_lpss
	refused module-load 'what="8250_lpss"' 'reason=raw-access$'
}

@test "an update adds a module, which then loads" {
	deliver good "$(make 8 canary ftracer)"
	update
	[ "$status" -eq 0 ]
	[[ $(log_since) == *"manifest of modules: serial=8 count=2 "* ]]
	vm_ok "cat $NODE"
	[[ $output == *"modules.serial: 8"*"modules.count: 2"* ]]
	vm_ok "kmod-insmod /ftracer.ko function=kernel_halt"
	vm_ok "head -n1 /serial"
	[ "$output" = "modules 00000000000000000008" ]
}

@test "the same again, and an older one, are refused" {
	update_fails "Stale file handle" replayed
	deliver good "$(make 7 canary)"
	update_fails "Stale file handle" replayed
}

@test "an update takes a module away, which then does not load" {
	vm_ok "rmmod ftracer"
	deliver good "$(make 9 canary)"
	update
	[ "$status" -eq 0 ]
	log_mark
	vm kmod-insmod /ftracer.ko function=load_module
	refused module-load 'reason=unlisted$'
}

@test "another key's, a changed, a cut off, an unsigned one are refused" {
	deliver other "$(make 10 canary)"
	update_fails "Bad message" bad-signature "another certificate"
	deliver good "$(make 10 canary)"
	vm_ok "sed -i 's/serial: 10/serial: 11/' /u"
	update_fails "" bad-signature
	deliver good "$(make 10 canary ftracer)"
	vm_ok "sed -i '\$d' /u"
	update_fails "" bad-signature
	vm_ok ": >/u.p7s"
	update_fails "Bad message" bad-signature "does not begin with"
}

@test "a signed text that is no manifest is refused, the line named" {
	{ manifest 10 "$(test_module canary)"; echo oops; } \
		>"$BATS_TEST_TMPDIR/u"
	deliver good "$BATS_TEST_TMPDIR/u"
	update_fails "Invalid argument" malformed "line 3: "
	manifest 0 "$(test_module canary)" >"$BATS_TEST_TMPDIR/u"
	deliver good "$BATS_TEST_TMPDIR/u"
	update_fails "Invalid argument" malformed "serial: N"
	manifest 10 >"$BATS_TEST_TMPDIR/u"
	deliver good "$BATS_TEST_TMPDIR/u"
	update_fails "Invalid argument" malformed "lists nothing"
}

@test "a list of programs is not taken for one of modules" {
	sed 's/^# serial: .*/&\n# kind: programs/' "$(make 10 ftracer)" \
		>"$BATS_TEST_TMPDIR/p"
	deliver good "$BATS_TEST_TMPDIR/p"
	update_fails "Operation not supported" malformed "no holes for programs"
}

@test "what is revoked does not load, listed and signed though it is" {
	local dummy
	deliver good "$(make 10 canary failstep)"
	update
	[ "$status" -eq 0 ]
	log_mark
	vm kmod-insmod /failstep.ko function=x
	refused module-load 'reason=revoked$'
	# what counts is the image, as the kernel has it
	vm_ok "f=\$(modinfo -n dummy 2>/dev/null || find /lib/modules -name 'dummy.ko*')
		cp \$f /dummy; case \$f in *.xz) xz -dc /dummy >/d && mv /d /dummy ;; esac
		sha256sum /dummy"
	dummy=${output%% *}
	printf '# kind: revoked\n# serial: 3\n%s  dummy\n' "$dummy" \
		>"$BATS_TEST_TMPDIR/r"
	deliver good "$BATS_TEST_TMPDIR/r"
	update
	[ "$status" -eq 0 ]
	log_mark
	vm kmod-modprobe dummy
	refused module-load 'reason=revoked$'
	# a newer list no longer has it
	printf '# kind: revoked\n# serial: 4\n' >"$BATS_TEST_TMPDIR/r"
	deliver good "$BATS_TEST_TMPDIR/r"
	update
	[ "$status" -eq 0 ]
	vm_ok "kmod-modprobe dummy && rmmod dummy"
	vm_ok "kmod-insmod /failstep.ko function=x && rmmod failstep"
	[ "$(seal_status manifest.modules.serial)" = 10 ]
	[ "$(seal_status manifest.revoked.count)" = 0 ]
}

@test "one writes at a time; who only opens it changes nothing" {
	vm_ok "exec 9>$NODE; : 2>&1 | streamto $NODE /dev/null 2>&1 | grep -i busy"
	vm_ok ": >$NODE"
	vm_fails "exec 9<>$NODE"
	[[ $output == *"Invalid argument"* ]]
}

@test "a stream of small writes, and one write, are the same" {
	deliver good "$(make 11 canary)"
	vm_ok "streamto --piece 7 $NODE /u.p7s /u"
	[ "$(seal_status manifest.modules.serial)" = 11 ]
	deliver good "$(make 12 canary)"
	vm_ok "cat /u.p7s /u >/both; dd if=/both of=$NODE bs=1M 2>/dev/null"
	[ "$(seal_status manifest.modules.serial)" = 12 ]
}

@test "more than 64 MiB are refused, and not held" {
	log_mark
	vm "dd if=/dev/zero of=$NODE bs=1M count=65"
	[ "$status" -ne 0 ]
	[[ $output == *"File too large"* ]]
	[[ $(log_since) == *"refused manifest-update "*"reason=malformed"* ]]
}

@test "the serial cannot be written down: the old manifest stays" {
	local before
	before=$(_vm_ask "cat $NODE /serial")
	deliver good "$(make 13 canary ftracer)"
	log_mark
	# no file may have a byte (fs/read_write.c:generic_write_check_limits),
	# the one with the error message included
	vm "trap '' XFSZ; ulimit -f 0; exec streamto $NODE /u.p7s /u"
	[ "$status" -eq 1 ]
	[[ $(log_since) == *"refused manifest-update "*"reason=serial-file"* ]]
	[ "$(_vm_ask "cat $NODE /serial")" = "$before" ]
	update
	[ "$status" -eq 0 ]
	[ "$(seal_status manifest.modules.serial)" = 13 ]
}

@test "updates are counted when refused, and the log says who" {
	[ "$(seal_status refused.manifest-update)" -ge 8 ]
	deliver other "$(make 20 canary)"
	update
	[[ $(log_since) =~ "by streamto["[0-9]+"] uid=0 exe=\"/usr/lib/seal-tests/streamto\"" ]]
}
