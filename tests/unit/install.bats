# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status and output are set by run
# make install and uninstall, of things that were not built: what they leave alone.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	dir=$BATS_TEST_TMPDIR
	mkdir -p "$dir/build/insmod-guard"
	echo module >"$dir/build/seal.ko"
	echo guard >"$dir/build/insmod-guard/insmod-guard"
	conf=$dir/root/etc/modprobe.d/seal.conf
	service=$dir/root/usr/lib/systemd/system/seal.service
}

# made(TARGET, [VARIABLE=VALUE...])
made() {
	run env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -o all "$@" \
		KVER=none B="$dir/build" SEAL_BUILD="$dir/build" STRIP=:
	echo "$output"
}

@test "install: configuration that is there stays, all else is replaced" {
	made install DESTDIR="$dir/root"
	[ "$status" -eq 0 ]
	cmp etc/seal.conf "$conf"
	cmp etc/60-seal.conf "$dir/root/etc/sysctl.d/60-seal.conf"
	echo 'options seal read=no' >"$conf"
	echo old >"$service"
	rm "$dir/root/etc/sysctl.d/60-seal.conf"
	made install DESTDIR="$dir/root"
	[ "$status" -eq 0 ]
	[[ $output == *"left as it is $conf"* ]]
	[ "$(cat "$conf")" = 'options seal read=no' ]
	cmp etc/60-seal.conf "$dir/root/etc/sysctl.d/60-seal.conf"
	cmp etc/seal.service "$service"
	made uninstall DESTDIR="$dir/root"
	[ "$status" -eq 0 ]
	[ -z "$(find "$dir/root" -type f)" ]
}

# sealed(MODE, FILES) - this system is, and protects so many
sealed() {
	printf '%s\n' 'version: 1.0.0' 'state: sealed' "mode: $1" \
		"protected.files: $2" >"$dir/status"
}

@test "a sealed system that protects anything: one line, and nothing is done" {
	made install DESTDIR="$dir/root"
	sealed enforce 12
	made uninstall DESTDIR="$dir/root" SEAL_STATUS="$dir/status"
	[ "$status" -ne 0 ]
	[ "${lines[0]}" = "make: this system is sealed, and protects what would be replaced: boot with seal=off first" ]
	[ -e "$conf" ]
	rm "$conf"
	made install DESTDIR="$dir/root" SEAL_STATUS="$dir/status"
	[ "$status" -ne 0 ]
	[[ ${lines[0]} == "make: this system is sealed, "* ]]
	[ ! -e "$conf" ]
}

@test "one that protects nothing, or only audits: it is done" {
	sealed enforce 0
	made install DESTDIR="$dir/root" SEAL_STATUS="$dir/status"
	[ "$status" -eq 0 ]
	sealed audit 12
	made uninstall DESTDIR="$dir/root" SEAL_STATUS="$dir/status"
	[ "$status" -eq 0 ]
	[ ! -e "$conf" ]
}

@test "below DESTDIR nobody asks whether this system is sealed" {
	run make -s -f - show DESTDIR=/x <<-'END'
		include etc/install.mk
		show: ; @echo "$(SEAL_STATUS)"
	END
	[ "$output" = /dev/null ]
	run make -s -f - show <<-'END'
		include etc/install.mk
		show: ; @echo "$(SEAL_STATUS)"
	END
	[ "$output" = /sys/kernel/security/seal/status ]
}
