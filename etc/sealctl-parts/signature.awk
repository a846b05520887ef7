# SPDX-License-Identifier: GPL-2.0
# What openssl asn1parse says of a signature, to "TIME OFFSET LENGTH": when it
# was made, in the digits of ASN.1 or "-", and where its certificates are; or to
# "bad WHY". The kernel takes less than openssl does (seal/cms.c, and its own
# pkcs7.asn1 and pkcs7_parser.c); the length at the front tells where the
# manifest begins.

function bad(why) {
	print "bad", why
	failed = 1
	exit
}
{
	depth = $0
	sub(/^[^=]*:d=/, "", depth)
	depth += 0
	if (!match($0, /l= *[0-9inf]+ +(prim|cons): */))
		next
	text = substr($0, RSTART + RLENGTH)
	sub(/ *$/, "", text)
	sub(/ +:/, ":", text)
}
NR == 1 {
	if ($0 !~ /l= *[0-9]+ +cons: SEQUENCE/)
		bad("it is not in DER")
	split($0, number, "l=")
	if (number[2] + number[3] < size)
		bad("something follows it in the file")
	next
}
depth == 1 && NR == 2 && text != "OBJECT:pkcs7-signedData" {
	bad("it is no CMS SignedData")
}
depth == 3 && text ~ /^cont/ && part == 3 {
	split($0, number, "l=")
	certificates = ($0 + number[2]) " " (number[3] + 0)
}
depth == 3 {
	part++
	last = text
	signers = 0
	digest = attribute = ""
	time = "-"
}
part == 3 && depth == 4 && text ~ /^cont/ {
	bad("it holds a text of its own; a detached one is wanted")
}
depth == 4 { signers++ }
depth == 6 && text ~ /^OBJECT/ && digest == "" {
	digest = substr(text, 8)
}
depth == 7 && text ~ /^OBJECT/ { attribute = substr(text, 8) }
depth == 7 && attribute == "S/MIME Capabilities" { capabilities = NR }
depth == 8 && attribute == "signingTime" && text ~ /TIME:/ {
	time = substr(text, index(text, ":") + 1)
}
END {
	if (failed)
		exit
	if (last != "SET" || part < 4)
		bad("it has no signer")
	else if (signers != 1)
		bad("it has " signers " signers; one is wanted")
	else if (certificates == "")
		bad("it comes without the certificate")
	else if (digest !~ /^sha(256|384|512)$/)
		bad("its digest is " digest "; let it be SHA-256, 384 or 512")
	else if (capabilities)
		bad("it has S/MIME capabilities, which the kernel does not take; make it with -nosmimecap")
	else
		print time, certificates
}
