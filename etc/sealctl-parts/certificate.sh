# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# the certificate whose key signs

# take_certificate(FILE) - leaves it in $work/cert.pem and $work/cert.der, and
# sets $not_before and $not_after
take_certificate() {
	take certificate "$1" "$work/cert"
	if ! openssl x509 -inform DER -in "$work/cert" -out "$work/cert.pem" \
		2>/dev/null; then
		openssl x509 -inform PEM -in "$work/cert" -out "$work/cert.pem" \
			2>/dev/null ||
			die "$escaped: this is no X.509 certificate, in DER or PEM"
	fi
	openssl x509 -in "$work/cert.pem" -outform DER -out "$work/cert.der" ||
		exit 1
	why=$(openssl x509 -in "$work/cert.pem" -noout -text |
		awk -f "$parts/certificate.awk") || exit 1
	[ "$why" = ok ] ||
		die "$escaped: the kernel would not take this certificate: $why"
	not_before=$(certificate_date -startdate) || exit 1
	not_after=$(certificate_date -enddate) || exit 1
	if [ -z "$not_before" ] || [ -z "$not_after" ]; then
		die "$escaped: its dates cannot be read"
	fi
}

# certificate_date(OPTION) - in seconds
certificate_date() {
	date=$(openssl x509 -in "$work/cert.pem" -noout "$1") || exit 1
	date -ud "${date#*=}" +%s
}
