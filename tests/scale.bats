# SPDX-License-Identifier: GPL-2.0
# Manifests of many entries: all of them count, they are held in 32 bytes each,
# and a replaced one is given back. What it takes in time, `make bench` says.

load helpers
load signing

ENTRIES=200000
NODE=/sys/kernel/security/seal/manifest

# many(FILE...) - a manifest of so many random digests, the files' among them
many() {
	head -c $((32 * (ENTRIES - $#))) /dev/urandom | od -An -v -tx1 -w32 |
		tr -d ' ' | awk '{ print $0 "  /lib/modules/x/m" NR ".ko" }'
	sha256sum "$@"
}

setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS"
	make_key good
	local serial
	for serial in 1 2 3; do
		{ echo "# serial: $serial"; many "$(test_module canary)" |
			sort; } >"$KEYS/m$serial"
		sign good "$KEYS/m$serial"
	done
	{ echo "# serial: 4"; sha256sum "$(test_module canary)"; } >"$KEYS/m4"
	sign good "$KEYS/m4"
	# every digest a hundred times, as for one module in many places
	{
		echo "# serial: 5"
		head -n 2001 "$KEYS/m1" | tail -n 2000 >"$KEYS/some"
		for ((serial = 0; serial < 100; serial++)); do
			cat "$KEYS/some"
		done
	} >"$KEYS/m5"
	sign good "$KEYS/m5"
	rm "$KEYS/some"
	vm_boot --mem 768 --tree "$KEYS:/k"
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k"
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# held() - prints how many bytes the live digests take, by the kernel's word
held() {
	_vm_ask "awk '/ (digests_sort|shrink)[.+]/ { n += \$2 }
		END { print n + 0 }' /proc/vmallocinfo"
}

@test "many entries are taken in, in any order" {
	seal_on manifest=/k/m1 key=/k/good.der
	[ "$(seal_status manifest.modules.count)" = "$ENTRIES" ]
	[ "$(seal_status manifest.modules.digest)" = \
		"$(sed 1d "$KEYS/m1" | cut -c1-64 | sort -u | sha256sum |
			cut -c1-64)" ]
}

@test "the one among them loads, one that is not does not" {
	vm_ok "kmod-insmod /canary.ko && rmmod canary"
	log_mark
	vm kmod-insmod /argued.ko
	refused module-load 'reason=unlisted$'
}

@test "an entry takes 32 bytes, and a replaced set none" {
	local bytes
	bytes=$(held)
	echo "$bytes bytes"
	# and what the kernel needs to keep track of the pages
	[ "$bytes" -ge $((32 * ENTRIES)) ]
	[ "$bytes" -le $((33 * ENTRIES)) ]
	vm_ok "streamto $NODE /k/m2.p7s /k/m2"
	vm_ok "streamto $NODE /k/m3.p7s /k/m3"
	[ "$(seal_status manifest.modules.serial)" = 3 ]
	[ "$(held)" -eq "$bytes" ]
	vm_ok "streamto $NODE /k/m4.p7s /k/m4"
	[ "$(held)" -le 16384 ]
	vm_ok "kmod-insmod /canary.ko && rmmod canary"
}

@test "the same digest many times is one" {
	vm_ok "streamto $NODE /k/m5.p7s /k/m5"
	[ "$(seal_status manifest.modules.count)" = 2000 ]
	[ "$(held)" -le $((33 * 2000 + 16384)) ]
}
