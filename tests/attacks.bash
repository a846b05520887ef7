# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What tests/attacks.bats, which tests/catalogue writes, is made of: every
# attack of tests/attacks on a machine without the seal, where it must succeed,
# and on one with it, where it must fail in the way that its head says.
#
# The head of an attack, comments of the form "FIELD: VALUE":
#	title		what a person calls it
#	promise		P4 (the seal itself), P5 (holes) or P6 (what both rest
#			on)
#	refused		ERRNO, or "-" if a library hides it, and if the seal's
#			log has a line for it, its DOOR and REASON:
#			EPERM module-load foreign-code
#	fails		if nothing is refused, and nothing gained: why
#	names		what else the line of the log says
#	needs		words of requires() in helpers.bash
# attack.sh says what the rest of it is.

# shellcheck disable=SC2154 # vm() sets $status and $output

attack_dir=$SEAL_TOP/tests/attacks

# attack_names() - all of them, in the order of the promises
attack_names() {
	awk -F': *' '/^# promise: / { print $2, FILENAME }' "$attack_dir"/* |
		sort | sed 's,.*/,,'
}

# attack_field(NAME, FIELD)
attack_field() {
	sed -n "s/^# $2: *//p;/^[^#]/q" "$attack_dir/$1"
}

# on(MACHINE, COMMAND...) - has a helper speak to that one: open or sealed
on() {
	local VM_NAME=$1
	shift
	_vm_dir
	"$@"
}

# Both machines are alike but for the seal. A driver's device is a display.
boot_both() {
	local machine version dynamic
	version=$("$SEAL_TOP/tests/vm/kernel" "${KERNEL:-cloud-amd64}")
	dynamic=$("$SEAL_TOP/tests/vm/kernel" --programs "$version" |
		sed -n 1p)/tests/tools/dynamic
	for machine in open sealed; do
		on "$machine" vm_boot --qemu "-device VGA" \
			--file "$SEAL_TOP/tests/attack.sh:/attack.sh" \
			--tree "$attack_dir:/attacks" \
			--file "$dynamic/libpuppet.so.1:/usr/lib/libpuppet.so.1" \
			--file "$dynamic/puppet-dyn:/holes/puppet-dyn" \
			--file "$dynamic/puppet-silent:/holes/puppet-silent" \
			--file "$dynamic/silent:/holes/silent" \
			--file "$dynamic/evil.so:/evil/evil.so" \
			--file "$dynamic/permit.so:/evil/permit.so" \
			--file "$dynamic/shell.so:/evil/shell.so" \
			--file "$dynamic/interp:/evil/interp" || return
		on "$machine" set_scene || return
	done
}

# The hole's programs, what the dynamic one of them runs, and one on a disk.
set_scene() {
	vm_ok "cp /usr/lib/seal-tests/puppet /holes/ &&
		grep -q libpuppet /etc/seal/programs.sha256 &&
		chmod +x /holes/puppet-silent &&
		sha256sum /holes/silent >>/etc/seal/programs.sha256" || return
	_vm_has_config EXT4_FS && _vm_has_module brd || return 0
	vm_ok "kmod-modprobe ext4 && kmod-modprobe brd rd_nr=4 rd_size=16384 &&
		mke2fs /dev/ram0 >/dev/null && mkdir /holes/disk &&
		mount -t ext4 /dev/ram0 /holes/disk &&
		cp /holes/puppet /holes/disk/ &&
		mkdir -p /holes/disk/way/protected &&
		head -c 65536 /dev/zero >/holes/disk/way/protected/file && sync"
}

# can_be_tried(NAME) - does the machine have what it needs?
can_be_tried() (
	# shellcheck disable=SC2317 # requires() calls it
	skip() { exit 1; }
	# shellcheck disable=SC2046 # words
	requires $(attack_field "$1" needs)
)

prepare_all() {
	local name
	for name in $(attack_names); do
		! can_be_tried "$name" || vm_ok "sh /attack.sh $name prepare" ||
			return
	done
}

setup_file() {
	boot_both && on open prepare_all && on sealed prepare_all || return
	! on sealed _vm_is_sealable || on sealed put_on_seal
}

put_on_seal() {
	local programs parameters
	programs=$(_vm_ask "find /holes -name 'puppet*' | paste -sd,")
	# what is behind the kernel's own doors, and does not rely on them
	parameters=("insmod=$programs" "mem_allow=$programs"
		keep=debugfs,bpf_write_user)
	! _vm_ask "[ -d /holes/disk/way ]" ||
		parameters+=(protect=/holes/disk/way/protected)
	seal_on "${parameters[@]}"
}

teardown_file() {
	local result=0
	on open vm_down || result=1
	on sealed vm_down || result=1
	return "$result"
}

# clean_up(NAME) - whatever became of it, the next one finds nothing of it
clean_up() {
	_vm_ask "sh /attack.sh $1 cleanup"
}

# unsealed(NAME) - the control: it gets what it wants
unsealed() {
	# shellcheck disable=SC2034 # helpers.bash reads it
	VM_NAME=open
	# shellcheck disable=SC2046 # words
	requires sealable $(attack_field "$1" needs)
	vm "sh /attack.sh $1 attack"
	clean_up "$1"
	[ "$status" -eq 0 ] || fail "the attack fails without the seal"
}

# error_text(ERRNO) - as a program says it
error_text() {
	case $1 in
	EAGAIN) echo "Resource temporarily unavailable" ;;
	EACCES) echo "Permission denied" ;;
	EBUSY) echo "Device or resource busy" ;;
	EFAULT) echo "Bad address" ;;
	EINVAL) echo "Invalid argument" ;;
	EIO) echo "Input/output error" ;;
	EPERM) echo "Operation not permitted" ;;
	ETXTBSY) echo "Text file busy" ;;
	*) fail "no text for $1" ;;
	esac
}

# sealed(NAME) - it gets nothing, for the reason it should be
sealed() {
	local log refused names
	# shellcheck disable=SC2034 # helpers.bash reads it
	VM_NAME=sealed
	# shellcheck disable=SC2046 # words
	requires sealable $(attack_field "$1" needs)
	log_mark
	vm "sh /attack.sh $1 attack"
	log=$(log_since) || { echo "$log"; return 1; }
	_vm_ask "! grep '^canary ' /proc/modules" || status=0
	clean_up "$1"
	case $status in
	0) fail "THE ATTACK SUCCEEDS" || return ;;
	2) fail "the attack could not be tried" || return ;;
	esac
	read -r -a refused <<<"$(attack_field "$1" refused)"
	names=$(attack_field "$1" names)
	if [[ ${refused[0]--} != - ]]; then
		[[ $output == *"$(error_text "${refused[0]}")"* ]] ||
			fail "it failed, but not with ${refused[0]}" || return
	fi
	judge_log "$log" "${refused[1]-}" "${refused[2]-}" "$names"
}

# judge_log(LOG, DOOR, REASON, REGEX) - one refusal, that one; or none at all
judge_log() {
	local found
	mapfile -t found < <(grep '^seal: refused ' <<<"$1")
	printf '%s\n' "${found[@]}"
	if [ -z "$2" ]; then
		[ "${#found[@]}" -eq 0 ] || fail "the log tells of a refusal"
		return
	fi
	[ "${#found[@]}" -eq 1 ] ||
		fail "${#found[@]} refusals in the log instead of one" || return
	[[ ${found[0]} == "seal: refused $2 "*" reason=$3" ]] ||
		fail "should have been: $2 reason=$3" || return
	[[ ${found[0]} =~ $4 ]] || fail "the line does not say $4"
}
