# SPDX-License-Identifier: GPL-2.0
# Whatever allocation or copy fails while a manifest is written to the sealed
# kernel, from open to close, or while the image of a module is judged: what was
# live stays live, what was not to load does not, no check of the kernel's
# reports anything and nothing leaks.

load ../helpers
load ../signing
load inject

NODE=/sys/kernel/security/seal/manifest
UPDATES=300	# some are taken although something failed

setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS"
	make_key good
	manifest 1 "$(test_module canary)" >"$KEYS/m"
	printf '# kind: revoked\n# serial: 1\n' >"$KEYS/r"
	signed_image ifb >"$KEYS/ifb.ko"
	signed_image dummy >"$KEYS/dummy.ko"
	sha256sum "$KEYS/ifb.ko" >>"$KEYS/r"
	sign good "$KEYS/m"
	sign good "$KEYS/r"
	make_updates
	vm_boot --tree "$KEYS:/k"
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k"
}

teardown_file() {
	vm_down
}

# signed_image(NAME) - a module of the kernel's own, signed by its key
signed_image() {
	local version tree file
	version=$("$SEAL_TOP/tests/vm/kernel" "${KERNEL:-debug}") || return
	tree=$SEAL_KERNELS/$version/lib/modules/$version
	file=$(find "$tree/kernel" -name "$1.ko*" | head -n1)
	case $file in
	*.xz) xz -dc "$file" ;;
	*) cat "$file" ;;
	esac
}

# With arguments, for which there must be room, too.
make_updates() {
	local n kind
	for kind in modules revoked; do
		for ((n = 2; n <= UPDATES; n++)); do
			{
				echo "# serial: $n"
				echo "# kind: $kind"
				[ "$kind" = revoked ] ||
					echo "# args: argued text=*"
				sha256sum "$(test_module canary)"
			} >"$KEYS/text"
			[ "$kind" = modules ] ||
				sha256sum "$KEYS/ifb.ko" >>"$KEYS/text"
			sign good "$KEYS/text" || return
			cat "$KEYS/text.p7s" "$KEYS/text" >"$KEYS/$kind.$n"
		done
	done
	rm "$KEYS/text" "$KEYS/text.p7s"
}

# nth(COMMAND...) - runs it, with failnth in it; sets $injected to yes or no
nth() {
	injected=no
	vm "$@" || return
	[[ $output =~ (^|$'\n')(injected|spared)($'\n'|$) ]] ||
		fail "failnth did nothing" || return
	[[ $output != *injected* ]] || injected=yes
}

# write_nth(N, FILE) - an update; if it is not taken nothing has changed, and
# the kernel has counted a refusal, unless it was not even begun
write_nth() {
	local count
	count=$(seal_status refused.manifest-update)
	nth "was=\$(cat $NODE /serial); failnth --write $NODE $1 $2; s=\$?
		[ \$s = 0 ] || [ \"\$(cat $NODE /serial)\" = \"\$was\" ] ||
			echo changed; exit \$s" || return
	[[ $output != *changed* ]] || fail "refused, and not as it was" || return
	[ "$status" -ne 0 ] || return 0
	[ "$injected" = yes ] || fail "it failed by itself" || return
	[[ $output == *open:* ]] || [ "$(seal_status refused.manifest-update)" \
		-eq $((count + 1)) ] || fail "no refusal was counted"
}

# sets() - how many sets of digests the kernel holds
sets() {
	_vm_ask "grep -cE ' (digests_sort|shrink)[.+]' /proc/vmallocinfo; true"
}

# update_until_spared(KIND) - one write after the other, until one asks for
# fewer than are made to fail
update_until_spared() {
	local injected kind=$1 n serial=2 held
	held=$(sets)
	for ((n = 1; n < 5000; n++)); do
		write_nth "$n" "/k/$kind.$serial" || fail "with failure $n" ||
			return
		if [ "$status" -eq 0 ]; then
			[ "$(seal_status "manifest.$kind.serial")" = "$serial" ]
			serial=$((serial + 1))
			[ "$serial" -le "$UPDATES" ]
		fi
		[ "$injected" = yes ] || break
	done
	echo "# $kind: $((n - 1)) failures, $((serial - 3)) taken all the same" >&3
	[ "$n" -gt 20 ]
	[ "$status" -eq 0 ]
	[ "$(sets)" -eq "$held" ]
}

# judge_until_spared(FILE, loads|refused) - the one only if nothing has failed,
# perhaps, the other whatever has
judge_until_spared() {
	local injected file=$1 verdict=$2 n name
	name=$(basename "$file" .ko)
	for ((n = 1; n < 5000; n++)); do
		nth "failnth $n $file; s=\$?
			[ \$s != 0 ] || rmmod $name; exit \$s" || return
		[[ $status -eq 0 || $output == *"Operation not permitted"* ]] ||
			fail "failure $n: $output" || return
		[ "$verdict" = loads ] || [ "$status" -ne 0 ] ||
			fail "it got in with failure $n" || return
		[ "$injected" = yes ] || break
	done
	echo "# $name: $((n - 1)) failures" >&3
	[ "$verdict" = refused ] || [ "$status" -eq 0 ]
}

@test "the seal goes on" {
	seal_on manifest=/k/m revoked=/k/r key=/k/good.der trust_signed=1 \
		serial_file=/serial
	vm_ok "modload /k/dummy.ko && rmmod dummy"
	vm_ok "modload /canary.ko && rmmod canary"
}

@test "each allocation in turn fails, in an update of modules" {
	local from to
	# all of the seal's functions
	from=$(_vm_ask "grep -w '[tT] .*\[seal\]' /proc/kallsyms | sort |
		sed -n '1s/ .*//p'")
	to=$(_vm_ask "grep -w '[tT] .*\[seal\]' /proc/kallsyms | sort |
		sed -n '\$s/ .*//p'")
	inject_below "0x$from" "0x$to"
	update_until_spared modules
	vm_ok "dmesg | grep 'refused manifest-update.*reason=no-memory'"
}

@test "each allocation in turn fails, in an update of what is revoked" {
	update_until_spared revoked
}

@test "each allocation in turn fails while an image is judged" {
	local from to
	{ read -r from && read -r to; } < <(extent image_examine seal)
	[ -n "$to" ]
	inject_below "$from" "$to"
	judge_until_spared /k/dummy.ko loads
	judge_until_spared /k/ifb.ko refused
	judge_until_spared /ftracer.ko refused
	# it is revoked by now
	judge_until_spared /canary.ko refused
	vm_ok "dmesg | grep 'refused module-load.*reason=unlisted'"
}
