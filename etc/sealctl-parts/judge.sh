# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# what an update would do

# shellcheck source=sealctl-parts/certificate.sh
. "$parts/certificate.sh"
# shellcheck source=sealctl-parts/signature.sh
. "$parts/signature.sh"
# shellcheck source=sealctl-parts/live.sh
. "$parts/live.sh"

UPDATE_MAX=67108864	# bytes, manifest and signature

# check_files(COPY) - is what a list of programs names still there, and the
# same? False, and $why, if not: the kernel wants all of it
check_files() {
	line=$(awk '/^\\?[0-9A-Fa-f]/ &&
		substr($0, index($0, " ") + 2, 1) != "/" { print NR; exit }' "$1")
	if [ -n "$line" ]; then
		why="line $line: the path is not absolute"
		return 1
	fi
	sed -n 's#^\(\\\{0,1\}[0-9A-Fa-f]\{64\}\) [ *]/#\1  ./#p' "$1" \
		>"$1.files" || die "$work cannot be written"
	(cd "${root:-/}" && sha256sum -c --quiet --strict "$1.files") \
		>"$work/answer" 2>/dev/null && return 0
	why=$(sed -e 's#^\\\{0,1\}\./#/#' \
		-e 's/: FAILED open or read$/: it cannot be read/' \
		-e 's/: FAILED$/: its content is not what is listed/' \
		"$work/answer")
	more=$(($(printf '%s\n' "$why" | wc -l) - 1))
	why=$(printf '%s\n' "$why" | head -n 1)
	[ "$more" -eq 0 ] || why="$why (and so on: $more more)"
	return 1
}

# tell_missing(COPY) - what is the program of a hole, or one that the list was
# made for, and would lack; false if anything, or if that cannot be told
tell_missing() {
	[ "$kind" = programs ] || return 0
	{
		cat "$1"
		echo
		{
			parameter insmod | tr , '\n'
			parameter mem_allow | split_classes | cut -f 1 | uniq
		} | sed -n 's/^./# program: &/p'
	} >"$1.list" || die "$work cannot be written"
	grep -q '^# program: ' "$1.list" || return 0
	tool=${0%/*}/seal-manifest
	[ -x "$tool" ] || tool=seal-manifest
	"$tool" --programs --diff --output "$1.list" ${root:+--root "$root"} \
		>"$work/answer" 2>"$work/complaint"
	if ! grep -q '^[0-9]* files: ' "$work/answer"; then
		echo "$name: what its programs load cannot be told: $(
			tail -n 1 "$work/complaint" | sed 's/^seal-manifest: //')"
		return 1
	fi
	sed -n 's/^added  *//p' "$work/answer" >"$work/missing"
	[ -s "$work/missing" ] || return 0
	while IFS= read -r path; do
		echo "$name: $path is not listed, and a program of a hole needs it"
	done <"$work/missing"
	return 1
}

# judge(COPY, FILE) - prints what is known of it; false, and $why, if it would
# be refused; sets $already if it is what is live
judge() {
	already=''
	take manifest "$2" "$1"
	name=$escaped
	[ -e "$2.p7s" ] || die "$name: it is not signed: there is no $name.p7s"
	take signature "$2.p7s" "$1.p7s"
	check_signature "$1" || {
		why="its signature is no good: $why"
		return 1
	}
	# Only now is the text worth reading.
	read_manifest "$1" "$2"
	echo "$name: $kind, serial $serial, $count digests${signed:+, signed at $(moment "$signed")}"
	if [ "$serial" = 0 ]; then
		why="it has no serial"
		return 1
	fi
	[ "$kind" != programs ] || check_files "$1" || return 1
	if [ $(($(stat -c %s "$1") + $(stat -c %s "$1.p7s"))) -gt "$UPDATE_MAX" ]
	then
		why="it is larger than 64 MiB"
		return 1
	fi
	if [ ! -e "$root$NODE/manifest" ]; then
		echo "$name: no seal with a manifest is on here: it is compared with nothing"
		return 0
	fi
	if [ -e "$root$PARAMETERS/key" ] && [ -z "$(parameter key)" ]; then
		why="the seal was put on without key=, so that it takes no update until reboot"
		return 1
	fi
	read_live
	live_serial=$(live serial) live_sum=$(live digest)
	if [ "$(sum_of "$1")" = "$live_sum" ] && [ "$serial" = "$live_serial" ]
	then
		already=yes
		return 0
	fi
	compare "$1" "$2"
	lowest
	if ! is_higher "$serial" "$lowest"; then
		why="its serial $serial is not higher than $lowest, the last one's"
		return 1
	fi
}

# use_key() - the certificate that the seal has, if no other was given
use_key() {
	[ -n "$cert" ] || cert=$root$(parameter key)
	[ "$cert" != "$root" ] || cert=$root$CERTIFICATE
	take_certificate "$cert"
}
