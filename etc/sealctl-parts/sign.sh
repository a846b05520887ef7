# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# sealctl sign

# shellcheck source=sealctl-parts/certificate.sh
. "$parts/certificate.sh"
# shellcheck source=sealctl-parts/manifest.sh
. "$parts/manifest.sh"
# shellcheck source=sealctl-parts/signature.sh
. "$parts/signature.sh"
# shellcheck source=sealctl-parts/replace.sh
. "$parts/replace.sh"

sign() {
	[ $# -eq 1 ] || misuse "sign wants one manifest"
	[ -n "$key" ] || misuse "sign wants --key"
	[ -n "$cert" ] || misuse "sign wants --cert"
	given=$1
	take manifest "$given" "$work/text"
	resolve "$given"
	manifest=$resolved
	resolve "${output:-$given.p7s}"
	signature=$resolved
	[ "$manifest" != "$signature" ] ||
		misuse "--output is the manifest itself"
	[ ! -e "$signature" ] || [ -f "$signature" ] ||
		die "$signature is not a regular file"
	[ -d "${signature%/*}/" ] || die "${signature%/*} does not exist"
	lock "${manifest%/*}"
	take manifest "$given" "$work/text"
	case $serial_wanted in
	+1)
		read_manifest "$work/text" "$given"
		[ "$serial" != 0 ] ||
			die "$escaped: it has no serial to raise; give --serial N"
		serial_wanted=$(raised "$serial") ;;
	esac
	if [ -n "$serial_wanted$kind_wanted" ]; then
		number "$work/text" "$serial_wanted" "$kind_wanted"
		mv -f "$work/text.new" "$work/text"
	fi
	read_manifest "$work/text" "$given"
	[ "$serial" != 0 ] ||
		die "$escaped: it has no serial, without which no kernel takes it; give --serial N"
	take_certificate "$cert"
	now=$(date +%s)
	if [ "$now" -lt "$not_before" ] || [ "$now" -gt "$not_after" ]; then
		die "$escaped: it is valid from $(moment "$not_before") to $(moment "$not_after"), and it is $(moment "$now") now"
	fi
	# The certificate goes in, and the time stays in, so that the kernel can
	# hold one against the other (pkcs7_verify_one()).
	openssl cms -sign -binary -nosmimecap -outform DER -md sha256 \
		-in "$work/text" -out "$work/text.p7s" \
		-signer "$work/cert.pem" -inkey "$key" \
		${keyform:+-keyform "$keyform"} ${passin:+-passin "$passin"} \
		${engine:+-engine "$engine"} \
		${provider:+-provider "$provider" -provider default} ||
		die "$given is not signed: openssl could not (see above); nothing is changed"
	check_signature "$work/text" ||
		die "$given is not signed: the signature is no good: $why; nothing is changed"
	replace "$manifest" "$signature"
	escape "$signature"
	echo "$escaped: $kind, serial $serial, $count digests"
}
