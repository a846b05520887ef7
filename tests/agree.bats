# SPDX-License-Identifier: GPL-2.0
# One grammar: what tests/unit/manifest_table.h says of each text, and
# insmod-guard is held to by the unit suites, the kernel says too.

load helpers

# The seal takes a good manifest in; that it does not go on then is
# failstep's doing, which answers with this in the next step.
NEXT_STEP=-51 NEXT_STEP_TEXT="Level 2 halted"

setup_file() {
	local rows=$BATS_FILE_TMPDIR/rows unit=$SEAL_TOP/tests/unit
	mkdir "$rows"
	"${CC:-cc}" -std=gnu11 -O1 -I"$SEAL_TOP/seal" -I"$unit" \
		-o "$BATS_FILE_TMPDIR/manifest_rows" \
		"$unit/manifest_rows.c" "$SEAL_TOP/seal/manifest_text.c"
	"$BATS_FILE_TMPDIR/manifest_rows" "$rows"
	vm_boot --tree "$rows:/rows"
	vm_ok "chown -R 0:0 /rows; chmod -R go-w /rows"
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# verdicts(SUFFIX, PARAMETER) - for each such row a line, to the file so named:
# its number, what insmod said, what the log said. A few rows at a time, for
# the machine may be slow.
verdicts() {
	local digit
	for digit in 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19; do
		vm_ok "cd /rows; for row in $digit*.$1; do
			[ -f \$row ] || continue
			kmod-insmod /seal.ko $2=/rows/\$row 2>/tmp/said
			echo \"\${row%.*} \$(sed 's/.*could not insert module [^:]*: //' /tmp/said):\$(
				dmesg | sed -n \"s,^.*seal: parameter $2=.*/\$row.: ,,p\")\"
		done"
		cat "$VM_DIR/out" >>"$BATS_FILE_TMPDIR/$1.$2"
	done
}

@test "what is good the kernel takes, as the kind that it is" {
	local row rows=$BATS_FILE_TMPDIR/rows kind fits other count=0
	vm_ok "kmod-insmod /failstep.ko function=seal:status_init nth=0 \
		error=$NEXT_STEP"
	verdicts good manifest
	verdicts good revoked
	vm_ok "rmmod failstep"
	for row in "$rows"/*.good; do
		row=$(basename "$row" .good)
		read -r kind _ < <(sed -n 2p "$rows/$row.what")
		count=$((count + 1))
		fits=none
		[ "$kind" != modules ] || fits=manifest
		[ "$kind" != revoked ] || fits=revoked
		for other in manifest revoked; do
			if [ "$other" = "$fits" ]; then
				grep -x "$row $NEXT_STEP_TEXT:" \
					"$BATS_FILE_TMPDIR/good.$other"
			else
				grep "^$row Invalid parameters:it is of another kind" \
					"$BATS_FILE_TMPDIR/good.$other"
			fi || fail "$other=: $kind: $(cat "$rows/$row.what"
				grep "^$row " "$BATS_FILE_TMPDIR/good.$other")" ||
				return
		done
	done
	echo "$count rows"
	[ "$count" -ge 40 ]
}

@test "what is bad the kernel refuses, for the same reason in the same line" {
	local row rows=$BATS_FILE_TMPDIR/rows count=0 said why
	verdicts bad manifest
	for row in "$rows"/*.bad; do
		why=$(sed -n 2p "${row%.bad}.what")
		count=$((count + 1))
		[ -s "$row" ] || why="it is empty"
		row=$(basename "$row" .bad)
		said=$(sed -n "s/^$row Invalid parameters://p" \
			"$BATS_FILE_TMPDIR/bad.manifest")
		[ "$said" = "$why" ] ||
			fail "$(cat "$rows/$row.what"
				grep "^$row " "$BATS_FILE_TMPDIR/bad.manifest")" ||
			return
	done
	echo "$count rows"
	[ "$count" -ge 100 ]
}
