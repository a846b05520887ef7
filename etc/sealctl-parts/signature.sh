# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# is a manifest's signature good? Wants certificate.sh.

# seconds(ASN1TIME) - YYMMDDhhmmssZ, or with four digits of the year
seconds() {
	case ${#1}$1 in
	13[0-4]*) set -- "20$1" ;;
	13[5-9]*) set -- "19$1" ;;
	esac
	date -ud "$(printf '%s\n' "$1" | sed \
		's/^\(....\)\(..\)\(..\)\(..\)\(..\)\(..\)Z$/\1-\2-\3 \4:\5:\6/')" \
		+%s 2>/dev/null
}

# check_signature(FILE) - of FILE.p7s, by the certificate in $work, for the
# text in FILE; sets $signed, when, and $why if it will not do
check_signature() {
	signed='' why=''
	facts=$(openssl asn1parse -inform DER -in "$1.p7s" 2>/dev/null) || {
		why="it is no signature in DER, or not a whole one"
		return 1
	}
	facts=$(printf '%s\n' "$facts" |
		awk -v size="$(stat -c %s "$1.p7s")" \
			-f "$parts/signature.awk") || exit 1
	case $facts in
	bad*)
		why=${facts#bad }
		return 1 ;;
	esac
	# -nointern -certfile: by that key, whatever certificates are inside;
	# -noverify: the clock of this machine decides nothing
	if ! openssl cms -verify -binary -inform DER -in "$1.p7s" \
		-content "$1" -nointern -certfile "$work/cert.pem" -noverify \
		-out /dev/null >"$work/openssl" 2>&1; then
		why="it does not fit this text and this certificate"
		! grep -q 'signer certificate not found' "$work/openssl" ||
			why="it was made by another key than the certificate's"
		return 1
	fi
	time=${facts%% *} place=${facts#* }
	tail -c "+$((${place% *} + 1))" "$1.p7s" | head -c "${place#* }" |
		cmp -s - "$work/cert.der" || {
		why="it comes with another certificate than this one"
		return 1
	}
	[ "$time" != - ] || return 0
	signed=$(seconds "$time") || {
		why="its time $time cannot be read"
		return 1
	}
	if [ "$signed" -lt "$not_before" ] || [ "$signed" -gt "$not_after" ]
	then
		why="it was made at $(moment "$signed"), when the certificate was not valid ($(moment "$not_before") to $(moment "$not_after"))"
		return 1
	fi
}

# moment(SECONDS)
moment() {
	date -ud "@$1" +%Y-%m-%dT%H:%M:%SZ
}
