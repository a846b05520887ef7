# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# check: the kernel, its locks, what BPF does in it, other kernels

check_kernel() {
	[ "$(fact /proc/sys/kernel/ftrace_enabled)" != 0 ] ||
		finding "kernel.ftrace_enabled=0" \
			"the seal plants its hooks by ftrace and does not go on without" \
			"no parameter: sysctl kernel.ftrace_enabled=1"
	# one that audits is in
	[ -n "$audits" ] || check_loadable
	check_secure_boot
}

check_loadable() {
	[ "$(fact /proc/sys/kernel/modules_disabled)" != 1 ] ||
		finding "kernel.modules_disabled=1" \
			"no module can be loaded, the seal neither" \
			"no parameter: it has to be loaded before that is set"
	case $(fact /sys/kernel/security/lockdown) in
	"")
		note "the kernel's own lockdown: not there" ;;
	*"[none]"*)
		note "the kernel's own lockdown: none" ;;
	*)
		finding "the kernel's own lockdown: $(
			fact /sys/kernel/security/lockdown)" \
			"the kernel loads no module without a signature that it trusts, the seal neither" \
			"no parameter: sign seal.ko with an enrolled key" ;;
	esac
	[ "$(fact /sys/module/module/parameters/sig_enforce)" != Y ] ||
		finding "module.sig_enforce=Y" \
			"the kernel loads no module without a signature that it trusts, the seal neither" \
			"no parameter: sign seal.ko with an enrolled key"
}

# One byte behind four of attributes (efivarfs).
check_secure_boot() {
	secure=unknown
	for variable in "$root"/sys/firmware/efi/efivars/SecureBoot-*; do
		[ -r "$variable" ] || continue
		case $(tail -c 1 "$variable" | od -An -tu1 | tr -d ' ') in
		1) secure=on ;;
		0) secure=off ;;
		esac
	done
	note "Secure Boot: $secure; the seal does not need it"
}

check_kexec() {
	[ "$(fact /sys/kernel/kexec_loaded)" != 1 ] ||
		finding_unless keep kexec "a kernel is loaded by kexec" \
			"it could not be started any more" keep=kexec
	if [ "$(fact /sys/kernel/kexec_crash_loaded)" = 1 ]; then
		finding_unless keep kexec "a kernel for crashes is loaded" \
			"the seal does not go on while it is" \
			"keep=kexec, or unload it (kexec -p -u)"
	elif has_kdump; then
		finding_unless keep kexec "kdump is configured" \
			"its kernel could not be loaded any more" keep=kexec
	fi
}

has_kdump() {
	grep -qsE '^[[:space:]]*USE_KDUMP=["'\'']?1' \
		"$root/etc/default/kdump-tools" && return
	[ -e "$root/etc/kdump.conf" ] && said_at_boot 'crashkernel=.*'
}

# has_resume() - is the kernel told where the image will be, or the initramfs,
# as Debian's installer does where there is a swap partition?
has_resume() {
	! said_at_boot 'noresume|nohibernate|hibernate=(no|noresume)' || return 1
	! said_at_boot 'resume=.+' || return 0
	resume=$(cat "$root/etc/initramfs-tools/initramfs.conf" \
		"$root"/etc/initramfs-tools/conf.d/* 2>/dev/null |
		sed -n 's/^[[:space:]]*RESUME=["'\'']\{0,1\}\([^"'\''[:space:]]*\).*/\1/p' |
		tail -n 1)
	case $resume in
	none | "") return 1 ;;
	esac
	grep -qsE '^[[:space:]]*[^#[:space:]]+[[:space:]]+[^[:space:]]+[[:space:]]+swap[[:space:]]' \
		"$root/etc/fstab"
}

check_hibernation() {
	case $(fact /sys/power/disk) in
	"" | *"[disabled]"*) return 0 ;;
	esac
	! has_resume ||
		finding_unless keep hibernation "hibernation is configured" \
			"the image on the disk could be changed, so it is shut" \
			keep=hibernation
}

# --- check: BPF ---

check_bpf() {
	if ! command -v bpftool >/dev/null; then
		note "BPF programs were not looked at: bpftool is not installed"
		return
	fi
	if ! bpftool prog show >"$work/programs" 2>/dev/null ||
		! bpftool link show >"$work/links" 2>/dev/null; then
		note "BPF programs were not looked at: bpftool cannot list them"
		return
	fi
	sed -nE 's/^([0-9]+): (lsm|struct_ops|ext|kprobe|raw_tracepoint_writable)  *(name ([^ ]+).*|.*)/\1 \2 \4/p' \
		"$work/programs" >"$work/acting"
	# id, type and program in the first line, what it is attached to below
	awk '/^[0-9]+:/ {
			prog = $0
			sub(/.* prog /, "", prog)
			sub(/ .*/, "", prog)
		}
		/attach_type (trace_)?(modify_return|mod_ret)/ {
			print prog, "modify_return"
		}' "$work/links" >>"$work/acting"
	while read -r id type name; do
		what="BPF program $id ($type${name:+, $name})"
		case $type in
		modify_return)
			finding "$what" \
				"it answers in the place of kernel functions: the seal may not go on while it is there" \
				"no parameter: unload it" ;;
		kprobe)
			note "$what: if it writes the memory of processes the seal does not go on; if it reads the kernel, level=confidentiality does not take it again" ;;
		*)
			note "$what acts on the kernel and goes on" ;;
		esac
	done <"$work/acting"
}
