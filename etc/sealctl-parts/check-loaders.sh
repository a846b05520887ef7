# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# check: who loads modules

LOADER=/sbin/insmod-guard

check_loaders() {
	loader=$(configured insmod)
	loader=${loader:-$LOADER}
	helper=$(fact /proc/sys/kernel/modprobe)
	guarded=
	for program in $(printf '%s' "$loader" | tr , ' '); do
		[ -n "$helper" ] || break
		! same_file "$helper" "$program" || guarded=yes
	done
	by_image=
	if [ -z "$(configured insmod)" ] &&
		{ [ -n "$(configured manifest)" ] || is_true trust_signed; }; then
		by_image=yes
	fi
	if [ -n "$helper" ] && [ -z "$guarded$by_image" ]; then
		finding "kernel.modprobe=$helper" \
			"the kernel loads on demand by this program, which is not $loader" \
			"manifest= or trust_signed=1 without insmod=, or sysctl kernel.modprobe=$LOADER with insmod=$LOADER"
		: >"$work/any_loader"
	fi
	if [ -n "$by_image" ]; then
		note "$giver lets any program load what it lets in, the kernel's and udev too"
	elif has_udev; then
		finding "systemd-udevd" \
			"it loads modules by itself, which insmod= alone shuts out" \
			"manifest= or trust_signed=1, without insmod="
		: >"$work/any_loader"
	fi
}

has_udev() {
	cat "$root"/proc/[0-9]*/comm 2>/dev/null |
		grep -qxE 'systemd-udevd|\(udev-worker\)|udevd|eudevd' && return
	[ -e "$root/lib/systemd/systemd-udevd" ] ||
		[ -e "$root/usr/lib/systemd/systemd-udevd" ] ||
		[ -e "$root/sbin/udevd" ]
}
