# SPDX-License-Identifier: GPL-2.0
# insmod-guard in the hole, with the manifest of the kernel's whole module
# tree: what is listed loads, by file, by name and by the kernel itself. The
# machine has left its initramfs behind, as an installed one does.

load helpers

setup_file() {
	local version
	version=$("$SEAL_TOP/tests/vm/kernel" "${KERNEL:-cloud-amd64}")
	"$SEAL_TOP/etc/seal-manifest" --quiet --kernel "$version" \
		--root "$SEAL_KERNELS/$version" \
		--output "$BATS_FILE_TMPDIR/modules.sha256"
	cat >"$BATS_FILE_TMPDIR/switch" <<-'END'
		#!/bin/busybox sh
		/bin/busybox mount -t tmpfs -o size=90% tmpfs /mnt
		for entry in /*; do
			[ "$entry" = /mnt ] || /bin/busybox cp -a "$entry" /mnt/
		done
		/bin/busybox mkdir /mnt/mnt
		exec /bin/busybox switch_root /mnt /init "$@"
	END
	chmod 755 "$BATS_FILE_TMPDIR/switch"
	vm_boot --append rdinit=/switch \
		--file "$BATS_FILE_TMPDIR/switch:/switch" \
		--file "$BATS_FILE_TMPDIR/modules.sha256:/modules.sha256"
	vm_ok "grep -q '^tmpfs / ' /proc/mounts"
	vm_ok "mkdir -p /etc/seal /etc/modprobe.d &&
		cp /modules.sha256 /etc/seal/ && chmod 644 /etc/seal/* &&
		chown -R 0:0 /etc/seal &&
		mkdir /m && for name in dummy ifb; do
			ln -s \$(find /lib/modules -name \$name.ko\*) /m/\$name.ko
		done"
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# not_loaded(MODULE)
not_loaded() {
	vm_fails "grep '^$1 ' /proc/modules"
}

# guard_refuses(REGEX, ARGUMENTS) - it says why, in one sentence, and exits 1
guard_refuses() {
	vm "insmod-guard $2"
	[ "$status" -eq 1 ] || fail "exit status $status" || return
	[[ $output =~ $1 ]] || fail "no match for $1" || return
	[ "${#lines[@]}" -eq 1 ] || fail "more than one line"
}

@test "unsealed: it loads what is listed and refuses what is not" {
	vm_ok "insmod-guard /m/dummy.ko && rmmod dummy"
	guard_refuses 'canary.ko' /canary.ko
	not_loaded canary
	vm_ok "kmod-insmod /canary.ko && rmmod canary"
}

@test "the manifest has the whole tree" {
	local files lines
	files=$(find "$(vm_tree)" -name '*.ko*' |
		sed -n 's/\.ko$/&/p; s/\.ko\.xz$/&\n&/p' | wc -l)
	vm_ok "grep -vc '^#' /etc/seal/modules.sha256"
	[ "$output" -eq "$files" ]
	case $(vm_kernel) in
	*-debug-*) [ "$files" -gt 20 ] ;;
	*-cloud-*) [ "$files" -gt 500 ] ;;
	*) [ "$files" -gt 3500 ] ;;
	esac
}

@test "the seal goes on; the kernel is told who its loader is" {
	seal_on insmod=/sbin/insmod-guard
	[[ $(seal_status hole.insmod) == 'given="/sbin/insmod-guard" path="/usr/sbin/insmod-guard" '* ]]
	vm_ok "echo /sbin/insmod-guard >/proc/sys/kernel/modprobe"
}

@test "a listed file loads" {
	vm_ok "insmod-guard /m/dummy.ko"
	vm_ok "grep '^dummy ' /proc/modules && rmmod dummy"
}

@test "a copy of it elsewhere loads: the digest counts, not the path" {
	vm_ok "cp /m/dummy.ko /tmp/other.ko &&
		insmod-guard /tmp/other.ko && rmmod dummy"
	guard_refuses 'other.ko' '--strict-path /tmp/other.ko'
	vm_ok "insmod-guard --strict-path /m/dummy.ko && rmmod dummy"
}

@test "a module with several dependencies loads by its name" {
	not_loaded sctp
	vm_ok "insmod-guard --modprobe sctp"
	vm_ok "grep '^sctp ' /proc/modules && grep -E '^(udp_tunnel|libcrc32c) .*sctp' /proc/modules"
}

@test "under the name of modprobe it is modprobe" {
	vm_ok "ln -s /sbin/insmod-guard /tmp/modprobe && /tmp/modprobe -v bridge"
	[[ $output == *bridge.ko* ]]
	vm_ok "grep '^bridge ' /proc/modules"
	vm_ok "/tmp/modprobe -r bridge"
	not_loaded bridge
	not_loaded stp
}

@test "modprobe.d options and aliases hold" {
	vm_ok "echo 'options dummy numdummies=3' >/etc/modprobe.d/t.conf
		echo 'alias some-name dummy' >>/etc/modprobe.d/t.conf
		insmod-guard --modprobe some-name"
	vm_ok "ls -d /sys/class/net/dummy2 && rmmod dummy"
	vm_ok "rm /etc/modprobe.d/t.conf"
}

@test "module arguments of the command line hold" {
	vm_ok "insmod-guard /m/dummy.ko numdummies=2"
	vm_ok "ls -d /sys/class/net/dummy1 && rmmod dummy"
}

@test "the kernel loads a listed module by itself, through the loader" {
	not_loaded af_key
	vm_ok autoload 15 3 2
	vm_ok "grep '^af_key ' /proc/modules && rmmod af_key"
}

@test "as the kernel calls it, without descriptors and environment" {
	vm_ok "callnamed --closed-fds /sbin/insmod-guard /sbin/modprobe -q -- dummy"
	vm_ok "grep '^dummy ' /proc/modules && rmmod dummy"
	vm "insmod-guard -q -- no-such-module"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
}

@test "with one bit flipped it is refused" {
	vm_ok "cp /m/dummy.ko /tmp/flipped.ko
		byte=\$(od -An -tu1 -j1000 -N1 /tmp/flipped.ko)
		printf \"\\\\\$(printf %o \$((byte ^ 1)))\" |
			dd of=/tmp/flipped.ko bs=1 seek=1000 conv=notrunc
		[ \$(cmp -l /tmp/flipped.ko /m/dummy.ko | wc -l) -eq 1 ]"
	guard_refuses 'flipped.ko' /tmp/flipped.ko
	[[ $output =~ [0-9a-f]{64} ]]
	not_loaded dummy
}

@test "what is not listed is refused, by file and by name" {
	guard_refuses 'canary.ko' /canary.ko
	vm_ok "cp /m/ifb.ko /tmp/ && cat /canary.ko >/m/ifb.ko"
	guard_refuses 'ifb.ko(.xz)?: refused' '--modprobe ifb'
	vm_ok "cat /tmp/ifb.ko >/m/ifb.ko"
	not_loaded canary
}

@test "the same listed module by another loader is refused" {
	local loader
	for loader in 'modload --finit' '/usr/lib/kmod/insmod'; do
		log_mark
		vm "$loader /m/dummy.ko"
		refused module-load \
			'what="(/usr/lib/modules/.*/dummy\.ko(\.xz)?|\(memory\))"' \
			'reason=not-in-hole$'
	done
	vm_fails "insmod /m/dummy.ko"
	not_loaded dummy
}

@test "a refused auto-load is told to the log" {
	vm_ok "sed -i /af_key/d /etc/seal/modules.sha256"
	log_mark
	vm_fails autoload 15 3 2
	[[ $(log_since) == *insmod-guard*af_key* ]]
	not_loaded af_key
	vm_ok "cp /modules.sha256 /etc/seal/modules.sha256"
}

# Listed and unlisted content change places in the file while it is loaded.
@test "the bytes that were hashed are the bytes that are loaded" {
	vm_ok "cp /m/dummy.ko /tmp/good; cp /canary.ko /tmp/bad
		: >/tmp/swap.ko
		while [ ! -e /tmp/enough ]; do
			cat /tmp/good >/tmp/swap.ko; cat /tmp/bad >/tmp/swap.ko
			cp /tmp/good /tmp/new && mv /tmp/new /tmp/swap.ko
			cp /tmp/bad /tmp/new && mv /tmp/new /tmp/swap.ko
		done >/dev/null 2>&1 &
		yes=0 no=0 end=\$((\$(date +%s) + 25))
		for i in \$(seq 150); do
			[ \$(date +%s) -lt \$end ] || break
			if insmod-guard /tmp/swap.ko 2>/dev/null; then
				yes=\$((yes + 1)); rmmod dummy || exit 1
			else
				no=\$((no + 1))
			fi
			! grep -q '^canary ' /proc/modules || exit 1
		done
		touch /tmp/enough
		echo loaded \$yes refused \$no"
	[[ $output =~ loaded\ ([0-9]+)\ refused\ ([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" -gt 0 ]
	[ "${BASH_REMATCH[2]}" -gt 0 ]
	vm_ok "! dmesg | grep -A1000 'sealed until' | grep 'canary: init'"
}

@test "another manifest, or md5, does not count while the seal is on" {
	vm_ok "sha256sum /canary.ko >/etc/seal/mine && chmod 644 /etc/seal/mine"
	guard_refuses 'seal' '--manifest /etc/seal/mine /canary.ko'
	not_loaded canary
}

@test "no environment variable makes it trust" {
	vm "env SEAL_MANIFEST=/etc/seal/mine MODPROBE_OPTIONS='--manifest /etc/seal/mine' \
		OPENSSL_CONF=/etc/seal/mine insmod-guard /canary.ko"
	[ "$status" -eq 1 ]
	not_loaded canary
}

@test "a manifest that others may write is refused" {
	vm_ok "chmod 666 /etc/seal/modules.sha256"
	guard_refuses 'modules.sha256' /m/dummy.ko
	vm_ok "chmod 644 /etc/seal/modules.sha256; chown 65534 /etc/seal"
	guard_refuses '/etc/seal' /m/dummy.ko
	vm_ok "chown 0 /etc/seal; echo garbage >>/etc/seal/modules.sha256"
	guard_refuses 'line [0-9]+' /m/dummy.ko
	vm_ok "cp /modules.sha256 /etc/seal/modules.sha256"
	not_loaded dummy
}

@test "files that are no modules: empty, truncated, huge, fifo, directory, loop" {
	vm_ok "cd /tmp; : >empty.ko; mkfifo fifo.ko; mkdir -p dir.ko
		ln -sf loop.ko loop.ko; truncate -s 1G sparse.ko
		head -c 2000 /m/dummy.ko >short.ko"
	local file
	for file in empty fifo dir loop sparse short nonesuch; do
		guard_refuses "$file.ko" "/tmp/$file.ko"
	done
	not_loaded dummy
}

@test "a listed file that is no module: the kernel's no, in a sentence" {
	vm_ok "cd /tmp; head -c 2000 /m/dummy.ko >short.ko
		sha256sum short.ko >>/etc/seal/modules.sha256"
	guard_refuses 'short.ko' /tmp/short.ko
	not_loaded dummy
	vm_ok "cp /modules.sha256 /etc/seal/modules.sha256"
}

@test "a compression that the kernel does not know is named" {
	vm_ok "gzip -c /m/dummy.ko >/tmp/dummy.ko.gz
		sha256sum /tmp/dummy.ko.gz >>/etc/seal/modules.sha256"
	guard_refuses 'CONFIG_MODULE_DECOMPRESS' /tmp/dummy.ko.gz
	not_loaded dummy
	vm_ok "cp /modules.sha256 /etc/seal/modules.sha256"
}

@test "a compressed module is decompressed by the kernel, for the loader only" {
	requires config:MODULE_DECOMPRESS
	vm_ok "readlink -f /m/dummy.ko | grep '\.xz\$' && insmod-guard /m/dummy.ko"
	vm_ok "rmmod dummy"
	log_mark
	vm modload --compressed /m/dummy.ko
	refused module-load 'what="/usr/lib/modules/.*/dummy.ko.xz"' \
		'reason=not-in-hole$'
	not_loaded dummy
}

@test "a module that is loaded already: said, and no failure of modprobe" {
	vm_ok "insmod-guard --modprobe dummy && insmod-guard --modprobe dummy"
	vm_fails insmod-guard --modprobe --first-time dummy
	guard_refuses 'dummy' /m/dummy.ko
	vm_ok rmmod dummy
}

@test "the check of the whole tree finds the one file that changed" {
	vm_ok "cp -rL \$(dirname \$(readlink -f /m/dummy.ko)) /tmp/net
		for file in /tmp/net/dummy.ko*; do echo >>\$file; done"
	vm "insmod-guard --check /tmp/net"
	[ "$status" -eq 1 ]
	[[ $output == *dummy.ko* ]]
	vm_ok "rm /tmp/net/dummy.ko* && insmod-guard --check /tmp/net"
}

@test "it cannot be traced and leaves no core" {
	vm "under tracer /sbin/insmod-guard /m/dummy.ko"
	[ "$status" -ne 0 ]
	not_loaded dummy
}
