# SPDX-License-Identifier: GPL-2.0
# The grammar of seal/manifest_text.c, for a preview that needs no kernel.
# Fails after a line to stderr, or writes "KIND SERIAL ENTRIES" (serial 0 if
# there is none). Digests go to the file $digests, in lower case.

function bad(why) {
	print "line " FNR ": " why
	failed = 1
	exit 1
}
function fits_64_bits(number) {
	return length(number) < 20 || (length(number) == 20 &&
		number "" <= "18446744073709551615")
}
function once_and_early(said) {
	if (entries || args)
		bad("it comes too late: serial and kind stand before all digests and arguments")
	if (said)
		bad("it says a second time what may be said once")
}
# Words end at a blank outside of double quotes.
function good_args(rest,    i, c, word, quoted, words) {
	if (rest !~ /^[ -~]*$/)
		return 0
	rest = rest " "
	for (i = 1; i <= length(rest); i++) {
		c = substr(rest, i, 1)
		if (c == "\"")
			quoted = !quoted
		if (c != " " || (quoted && i < length(rest))) {
			word = word c
			continue
		}
		if (word == "")
			continue
		if (word !~ /^[A-Za-z0-9_.-]+(=.*)?$/)
			return 0
		words++
		word = ""
	}
	return words
}
function remark(line,    word, value) {
	word = tolower(line)
	sub(/^[# \t]*/, "", word)
	if (word !~ /^(serial|kind|args)[ \t]*[:=]/)
		return
	sub(/[ \t]*[:=].*/, "", word)
	if (substr(line, 1, length(word) + 4) != "# " word ": " ||
	    length(line) < length(word) + 5)
		bad("it is nearly one of the remarks \"# serial: N\", \"# kind: KIND\", \"# args: MODULE ...\", which must be written exactly so")
	if (line ~ /\r$/)
		bad("it ends in a carriage return (remove DOS line ends)")
	value = substr(line, length(word) + 5)
	if (word == "serial") {
		once_and_early(serial != "0")
		if (value !~ /^[1-9][0-9]*$/ || !fits_64_bits(value))
			bad("its serial is no number from 1 to 18446744073709551615 without leading zeros")
		serial = value
	} else if (word == "kind") {
		once_and_early(has_kind)
		if (value !~ /^(modules|programs|revoked)$/)
			bad("its kind is none of modules, programs, revoked")
		kind = value
		has_kind = 1
	} else {
		if (kind != "modules" ||
		    value !~ /^[A-Za-z0-9_.-]+ / ||
		    !good_args(substr(value, index(value, " "))))
			bad("it is not \"# args: MODULE NAME|NAME=VALUE...\" in printable ASCII in a manifest of modules")
		args++
	}
}
function entry(line,    marked, hex, name) {
	marked = sub(/^\\/, "", line)
	hex = line
	sub(/[^0-9A-Fa-f].*/, "", hex)
	if (length(hex) != 64)
		bad("it does not begin with a SHA-256 digest in hexadecimal")
	name = substr(line, 67)
	if (substr(line, 65, 2) !~ /^ [ *]$/)
		bad("its digest is not followed by two spaces, or a space and an asterisk")
	if (name == "")
		bad("it names no file")
	if (marked) {
		gsub(/\\[\\nr]/, "", name)
		if (index(name, "\\"))
			bad("its file name has a backslash that is not \\\\, \\n or \\r")
	}
	entries++
	print tolower(hex) >digests
}
BEGIN { kind = "modules"; serial = "0"; entries = 0 }
length($0) > 16384 { bad("it is too long") }
/^[ \t]*$/ { next }
/^#/ { remark($0); next }
/\r$/ { bad("it ends in a carriage return (remove DOS line ends)") }
{ entry($0) }
END {
	if (failed)
		exit 1
	if (!entries && kind != "revoked") {
		print "the manifest lists nothing"
		exit 1
	}
	print kind, serial, entries
}
