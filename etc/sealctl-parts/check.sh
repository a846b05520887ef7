# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# sealctl check

# shellcheck source=sealctl-parts/findings.sh
. "$parts/findings.sh"
# shellcheck source=sealctl-parts/check-audit.sh
. "$parts/check-audit.sh"
# shellcheck source=sealctl-parts/check-kernel.sh
. "$parts/check-kernel.sh"
# shellcheck source=sealctl-parts/check-modules.sh
. "$parts/check-modules.sh"
# shellcheck source=sealctl-parts/check-loaders.sh
. "$parts/check-loaders.sh"
# shellcheck source=sealctl-parts/check-holders.sh
. "$parts/check-holders.sh"

# loaders() - the programs of insmod=, a line each; where images are judged it
# would narrow that
loaders() {
	given=
	[ -z "$audits" ] || given=$(configured insmod)
	if [ -n "$has_image_rule" ]; then
		[ -n "$given" ] && [ ! -e "$work/any_loader" ] || return 0
	elif [ -n "$guarded" ]; then
		given=$loader
	fi
	printf '%s\n' "$given" | tr , '\n' |
		sort -u - "$work/insmod" | grep .
}

# wanted_key() - that of the manifest, if there is one
wanted_key() {
	given=$(configured key)
	if [ -n "$given" ]; then
		printf '%s' "$given"
	elif [ -e "$root$manifest.p7s" ] && [ -e "$root$CERTIFICATE" ]; then
		printf '%s' "$CERTIFICATE"
	fi
}

# recommended() - the parameters, each with a blank before it; and the programs
# of holes to $work/holes
recommended() {
	has_image_rule=
	if [ -e "$work/needs_manifest" ] || [ -n "$(configured manifest)" ] ||
		{ [ -z "$audits" ] && [ "$manifest_is" = there ]; }; then
		printf ' manifest=%s' "$manifest"
		has_image_rule=yes
		given=$(wanted_key)
		[ -z "$given" ] || printf ' key=%s' "$given"
	fi
	if [ -e "$work/needs_trust" ] ||
		{ [ -z "$has_image_rule" ] && [ -e "$work/any_loader" ]; }; then
		printf ' trust_signed=1'
		has_image_rule=yes
	fi
	loaders >"$work/loaders"
	if [ -s "$work/loaders" ]; then
		printf ' insmod=%s' "$(paste -sd , "$work/loaders")"
		cat "$work/loaders" >>"$work/holes"
	fi
	cut -f 1 "$work/mem_allow" >>"$work/holes"
	[ ! -s "$work/mem_allow" ] || printf ' mem_allow=%s' "$(wanted_classes)"
	[ ! -s "$work/keep" ] || printf ' keep=%s' "$(wanted keep)"
	# what is given besides
	grep -vE '^((manifest|key|trust_signed|insmod|mem_allow|keep)=.*|)$' \
		"$work/conf" | sed 's/^/ /' | tr -d '\n'
}

# recommend_next() - where nothing has to be loaded another time; before a raise,
# for what is sealed keeps that file
recommend_next() {
	if [ -n "$parameters" ]; then
		echo "    options seal$parameters    # /etc/modprobe.d/seal.conf"
	else
		echo "    # /etc/modprobe.d/seal.conf: no options"
	fi
}

# recommend_raise() - what is on with mode=audit is what it should be
recommend_raise() {
	parameters=$(sed 's/^./ &/' "$work/conf" | tr -d '\n')
	recommend_next
	echo "    echo enforce >$NODE/mode    # until reboot; the same at once:"
	echo "    insmod seal.ko$parameters"
}

# recommend_lists() - what seal-manifest has to write before, where the
# parameters name it
recommend_lists() {
	if [ -e "$work/needs_manifest" ]; then
		output= sign=
		[ "$manifest" = "$MANIFEST" ] || output=" --output $manifest"
		[ -z "$(wanted_key)" ] || sign=", and sign it"
		echo "    seal-manifest$output    # before, so that $manifest lists the above$sign"
	fi
	holes=$(sort -u "$work/holes" 2>/dev/null | paste -sd ' ' -)
	[ -n "$holes" ] || return 0
	output=$(configured programs)
	[ "${output:-$PROGRAMS}" != "$PROGRAMS" ] || output=
	echo "    seal-manifest${output:+ --output $output} --programs $holes    # before, and sign it where there is a key"
}

recommend() {
	echo
	[ -e "$work/found" ] || echo "nothing was found that would break"
	echo "recommended here:"
	if [ -n "$audits" ] && [ ! -e "$work/found" ]; then
		recommend_raise
		return
	fi
	parameters=$(recommended)
	# seal-manifest asks whether a seal is there, which this one is
	[ -z "$audits" ] || echo "    rmmod seal"
	recommend_lists
	if [ -z "$audits" ]; then
		echo "    insmod seal.ko$parameters"
		recommend_next
		return
	fi
	echo "    insmod seal.ko$parameters mode=audit"
	recommend_next
	echo "    echo enforce >$NODE/mode    # when nothing is found any more"
}

check() {
	[ $# -eq 0 ] || misuse "check wants no operand"
	[ -n "$root" ] || [ "$(id -u)" -eq 0 ] ||
		die "check has to look into all processes; are you root?"
	[ -d "$root/sys/kernel" ] || die "there is no $root/sys/kernel; mount sysfs"
	take_audit
	take_configured
	: >"$work/insmod"
	[ -z "$audits" ] || check_audit
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
