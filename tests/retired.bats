# SPDX-License-Identifier: GPL-2.0
# What a driver runs while the list of programs is replaced: the files of the
# older list stay what they are as long as somebody has them mapped.

load helpers
load signing

NODE=/sys/kernel/security/seal/manifest
LIB=/usr/lib/libpuppet.so.1

setup_file() {
	local version dynamic
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS"
	make_key good
	version=$("$SEAL_TOP/tests/vm/kernel" "${KERNEL:-cloud-amd64}")
	dynamic=$("$SEAL_TOP/tests/vm/kernel" --programs "$version" |
		sed -n 1p)/tests/tools/dynamic
	vm_boot --tree "$KEYS:/k" \
		--file "$dynamic/libpuppet.so.1:$LIB" \
		--file "$dynamic/puppet-dyn:/puppet-dyn"
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k"
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# list_all(SERIAL) - signs what lies there now as /l, with its signature /l.p7s
list_all() {
	_vm_ask "sed -n 's/^[0-9a-f]* [ *]//p' /etc/seal/programs.sha256 |
		xargs sha256sum" >"$BATS_TEST_TMPDIR/sums" || return
	{
		echo "# kind: programs"
		echo "# serial: $1"
		cat "$BATS_TEST_TMPDIR/sums"
	} >"$BATS_TEST_TMPDIR/l"
	sign good "$BATS_TEST_TMPDIR/l"
	vm_push "$BATS_TEST_TMPDIR/l" /l
	vm_push "$BATS_TEST_TMPDIR/l.p7s" /l.p7s
}

update() {
	list_all "$1" && vm_ok "streamto $NODE /l.p7s /l"
}

# writes(FILE) - in place, what it begins with
writes() {
	vm "head -c 4 $1 | dd of=$1 conv=notrunc 2>&1"
}

@test "the seal goes on with a driver and a signed list" {
	list_all 1
	vm_ok "cp /l /etc/seal/programs.sha256
		cp /l.p7s /etc/seal/programs.sha256.p7s"
	seal_on mem_allow=/puppet-dyn key=/k/good.der
	vm_serve driver /puppet-dyn serve
	vm_told driver word
	[ "$status" -eq 0 ]
}

@test "what is listed cannot be written" {
	writes "$LIB"
	[[ $status -ne 0 && $output == *"Text file busy"* ]]
}

@test "nor can the old one when a newer list has another" {
	vm_ok "ln $LIB /old && cp $LIB /new && echo >>/new && mv /new $LIB"
	update 2
	vm_ok "grep -F '/old' /proc/\$(pidof puppet-dyn)/maps ||
		grep -F '$LIB' /proc/\$(pidof puppet-dyn)/maps"
	writes /old
	[[ $status -ne 0 && $output == *"Text file busy"* ]]
	writes "$LIB"
	[[ $status -ne 0 && $output == *"Text file busy"* ]]
}

@test "nor after another list, while the driver runs" {
	vm_ok "cp $LIB /new && echo >>/new && ln $LIB /second && mv /new $LIB"
	update 3
	writes /old
	[[ $status -ne 0 && $output == *"Text file busy"* ]]
	writes /second
	[[ $status -ne 0 && $output == *"Text file busy"* ]]
}

@test "once it has ended, the next list lets both go" {
	vm_ok "kill \$(pidof puppet-dyn); while pidof puppet-dyn; do
		sleep 0.2; done"
	update 4
	writes /old
	[ "$status" -eq 0 ]
	writes /second
	[ "$status" -eq 0 ]
	writes "$LIB"
	[[ $status -ne 0 && $output == *"Text file busy"* ]]
}
