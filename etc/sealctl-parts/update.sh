# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# sealctl update

# shellcheck source=sealctl-parts/judge.sh
. "$parts/judge.sh"
# shellcheck source=sealctl-parts/replace.sh
. "$parts/replace.sh"

# in_words() - what the kernel answered, from what cat or the shell said of it
in_words() {
	case $(cat "$work/answer") in
	*"Key was rejected by service"*)
		echo "the signature is not good" ;;
	*"Required key not available"*)
		echo "the signature was made by another key than the seal's" ;;
	*"Bad message"*)
		echo "the signature cannot be read" ;;
	*"Package not installed"*)
		echo "this kernel does not know the signature's algorithms" ;;
	*"Invalid argument"*)
		echo "the manifest is malformed" ;;
	*"Stale file handle"*)
		echo "the serial is not higher than that of the live set" ;;
	*"Operation not permitted"*)
		echo "the seal was put on without key=, so that it takes no update until reboot" ;;
	*"Device or resource busy"*)
		echo "another update is being written; try again" ;;
	*"File too large"*)
		echo "it is larger than 64 MiB" ;;
	*"Input/output error"*)
		echo "it was not written whole, or the serial file cannot be written" ;;
	*"Operation not supported"*)
		echo "this seal takes no manifests of that kind" ;;
	*"Permission denied"*)
		echo "permission denied; are you root?" ;;
	*"Cannot allocate memory"*)
		echo "the kernel has no memory for it" ;;
	"")
		echo "the writing was cut off" ;;
	*)
		tr '\n' ' ' <"$work/answer" | sed 's/ *$//' ;;
	esac
}

# last_word() - the newest line of the kernel log on an update
last_word() {
	dmesg 2>/dev/null | grep -E '(^|[] ])seal: refused manifest-update ' |
		tail -n 1
}

# hand_over(COPY) - the kernel's verdict comes with the close
hand_over() {
	before=$(last_word)
	if { cat "$1.p7s" "$1" >"$root$NODE/manifest"; } 2>"$work/answer"; then
		return
	fi
	after=$(last_word)
	[ "$after" = "$before" ] || printf '%s\n' "$after" >&2
	die "$name: the kernel did not take it: $(in_words); the old set stays"
}

# confirm(COPY) - believe the node
confirm() {
	read_live
	[ "$(live serial):$(live digest)" = "$serial:$(sum_of "$1")" ] ||
		die "$name: the kernel did not refuse it, but it is not what is live; look at the kernel log"
	echo "$name: live now: $kind, serial $(live serial), $(live count) digests"
}

# install_as_next(COPY, FILE) - where the next boot's seal finds it
install_as_next() {
	resolve "$root$(place)"
	place=$resolved
	resolve "$2"
	[ "$place" != "$resolved" ] || return 0
	[ -d "${place%/*}/" ] || die "${place%/*} does not exist"
	lock "${place%/*}"
	mv -f "$1" "$work/text" && mv -f "$1.p7s" "$work/text.p7s" || exit 1
	replace "$place" "$place.p7s"
	echo "$place: installed for the next boot"
}

update() {
	[ $# -gt 0 ] || misuse "update wants a manifest"
	if [ ! -e "$root$NODE/manifest" ]; then
		[ ! -e "$root$NODE/status" ] ||
			die "this seal takes no manifest: it was put on without manifest= and key="
		die "this system is not sealed"
	fi
	use_key
	# all are judged before one is handed over
	n=0
	for file; do
		n=$((n + 1))
		judge "$work/$n" "$file" ||
			die "$name: refused: $why; nothing is changed"
		[ -z "$install" ] || [ -n "$(place)" ] ||
			die "$name: the seal reads no manifest of $kind at boot, so that --install has no place for it; nothing is changed"
	done
	n=0
	for file; do
		n=$((n + 1))
		judge "$work/$n" "$file" >/dev/null ||
			die "$name: refused: $why"
		if [ -n "$already" ]; then
			echo "$name: it is what is live"
		else
			tell_missing "$work/$n" >&2 || :
			hand_over "$work/$n"
			confirm "$work/$n"
		fi
		[ -z "$install" ] || install_as_next "$work/$n" "$file"
	done
}
