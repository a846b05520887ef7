# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# a manifest and its signature take the place of others

# put(NEW, FILE) - copies NEW to a file beside FILE, which its caller renames;
# sets $beside
put() {
	beside=$(mktemp -p "${2%/*}" --suffix=.sealctl) ||
		die "cannot write in ${2%/*}; nothing is changed"
	temporary="$temporary$beside$NEWLINE"
	if ! cat "$1" >"$beside" || ! chmod 0644 "$beside" ||
	   ! sync "$beside"; then
		die "cannot write $beside; nothing is changed"
	fi
}

# lock(DIRECTORY) - the lock is seal-manifest's too
lock() {
	command exec 9<"$1" || die "$1 cannot be opened"
	flock -n 9 || die "another sealctl or a seal-manifest is at work in $1"
	rm -f "$1"/tmp.??????????.sealctl	# of one that was killed
}

# replace(MANIFEST, P7S) - what stands as text (if it is new) and text.p7s in
# $work takes the place of both.
#
# The manifest comes first. Whatever ends us in between leaves the new text
# beside the old signature, which does not fit it: nobody takes that pair, and
# signing again mends it. The other way round would do that too, but then the
# text still had its old serial, and the one that was just given, and signed,
# could be given to another text.
replace() {
	new_text='' new_signature=''
	if ! cmp -s "$work/text" "$1"; then
		put "$work/text" "$1"
		new_text=$beside
	fi
	put "$work/text.p7s" "$2"
	new_signature=$beside
	if [ -n "$new_text" ]; then
		mv -fT "$new_text" "$1" || die "cannot write $1; nothing is changed"
		sync "${1%/*}"
	fi
	mv -fT "$new_signature" "$2" ||
		die "cannot write $2; what is there does not fit $1 any more"
	sync "${2%/*}"
}
