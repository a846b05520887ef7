# SPDX-License-Identifier: GPL-2.0
# A certificate as openssl describes it, to one line: ok, or why not. The
# kernel's x509_note_sig_algo() and x509_extract_key_data() know no others,
# and its rsa_check_key_length() no other lengths.

function value() {
	sub(/^[^:]*: */, "")
	return $0
}
/^ *Signature Algorithm:/ && signed == "" { signed = value() }
/^ *Public Key Algorithm:/ { key = value() }
/^ *(RSA )?Public-Key:/ { bits = value(); gsub(/[^0-9]/, "", bits) }
/^ *ASN1 OID:/ { curve = value() }
END {
	if (signed !~ /^sha(256|384|512)WithRSAEncryption$/ &&
	    signed !~ /^ecdsa-with-SHA(256|384|512)$/)
		print "it is signed with " signed ", which is weak or unknown to the kernel; let it be RSA or ECDSA with SHA-256, 384 or 512"
	else if (key == "rsaEncryption" && bits != 2048 &&
		 bits != 3072 && bits != 4096)
		print "its RSA key has " bits " bits; the kernel takes 2048, 3072 or 4096"
	else if (key == "id-ecPublicKey" && curve != "prime256v1" &&
		 curve != "secp384r1")
		print "its curve is " (curve ? curve : "unnamed") "; the kernel takes P-256 (prime256v1) or P-384 (secp384r1)"
	else if (key != "rsaEncryption" && key != "id-ecPublicKey")
		print "its key is " key "; the kernel takes RSA or ECDSA"
	else
		print "ok"
}
