# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output, keys and root are set elsewhere
# shellcheck disable=SC2030,SC2031 # output is set by run, in each test
# shellcheck disable=SC2034 # verdict is for updates()
# sealctl and a sealed system: verify against the live set, update, status.

load sealctl

setup_file() {
	sealctl_setup_file
}

# What is live has serial 5, m is the next one: one more, one less.
setup() {
	sealctl_setup
	sign m --serial 5
	sealed m
	cp m old
	cp m.p7s old.p7s
	sed -i '$d' m
	printf '%064d  c.ko\n%064d  d.ko\n' 1 2 >>m
	sign m --serial 6
	facts modules m >"$BATS_TEST_TMPDIR/next"
	verdict=ok
}

# verifies(FILE...) - with that system's own key
verifies() {
	try verify --root "$root" "$@"
}

@test "verify tells what an update would change" {
	verifies m
	[ "$status" -eq 0 ]
	[[ $output == *"m: modules, serial 6, 3 digests, signed at 20"* ]]
	[[ $output == *"m: live is serial 5, 2 digests; 2 added, 1 removed"* ]]
	[[ $output == *"m: it would be accepted" ]]
}

@test "verify finds the live text as FILE.old, and says if it is nowhere" {
	mv "$root/etc/seal/modules.sha256" m.old
	verifies m
	[[ $output == *"2 added, 1 removed"* ]]
	mv m.old "$root/etc/seal/modules.sha256.old"
	verifies m
	[[ $output == *"2 added, 1 removed"* ]]
	printf "%064d  z\n" 7 >>"$root/etc/seal/modules.sha256.old"
	verifies m
	[ "$status" -eq 0 ]
	[[ $output == *"cannot be told, its file is not on this disk"* ]]
}

@test "verify: what is live already" {
	verifies old
	[ "$status" -eq 0 ]
	[[ $output == *"old: it is what is live" ]]
}

@test "verify refuses a serial that is not higher" {
	local serial
	for serial in 5 4 1; do
		sign m --serial "$serial"
		refuses "its serial $serial is not higher than 5, the last one's" \
			verify --root "$root" m
	done
	sed -i 's/serial: 5/serial: 10/' "$node/manifest"
	sign m --serial 9
	refuses "its serial 9 is not higher than 10" verify --root "$root" m
	sign m --serial 11
	verifies m
	[ "$status" -eq 0 ]
	sed -i 's/serial: 10/serial: 18446744073709551614/' "$node/manifest"
	refuses "is not higher than 18446744073709551614" \
		verify --root "$root" m
	sign m --serial 18446744073709551615
	verifies m
	[ "$status" -eq 0 ]
}

@test "verify: each kind has its own serial" {
	sign m --serial 1 --kind revoked
	verifies m
	[ "$status" -eq 0 ]
	[[ $output == *"m: there is no live set of revoked"* ]]
	echo 'revoked.serial: 3' >>"$node/manifest"
	echo 'revoked.digest: x' >>"$node/manifest"
	refuses "its serial 1 is not higher than 3" verify --root "$root" m
}

@test "verify: the serial file remembers what is not live any more" {
	echo /var/serials >"$root/sys/module/seal/parameters/serial_file"
	mkdir "$root/var"
	printf '%s %020d\n' modules 5 programs 0 revoked 20 >"$root/var/serials"
	verifies m
	[ "$status" -eq 0 ]
	sign m --serial 20 --kind revoked
	refuses "its serial 20 is not higher than 20" verify --root "$root" m
	sign m --serial 21 --kind revoked
	verifies m
	[ "$status" -eq 0 ]
	printf '%s %020d\n' modules 30 programs 0 revoked 0 >"$root/var/serials"
	sign m --serial 30 --kind modules
	refuses "its serial 30 is not higher than 30" verify --root "$root" m
}

@test "verify: by the seal's own key, then /etc/seal/seal.x509" {
	mv "$root/etc/seal/rsa.x509" "$root/etc/seal/seal.x509"
	verifies m
	[ "$status" -eq 1 ]
	[[ $output == *"rsa.x509: there is no such certificate"* ]]
	rm "$root/sys/module/seal/parameters/key"
	verifies m
	[ "$status" -eq 0 ]
	echo >"$root/sys/module/seal/parameters/key"
	refuses "put on without key=" verify --root "$root" m
}

@test "update hands over the signature and the text, and shows what is live" {
	requires root namespaces perl
	updates m
	[ "$status" -eq 0 ]
	[[ $output == *"m: live now: modules, serial 6, 3 digests" ]]
	cat m.p7s m | cmp - "$got"
	# The node says so now.
	rm "$got"
	updates m
	[ "$status" -eq 0 ]
	[[ $output == *"m: it is what is live" ]]
	[ ! -e "$got" ]
	nothing_left
	# The next boot's files are not its business.
	cmp old "$root/etc/seal/modules.sha256"
}

@test "update: what the kernel answers, in words, and its line in the log" {
	requires root namespaces perl
	while read -r verdict words; do
		updates m
		[ "$status" -eq 1 ]
		[[ $output == *"[ 9.1] seal: refused manifest-update what=\"why\""* ]]
		[[ $output == *"sealctl: m: the kernel did not take it: $words; the old set stays" ]]
		cmp "$BATS_TEST_TMPDIR/live" "$node/manifest"
		cmp old "$root/etc/seal/modules.sha256"
		nothing_left
	done <<-END
		129 the signature is not good
		126 the signature was made by another key than the seal's
		74 the signature cannot be read
		65 this kernel does not know the signature's algorithms
		22 the manifest is malformed
		116 the serial is not higher than that of the live set
		1 the seal was put on without key=, so that it takes no update until reboot
		16 another update is being written; try again
		27 it is larger than 64 MiB
		5 it was not written whole, or the serial file cannot be written
		95 this seal takes no manifests of that kind
		12 the kernel has no memory for it
		28 cat: write error: No space left on device
	END
}

@test "update: a write that is cut off, and a kernel that says yes and does no" {
	requires root namespaces perl
	verdict="cut"
	updates m --install
	[ "$status" -eq 1 ]
	[[ $output == *"the kernel did not take it: "* ]]
	[[ $output != *"live now"* ]]
	verdict=ok
	cp "$BATS_TEST_TMPDIR/live" "$BATS_TEST_TMPDIR/next"
	updates m --install
	[ "$status" -eq 1 ]
	[[ $output == *"did not refuse it, but it is not what is live"* ]]
	cmp old "$root/etc/seal/modules.sha256"
	nothing_left
}

@test "update: nothing is handed over if any would be refused" {
	requires root namespaces perl
	sign old --serial 4
	updates m old
	[ "$status" -eq 1 ]
	[[ $output == *"old: refused: its serial 4 is not higher than 5, the last one's; nothing is changed" ]]
	[ ! -e "$got" ]
	echo >>m
	updates m
	[ "$status" -eq 1 ]
	[[ $output == *"it does not fit this text"* ]]
	updates nothing
	[ "$status" -eq 1 ]
	[ ! -e "$got" ]
	cmp "$BATS_TEST_TMPDIR/live" "$node/manifest"
	nothing_left
}

@test "update --install: the next boot's text and signature, or what was live" {
	requires root namespaces perl
	updates m --install
	[ "$status" -eq 0 ]
	cmp m "$root/etc/seal/modules.sha256"
	cmp m.p7s "$root/etc/seal/modules.sha256.p7s"
	[ "$(stat -c %a "$root/etc/seal/modules.sha256.p7s")" = 644 ]
	# taken up where it was cut off
	rm "$root"/etc/seal/modules.sha256*
	rm "$got"
	updates m --install
	[ "$status" -eq 0 ]
	[ ! -e "$got" ]
	cmp m.p7s "$root/etc/seal/modules.sha256.p7s"
	# from the very place
	updates "$root/etc/seal/modules.sha256" --install
	[ "$status" -eq 0 ]
	cmp m "$root/etc/seal/modules.sha256"
	nothing_left
}

@test "update --install refuses where the seal reads none at boot" {
	requires root namespaces perl
	sign m --serial 1 --kind revoked
	updates m --install
	[ "$status" -eq 1 ]
	[[ $output == *"the seal reads no manifest of revoked at boot"* ]]
	[ ! -e "$got" ]
	rm -f "$root/etc/seal/modules.sha256.p7s"
	nothing_left
}

@test "update where there is no seal, or one without a manifest" {
	rm "$node/manifest"
	refuses "it was put on without manifest= and key=" update --root "$root" m
	rm "$node/status"
	refuses "this system is not sealed" update --root "$root" m
}

# shows(FILE, ARG...) - sealctl status, where FILE is the kernel's log; empty
# for none that can be read
shows() {
	with_log "$1" status --root "$root" "${@:2}"
}

# is_json(PYTHON) - the output is one object of JSON, of which that is true
is_json() {
	if command -v jq >/dev/null; then
		jq -e 'type == "object"' <<<"$output" >/dev/null || return
	fi
	python3 -c '
import json, sys
it = json.loads(sys.argv[1])
assert eval(sys.argv[2]), it' "$output" "$1"
}

@test "status: doors, live sets, whatever else there is" {
	sed -i '/^state/a level: integrity\nkeep: none\nlockdown.module_signature: module-load\nlockdown.kcore: kcore\nlockdown.new: module-load' \
		"$node/status"
	printf '%s\n' 'watch.interval: 10' 'watch.rounds: 4' \
		'watch.took_us: 49' 'on_broken: panic' >>"$node/status"
	try status --root "$root"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "sealed since 2026-11-21T05:15:01Z (seal 1.0.0)" ]
	[ "${lines[1]}" = "door               state  refused  lockdown reason" ]
	[ "${lines[2]}" = "module-load        hole         3  module_signature new" ]
	[ "${lines[3]}" = "kcore              open         0  kcore" ]
	[ "${lines[4]}" = "level              integrity, kept open: none" ]
	[ "${lines[5]}" = 'hole insmod        given="/a" path="/a \"\\" dev=254:1 ino=7' ]
	[ "${lines[7]}" = 'modules            serial 5, 2 digests, signer "test"' ]
	[ "${lines[8]}" = "watch              every 10 s, 4 rounds, the last took 49 us, on_broken: panic" ]
	[ "${lines[9]}" = "trust_signed: yes" ]
	[[ $output != *hooked* ]]
	rm "$node/manifest"
	try status --root "$root"
	[ "$status" -eq 0 ]
	[[ $output != *"serial 5"* ]]
}

@test "status: a seal that is broken is shown, and is no success" {
	sed -i 's/^state: .*/state: broken/' "$node/status"
	echo 'broken: load_module open_port' >>"$node/status"
	try status --root "$root"
	[ "$status" -eq 1 ]
	[[ ${lines[0]} == "broken since "* ]]
	[ "${lines[2]}" = "module-load        hole         3" ]
	[[ $output == *"the seal is broken: these functions were found not guarded: load_module open_port"* ]]
}

# audited() - the system's seal is on with mode=audit
audited() {
	sed -i 's/^state: .*/state: audit/' "$node/status"
	printf '%s\n' 'mode: audit' 'would_refuse.module-load: 77' \
		'would_refuse.kcore: 0' >>"$node/status"
}

# let_pass() - what the kernel's log says of one thing that was
let_pass() {
	echo '[ 1.0] seal: would refuse kcore what="/proc/kcore" by cat[9] uid=0 exe="/bin/cat" reason=sealed allow="read=yes"'
}

@test "status: with mode=audit it says what would be refused, and is no success" {
	audited
	try status --root "$root"
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = "audit since 2026-11-21T05:15:01Z (seal 1.0.0): nothing is refused" ]
	[ "${lines[1]}" = "door               state  refused  would refuse  lockdown reason" ]
	# what is refused in fact, a manifest say, is apart
	[ "${lines[2]}" = "module-load        hole         3            77" ]
	[ "${lines[3]}" = "kcore              open         0             0" ]
	[[ $output == *"this system is not sealed: the mode is audit, nothing is refused"* ]]
	# when it has been raised the counts stand, and it is a success
	sed -i 's/^state: .*/state: sealed/; s/^mode: .*/mode: enforce/' \
		"$node/status"
	try status --root "$root"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "sealed since 2026-11-21T05:15:01Z (seal 1.0.0)" ]
	[ "${lines[2]}" = "module-load        hole         3            77" ]
	[[ $output != *"would have been refused"* ]]
}

@test "status: with mode=audit what was let pass is not among the refusals" {
	local log=$BATS_TEST_TMPDIR/kernel.log
	audited
	let_pass >"$log"
	shows "$log"
	[ "$status" -eq 1 ]
	[[ $output == *$'\nlast refusals: none in the kernel log\nlast that would have been refused:\n  [ 1.0] seal: would refuse kcore '* ]]
}

@test "status --json: with mode=audit what was let pass is apart" {
	requires python3
	local log=$BATS_TEST_TMPDIR/kernel.log
	audited
	let_pass >"$log"
	shows "$log" --json
	[ "$status" -eq 1 ]
	is_json 'it["state"] == it["mode"] == "audit"'
	is_json 'it["refused"] == {"module-load": 3, "kcore": 0}'
	is_json 'it["would_refuse"] == {"module-load": 77, "kcore": 0}'
	is_json 'it["refusals"] == []'
	is_json 'it["audited"] == [{"logged": "[ 1.0]", "door": "kcore",
		"what": "/proc/kcore", "comm": "cat", "pid": 9, "uid": 0,
		"exe": "/bin/cat", "reason": "sealed", "allow": "read=yes"}]'
	echo nothing >"$log"
	shows "$log" --json
	is_json 'it["audited"] == []'
	shows '' --json
	is_json 'it["audited"] is None'
	# nor elsewhere
	sed -i 's/^state: .*/state: sealed/; s/^mode: .*/mode: enforce/' \
		"$node/status"
	shows "$log" --json
	[ "$status" -eq 0 ]
	is_json '"audited" not in it'
}

@test "status: the last ten refusals that the log has" {
	local n log=$BATS_TEST_TMPDIR/kernel.log
	for n in 1 2 3 4 5 6 7 8 9 10 11; do
		echo "[   $n.5] seal: refused kcore what=\"/proc/kcore\" by cat[$n] uid=0 exe=\"/bin/cat\" reason=sealed"
	done >"$log"
	echo '[ 12.0] seal: sealed until reboot' >>"$log"
	echo '[ 13.0] x: what="seal: refused kcore what=" is no line of it' >>"$log"
	shows "$log"
	[ "$status" -eq 0 ]
	[ "$(grep -c 'seal: refused' <<<"$output")" -eq 10 ]
	[[ $output == *$'last refusals:\n  [   2.5] seal: refused kcore '* ]]
	: >"$log"
	echo nothing >"$log"
	shows "$log"
	[[ $output == *"last refusals: none in the kernel log" ]]
	shows ''
	[ "$status" -eq 0 ]
	[[ $output == *"last refusals: the kernel log cannot be read" ]]
}

@test "status --json: every line, nested by its dots" {
	requires python3
	cat >>"$node/status" <<-'END'
		protected.files: 3
		protected: "/etc/a"
		protected: "/etc/b\x20\xc3\xbc"
		protected.devices: 254:0 254:1
		level: integrity
		keep: none
		lockdown.kcore: kcore
		raw_access: uio uio_*
		key: "CN \"x\"\n\303\274"
		watch.took_us: 49
		broken.slipped_in: yes
	END
	try status --json --root "$root"
	[ "$status" -eq 0 ]
	is_json 'it["state"] == "sealed" and it["version"] == "1.0.0"'
	is_json 'it["door"] == {"module-load": "hole", "kcore": "open"}'
	is_json 'it["refused"] == {"module-load": 3, "kcore": 0}'
	is_json 'it["hole"] == {"insmod": [
		{"given": "/a", "path": "/a \"\\", "dev": "254:1", "ino": 7},
		{"given": "/b", "path": "/b", "dev": "254:1", "ino": 8}]}'
	is_json 'it["hooks"] == 2 and it["hooked"] == ["load_module", "write_mem"]'
	is_json 'it["trust_signed"] is True'
	is_json 'it["manifest"]["modules"]["serial"] == 5'
	is_json 'it["manifest"]["modules"]["signer"] == "test"'
	is_json 'it["protected"] == {"files": 3, "paths": ["/etc/a", "/etc/b \u00fc"],
		"devices": ["254:0", "254:1"]}'
	is_json 'it["keep"] == [] and it["lockdown"] == {"kcore": "kcore"}'
	is_json 'it["raw_access"] == ["uio", "uio_*"]'
	is_json 'it["key"] == "CN \"x\"\n\u00fc"'
	is_json 'it["watch"] == {"took_us": 49}'
	is_json 'it["broken"] == {"slipped_in": True}'
}

@test "status: very long lines, and many" {
	requires python3
	local n long
	long=$(printf '\\x20%.0s' {1..4095})
	{
		echo "hole.mem_allow: given=\"/$long\" path=\"/$long\" dev=1:1 ino=9"
		for ((n = 0; n < 2000; n++)); do
			echo "protected: \"/some/path/$n\""
		done
	} >>"$node/status"
	run "$sealctl" status --root "$root"
	[ "$status" -eq 0 ]
	[[ $output == *"hole mem_allow     given=\"/$long\" path="* ]]
	[[ $output == *'protected: "/some/path/1999"'* ]]
	run "$sealctl" status --json --root "$root"
	[ "$status" -eq 0 ]
	is_json 'len(it["protected"]["paths"]) == 2000'
	is_json 'it["hole"]["mem_allow"][0]["path"] == "/" + 4095 * " "'
}

@test "status --json: what broke, whatever there is of it" {
	requires python3
	sed -i 's/^state: .*/state: broken/' "$node/status"
	printf '%s\n' 'broken: a b' 'broken.now: b' 'passed_by: c' \
		>>"$node/status"
	run --separate-stderr "$sealctl" status --json --root "$root"
	[ "$status" -eq 1 ]
	is_json 'it["broken"] == {"ever": ["a", "b"], "now": ["b"]}'
	is_json 'it["passed_by"] == ["c"] and it["state"] == "broken"'
}

@test "status --json: keys of a newer seal, values that are not as expected" {
	requires python3
	{
		printf 'odd: \t"\\x41" \x01 \xc3\xbc \xff \xf0\x9f\x94\x92 \xed\xa0\x80 \xc0\xaf\n'
		echo 'new.thing: 7'
		echo 'new: yes'
		echo 'twice: 1'
		echo 'twice: 2'
		echo 'refused.mem-write: many'
		echo 'refused.zero: 007'
		echo 'hole.mem_allow: as it likes'
		echo 'manifest.programs.signer: none'
		echo 'manifest.programs.serial: 18446744073709551615'
		echo 'empty:'
	} >>"$node/status"
	try status --json --root "$root"
	[ "$status" -eq 0 ]
	is_json 'it["odd"] == "\t\"\\x41\" \x01 \u00fc \udcff \U0001f512 \udced\udca0\udc80 \udcc0\udcaf"'
	is_json 'it["new"] == {"value": "yes", "thing": "7"}'
	is_json 'it["twice"] == ["1", "2"]'
	is_json 'it["refused"]["mem-write"] == "many"'
	is_json 'it["refused"]["zero"] == "007"'
	is_json 'it["hole"]["mem_allow"] == ["as it likes"]'
	is_json 'it["manifest"]["programs"] == {"signer": None,
		"serial": 18446744073709551615}'
	is_json 'it["empty"] == ""'
}

@test "status --json: the refusals, taken apart" {
	requires python3
	local log=$BATS_TEST_TMPDIR/kernel.log
	cat >"$log" <<-'END'
		2026-11-21T05:15:01+0000 host kernel: seal: refused module-load what="/a\x22\x20\xc3\xbc by b[1] " by in\x20s[812] uid=0 exe="/usr/bin/kmod" reason=not-in-hole
		[    9.1] seal: refused program-code what="(memory)" by x[7] uid=1000 exe="" code="/lib/\xff" reason=foreign-code
		[    9.2] seal: refused new what="as it likes"
	END
	shows "$log" --json
	[ "$status" -eq 0 ]
	is_json 'it["refusals"][0] == {"logged": "2026-11-21T05:15:01+0000 host",
		"door": "module-load", "what": "/a\" \u00fc by b[1] ",
		"comm": "in s", "pid": 812, "uid": 0, "exe": "/usr/bin/kmod",
		"reason": "not-in-hole"}'
	is_json 'it["refusals"][1] == {"logged": "[    9.1]",
		"door": "program-code", "what": "(memory)", "comm": "x",
		"pid": 7, "uid": 1000, "exe": "", "code": "/lib/\udcff",
		"reason": "foreign-code"}'
	is_json 'it["refusals"][2] == {"logged": "[    9.2]", "door": "new",
		"rest": "what=\"as it likes\""}'
	echo nothing >"$log"
	shows "$log" --json
	is_json 'it["refusals"] == []'
	shows '' --json
	is_json 'it["refusals"] is None'
}

@test "status: only root can read it" {
	requires root setpriv
	chmod 400 "$node/status"
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
	cp -r "$sealctl" "$sealctl-parts" "$root"
	run env TMPDIR=/tmp setpriv --reuid 65534 --clear-groups \
		"$root/sealctl" status --root "$root"
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *"cannot be read; are you root?" ]]
}

@test "status: not sealed is 1, not to be told is 3" {
	try status --root "$BATS_TEST_TMPDIR"
	[ "$status" -eq 3 ]
	[[ $output == *"cannot be told"*"mount sysfs" ]]
	rm "$node/status"
	try status --root "$root"
	[ "$status" -eq 3 ]
	[[ $output == *"the seal is loaded, but there is no"* ]]
	rm -r "$root/sys/module/seal"
	try status --root "$root"
	[ "$status" -eq 1 ]
	[ "$output" = "not sealed" ]
	try status --json --root "$root"
	[ "$status" -eq 1 ]
	[ "$output" = '{"state": "not sealed"}' ]
	echo 'state: sealing' >"$node/status"
	try status --root "$root"
	[ "$status" -eq 3 ]
}

@test "no variable of the environment says where the seal is" {
	run env root="$root" NODE="$node" PARAMETERS=/x SYSFS="$root/sys" \
		json=yes cert=/x install=yes PATH=/nonesuch "$sealctl" status
	[[ $output != *2026-11-21T05:15:01Z* ]]
}
