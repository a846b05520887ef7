# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# check: what a seal that is on with mode=audit has seen

# shellcheck source=sealctl-parts/live.sh
. "$parts/live.sh"
# shellcheck source=sealctl-parts/log.sh
. "$parts/log.sh"

# take_audit() - sets $audits, and takes the status, if a seal is on that audits;
# one that seals ends it
take_audit() {
	audits=
	[ -e "$root/sys/module/seal" ] || return 0
	cat "$root$NODE/status" >"$work/status" 2>/dev/null ||
		die "the seal is loaded, but $root$NODE/status cannot be read; are you root?"
	grep -qx 'state: audit' "$work/status" ||
		die "this system is sealed already; see sealctl status"
	audits=yes
}

# take_given() - in the place of seal.conf, what that seal was given, but for what
# it does by itself
take_given() {
	for parameter in "$root$PARAMETERS"/*; do
		name=${parameter##*/}
		value=$(parameter "$name")
		case $name=$value in
		*= | mode=* | read=Y | no_remove=N | trust_signed=N | raw=N) ;;
		read=N)
			# which implies it
			[ "$(parameter level)" = confidentiality ] ||
				echo read=no ;;
		no_remove=Y | trust_signed=Y) echo "$name=1" ;;
		raw=Y) echo raw=yes ;;
		*) printf '%s\n' "$name=$value" ;;
		esac
	done >"$work/conf"
}

# instead(PARAMETER[=VALUE]) - it is given so, or with its default
instead() {
	grep -v "^${1%%=*}=" "$work/conf" >"$work/conf.new"
	case $1 in
	*=*) printf '%s\n' "$1" >>"$work/conf.new" ;;
	esac
	mv "$work/conf.new" "$work/conf"
}

# allow(PARAMETER) - into what is recommended; sets $remedy
allow() {
	remedy=$1
	value=${1#*=}
	case $1 in
	"")
		remedy="the kernel log does not say what would allow it" ;;
	nothing)
		remedy="no parameter allows it" ;;
	"protect= without it")
		remedy="protect= without it, or what changes it has to run before the seal" ;;
	insmod=* | mem_allow=*)
		program=${value%:msr}
		if ! may_have_hole; then
			remedy="${1%%=*}= with its program, which $program cannot be"
		elif [ "${1%%=*}" = insmod ]; then
			wants insmod "$program"
		elif [ "$program" != "$value" ]; then
			wants mem_allow "$program${TAB}msr"
		else
			for class in ioport mem pci; do
				wants mem_allow "$program$TAB$class"
			done
		fi ;;
	keep=*)
		wants keep "$value" ;;
	manifest=*)
		remedy="$LISTED"
		: >"$work/needs_manifest" ;;
	programs=*)
		remedy="$1 with it in the list (seal-manifest --programs)" ;;
	trust_signed=*)
		: >"$work/needs_trust" ;;
	read=* | no_remove=*)
		instead "${1%%=*}" ;;
	args=* | raw=*)
		instead "$1" ;;
	esac
}

check_audit() {
	note "the seal is on with mode=audit since $(
		sed -n 's/^since: //p' "$work/status"): nothing is refused"
	take_log || note "the kernel log cannot be read, which has what would allow that"
	awk -f "$parts/audited.awk" "$work/status" "$work/log" \
		>"$work/audited" || die "awk failed"
	[ -s "$work/audited" ] ||
		note "it has seen nothing yet that would have been refused"
	while IFS= read -r line; do
		door=${line%%"$TAB"*} line=${line#*"$TAB"}
		count=${line%%"$TAB"*} line=${line#*"$TAB"}
		param=${line%%"$TAB"*} line=${line#*"$TAB"}
		times=${line%%"$TAB"*} last=${line#*"$TAB"}
		allow "$param"
		finding "$door" \
			"$count would have been refused${last:+, $times in the log for want of this, the last by $(plain "$last")}" \
			"$(plain "$remedy")"
	done <"$work/audited"
}
