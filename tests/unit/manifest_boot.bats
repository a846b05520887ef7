# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status and output are set by run
# What stands in etc/ for the boot: the unit, the options, the sysctl.

load manifest

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

# says(LINE...) - the unit has exactly these
says() {
	local line
	for line; do
		grep -qxF -- "$line" etc/seal.service ||
			{ echo "not there: $line"; return 1; }
	done
}

@test "systemd finds nothing wrong with the unit" {
	requires systemd-analyze
	local options=(--man=no)
	# since systemd 250; before, it reads no unit that this one only names
	! grep -q -- --recursive-errors <<<"$(systemd-analyze --help)" ||
		options+=(--recursive-errors=one)
	run systemd-analyze verify "${options[@]}" etc/seal.service
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "the unit: once, early, not to be stopped, off by seal=off" {
	says 'Type=oneshot' 'RemainAfterExit=yes' 'DefaultDependencies=no' \
		'ConditionKernelCommandLine=!seal=off' \
		'Before=network-pre.target sysinit.target'
	[[ $(grep ^After= etc/seal.service) == *local-fs.target* ]]
	[[ $(grep ^After= etc/seal.service) == *systemd-modules-load.service* ]]
	[[ $(grep ^After= etc/seal.service) == *systemd-sysctl.service* ]]
	run grep -E '^(ExecStop|ExecReload)' etc/seal.service
	[ "$status" -eq 1 ]
}

@test "the unit believes the status file, in the module's own words" {
	local line
	line=$(sed -n 's/^ExecStartPost=.*grep -qxE "\(.*\)" .*/\1/p' \
		etc/seal.service)
	[ "$line" = "state: (sealed|audit)" ]
	[[ $(cat seal/status.c) == *'"audit"'*'"sealed"'*'state: %s'* ]]
}

@test "seal.conf explains each parameter of the module, and no other" {
	local known said
	known=$(sed -n 's/^module_param_cb(\([a-z_]*\),.*/\1/p' seal/param.c |
		sort)
	said=$(sed -n 's/^#options seal \([a-z_]*\)=.*/\1/p' etc/seal.conf |
		sort)
	[ -n "$known" ]
	[ "$known" = "$said" ]
}

@test "seal.conf is modprobe's language, as it is and with all options on" {
	requires modprobe
	mkdir "$BATS_TEST_TMPDIR/conf"
	cp etc/seal.conf "$BATS_TEST_TMPDIR/conf/"
	run modprobe -C "$BATS_TEST_TMPDIR/conf" -c
	[[ $output != *"options seal"* ]]
	sed 's/^#options/options/' etc/seal.conf \
		>"$BATS_TEST_TMPDIR/conf/seal.conf"
	run modprobe -C "$BATS_TEST_TMPDIR/conf" -c
	[ "$status" -eq 0 ]
	[ "$(grep -c '^options seal ' <<<"$output")" -eq \
		"$(grep -c '^module_param_cb(' seal/param.c)" ]
}

@test "the sysctl: off as it is; switched on, the kernel calls insmod-guard" {
	run grep -vE '^#|^$' etc/60-seal.conf
	[ -z "$output" ]
	grep -qxF '#kernel.modprobe = /sbin/insmod-guard' etc/60-seal.conf
}
