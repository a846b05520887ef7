# SPDX-License-Identifier: GPL-2.0
# All or nothing, from within: whichever step of putting the seal on fails, the
# load fails with that error, and nothing is left. All in one boot, where the
# seal goes on in the end as if nothing had been.

load helpers
load signing
load unwind

# What the steps are made to answer: no kernel function answers that by itself.
ODD=-51 ODD_TEXT="Level 2 halted"

# The steps of seal/main.c's ladder; a test below holds this list to it.
LADDER="policy_init status_init protect_init rawdev_init claims_init
	gate_module_init gate_exec_init hook_plant hook_prove gate_bpf_check
	gate_kexec_check hibernation_shut preopen_check status_publish"

# With these there are manifests, too.
MANIFESTS="manifest=/k/m revoked=/k/r key=/k/good.der serial_file=/serial"

setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS"
	make_key good
	manifest 1 "$(test_module canary)" >"$KEYS/m"
	printf '# kind: revoked\n# serial: 1\n' >"$KEYS/r"
	sign good "$KEYS/m"
	sign good "$KEYS/r"
	truncate -s 16M "$BATS_FILE_TMPDIR/disk"
	/usr/sbin/mke2fs -q -t ext4 -E root_owner=0:0 "$BATS_FILE_TMPDIR/disk"
	vm_boot --tree "$KEYS:/k" --qemu "-drive if=none,id=disk,format=raw,\
snapshot=on,file=$BATS_FILE_TMPDIR/disk -device virtio-blk-pci,drive=disk"
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k"
	! has_disk ||
		vm_ok "for m in virtio_pci virtio_blk ext4 dm_mod dm_crypt; do
			kmod-modprobe -q \$m; done
			for i in 1 2 3 4 5 6; do [ -b /dev/vda ] && break
			sleep 0.5; done
			mkdir /kept; mount -t ext4 /dev/vda /kept"
	# functions of these are hooked, too
	vm_ok "for m in uio vfio; do kmod-modprobe -q \$m; done; true"
	unwind_begin
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# has_disk() - can what is to be protected lie on one?
has_disk() {
	_vm_has_module virtio_blk
}

# has_mapper() - has the seal functions of device mapper to hook?
has_mapper() {
	has_disk && _vm_has_module dm_mod && _vm_has_module dm_crypt
}

# fails_at(FUNCTION, [NTH [ANSWER [TEXT]]]) - makes the seal's call number NTH
# of it answer ANSWER, and asserts that the load fails, saying TEXT, and that
# nothing is left; its parameters are $PARAMS, or $params if that is set
fails_at() {
	local function=$1 nth=${2:-1} answer=${3:-$ODD} text=${4:-$ODD_TEXT}
	vm_ok "kmod-insmod /failstep.ko function=$function nth=$nth \
		error=$answer" || return
	vm_fails "kmod-insmod /seal.ko ${params:-$PARAMS}" || return
	[[ $output == *"$text"* ]] ||
		fail "$function: not \"$text\": $output" || return
	vm_ok "cat /sys/module/failstep/parameters/calls; rmmod failstep" ||
		return
	[[ $output -ge 1 && $output -ge $nth ]] ||
		fail "$function was called $output times only" || return
	nothing_left || fail "$function, call $nth: something is left"
}

# kernel_name(NAME) - what a function of the kernel is called behind its macro
kernel_name() {
	_vm_ask "awk -v name=$1 '\$3 == name || \$3 == name \"_noprof\" {
		print \$3; f = 1; exit } END { exit !f }' /proc/kallsyms" ||
		fail "the kernel has no $1"
}

@test "the ladder is the one in seal/main.c" {
	local steps
	steps=$(sed -n 's/^\terr = \([a-z_]*\)(.*/\1/p' "$SEAL_TOP/seal/main.c")
	# shellcheck disable=SC2086 # one word a step
	[ "$(printf '%s\n' $LADDER)" = "$steps" ]
}

@test "each step of the ladder fails" {
	local step
	for step in $LADDER; do
		fails_at "seal:$step"
	done
}

@test "a parameter or a hole cannot be taken in" {
	fails_at seal:param_check
	fails_at seal:lockdown_init
	fails_at seal:hasher_init
	fails_at seal:program_bind_loaders
	fails_at seal:program_bind_drivers
	fails_at seal:program_check
	fails_at seal:vouched_hold 2 "$ODD" "Invalid parameters"
	fails_at seal:hash_pages 2 "$ODD" "Invalid parameters"
	fails_at "$(kernel_name strndup_user)"
	# insmod takes ENOENT for something else: all that has to do with files
	# is an invalid argument
	fails_at kern_path 1 "$ODD" "Invalid parameters"
	fails_at kern_path 2 "$ODD" "Invalid parameters"
	fails_at dentry_open 1 "$ODD" "Invalid parameters"
	fails_at dentry_open 2 "$ODD" "Invalid parameters"
	fails_at kernel_read 2 "$ODD" "Invalid parameters"
	fails_at seal:audit_quoted 1 0 "Cannot allocate memory"
	fails_at seal:audit_quoted 4 0 "Cannot allocate memory"
}

@test "a certificate, a serial file or a manifest cannot be taken in" {
	local params=$MANIFESTS step nth
	for step in hasher signature serial manifest; do
		fails_at "seal:${step}_init"
	done
	fails_at keyring_alloc
	fails_at key_create_or_update 1 "$ODD" "Invalid parameters"
	fails_at crypto_alloc_shash
	# the certificate, the serials, each manifest and its signature
	for nth in 1 2 3 4 5 6; do
		fails_at filp_open "$nth" "$ODD" "Invalid parameters"
	done
	for nth in 1 2 3 4 5; do
		fails_at kernel_read_file "$nth"
	done
	for nth in 1 2; do
		fails_at verify_pkcs7_signature "$nth"
	done
	vm_ok "rm -f /serial"
	fails_at kernel_read
	fails_at kernel_write
	fails_at vfs_fsync
}

@test "there is no room for a manifest" {
	local params=$MANIFESTS vmalloc nth
	vmalloc=$(kernel_name vmalloc)
	# all digests as they come, and sorted, of each kind
	for nth in 1 2 3 4; do
		fails_at "$vmalloc" "$nth" 0 "Cannot allocate memory"
	done
	fails_at seal:digests_sort 2 0 "Cannot allocate memory"
}

@test "what is to be protected cannot be found, or closed" {
	local bdev_open=bdev_file_open_by_dev nth
	kernel_name $bdev_open >/dev/null || bdev_open=blkdev_get_by_dev
	# it has any number of paths
	vm_ok "mv /etc/seal/programs.sha256 /programs"
	# its root, the way there, to both programs, what may be there: see
	# PARAMS; the third is the list of programs, which may not be there
	for nth in 4 5 6 7 8 9; do
		fails_at kern_path "$nth" "$ODD" "$ODD_TEXT"
	done
	fails_at dentry_open 3 "$ODD" "$ODD_TEXT"
	fails_at dentry_open 4 "$ODD" "$ODD_TEXT"
	fails_at iterate_dir 2 "$ODD" "$ODD_TEXT"
	fails_at vfs_path_lookup 2 "$ODD" "$ODD_TEXT"
	fails_at seal:shadow_cast 2 "$ODD" "Cannot allocate memory"
	! has_disk || { fails_at kern_mount && fails_at "$bdev_open"; }
	vm_ok "mv /programs /etc/seal/programs.sha256"
}

@test "no key is left" {
	vm_ok "for i in 1 2 3 4 5 6 7 8 9 10; do
		grep -q 'keyring *seal: ' /proc/keys || exit 0; sleep 0.5; done
		cat /proc/keys; exit 1"
}

@test "there is no room for a parameter's value" {
	local kstrdup
	kstrdup=$(kernel_name kstrdup)
	# by the kernel's parser one a parameter, then two a hole
	fails_at "$kstrdup" 1 0 "Cannot allocate memory"
	fails_at "$kstrdup" 2 0 "Cannot allocate memory"
	fails_at "$kstrdup" 3 0 "Cannot allocate memory"
	fails_at "$kstrdup" 4 0 "Cannot allocate memory"
	fails_at "$kstrdup" 5 0 "Cannot allocate memory"
	fails_at "$kstrdup" 6 0 "Cannot allocate memory"
	fails_at "$kstrdup" 8 0 "Cannot allocate memory"
}

@test "the kernel refuses what the seal registers" {
	fails_at securityfs_create_dir
	fails_at anon_inode_getfile 1
	fails_at anon_inode_getfile 2
	fails_at register_module_notifier
	# each of them: there are two functions that it can look up by
	fails_at register_kprobe 0
	fails_at ftrace_set_filter_ip 1
	fails_at ftrace_set_filter_ip 5
	fails_at register_ftrace_function
	fails_at securityfs_create_file
	# of the files "manifest" and "status" one is there when the other fails
	params=$MANIFESTS fails_at securityfs_create_file 1
	params=$MANIFESTS fails_at securityfs_create_file 2
}

@test "a function is not found [first, later]" {
	fails_at seal:symbol_init
	fails_at seal:symbol_find 1
	fails_at seal:symbol_find 7
}

@test "a module's function is not found [first, later, another module's]" {
	has_mapper || skip "there is none"
	fails_at seal:symbol_modules_init
	fails_at seal:symbol_find_in 1
	fails_at seal:symbol_find_in 2
	fails_at seal:symbol_find_in 6
	fails_at seal:symbol_find_in 7
}

@test "each proof fails" {
	local proof proofs
	proofs=$(readelf -sW "$SEAL_TOP/build/seal/$(vm_kernel)/seal.ko" |
		awk '$4 == "FUNC" && $8 ~ /^prove_/ { print $8 }')
	[ "$(wc -w <<<"$proofs")" -ge 10 ]
	for proof in $proofs; do
		# of the two a kernel has one (seal/gate_kcore.c)
		[[ $proof != prove_read_kcore* ]] ||
			kernel_name "${proof#prove_}" >/dev/null || continue
		# likewise (seal/gate_msr.c)
		[[ ! $proof =~ ^prove_wrmsrq?$ ]] ||
			kernel_name "${proof#prove_}_safe_on_cpu" >/dev/null ||
			continue
		# since 7.2 (seal/gate_bpf.c)
		[ "$proof" != prove_select_env ] ||
			kernel_name __bpf_prog_select_runtime >/dev/null ||
			continue
		# of modules that may not be there (seal/gate_dm.c)
		[[ ! $proof =~ ^prove_(get_device|swap_table|crypt_message)$ ]] ||
			has_mapper || continue
		# likewise (seal/gate_stack.c)
		[ "$proof" != prove_bind ] ||
			_vm_ask "[ -d /sys/module/md_mod ]" || continue
		# likewise (seal/gate_device.c)
		[[ ! $proof =~ ^prove_(uio|vfio)_ ]] ||
			_vm_ask "[ -d /sys/module/${BASH_REMATCH[1]} ]" ||
			continue
		# likewise (seal/gate_scsi.c, gate_nvme.c)
		[[ $proof != prove_sg_* ]] ||
			_vm_ask "[ -d /sys/module/sg ]" || continue
		[[ ! $proof =~ ^prove_(submit|uring|from_file)$ ]] ||
			_vm_ask "[ -d /sys/module/nvme_core ]" || continue
		fails_at "seal:$proof" 1 "$ODD" "Protocol error"
	done
}

@test "then the seal goes on as if nothing had been" {
	# with a key it would have to be signed; these programs are static
	vm_ok "rm /etc/seal/programs.sha256"
	# shellcheck disable=SC2086 # one word a parameter
	seal_on $PARAMS $MANIFESTS
	[ "$(seal_status state)" = sealed ]
	vm_fails ": >>/prog"
	log_mark
	vm kmod-insmod /canary.ko
	refused module-load 'what="/canary.ko"' 'reason=not-in-hole$'
}
