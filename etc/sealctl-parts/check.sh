# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# sealctl check

# shellcheck source=sealctl-parts/findings.sh
. "$parts/findings.sh"
# shellcheck source=sealctl-parts/check-kernel.sh
. "$parts/check-kernel.sh"
# shellcheck source=sealctl-parts/check-modules.sh
. "$parts/check-modules.sh"
# shellcheck source=sealctl-parts/check-loaders.sh
. "$parts/check-loaders.sh"
# shellcheck source=sealctl-parts/check-holders.sh
. "$parts/check-holders.sh"

# recommended() - the parameters, each with a blank before it; and the programs
# of holes to $work/holes
recommended() {
	has_image_rule=
	if [ -e "$work/needs_manifest" ] || [ "$manifest_is" = there ] ||
		[ -n "$(configured manifest)" ]; then
		printf ' manifest=%s' "$manifest"
		has_image_rule=yes
		given=$(configured key)
		if [ -n "$given" ]; then
			printf ' key=%s' "$given"
		elif [ -e "$root$manifest.p7s" ] && [ -e "$root$CERTIFICATE" ]
		then
			printf ' key=%s' "$CERTIFICATE"
		fi
	fi
	if [ -e "$work/needs_trust" ] ||
		{ [ -z "$has_image_rule" ] && [ -e "$work/any_loader" ]; }; then
		printf ' trust_signed=1'
		has_image_rule=yes
	fi
	if [ -z "$has_image_rule" ] && [ -n "$guarded" ]; then
		printf ' insmod=%s' "$loader"
		printf '%s\n' "$loader" | tr , '\n' >>"$work/holes"
	fi
	cut -f 1 "$work/mem_allow" >>"$work/holes"
	[ ! -s "$work/mem_allow" ] || printf ' mem_allow=%s' "$(wanted_classes)"
	[ ! -s "$work/keep" ] || printf ' keep=%s' "$(wanted keep)"
	# what seal.conf has besides
	grep -vE '^((manifest|key|trust_signed|insmod|mem_allow|keep)=.*|)$' \
		"$work/conf" | sed 's/^/ /' | tr -d '\n'
}

recommend() {
	parameters=$(recommended)
	echo
	[ -e "$work/found" ] || echo "nothing was found that would break"
	echo "recommended here:"
	if [ -e "$work/needs_manifest" ]; then
		echo "    seal-manifest    # before, so that $manifest lists the above"
	fi
	programs=$(sort -u "$work/holes" 2>/dev/null | paste -sd ' ' -)
	[ -z "$programs" ] ||
		echo "    seal-manifest --programs $programs    # before, and sign it where there is a key"
	echo "    insmod seal.ko$parameters"
	if [ -n "$parameters" ]; then
		echo "    options seal$parameters    # /etc/modprobe.d/seal.conf"
	else
		echo "    # /etc/modprobe.d/seal.conf: no options"
	fi
}

check() {
	[ $# -eq 0 ] || misuse "check wants no operand"
	[ -n "$root" ] || [ "$(id -u)" -eq 0 ] ||
		die "check has to look into all processes; are you root?"
	[ -d "$root/sys/kernel" ] || die "there is no $root/sys/kernel; mount sysfs"
	[ ! -e "$root/sys/module/seal" ] ||
		die "this system is sealed already; see sealctl status"
	take_configured
	check_kernel
	check_modules
	check_loaders
	check_holders
	check_kexec
	check_hibernation
	check_bpf
	recommend
	[ ! -e "$work/found" ] || exit 1
}
