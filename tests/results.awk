# SPDX-License-Identifier: GPL-2.0
#
# The lines of a results file of tests/results.bash, as new logs would have them.
# Of its input, "phase" says what it is: "all" that is tried today, as everything()
# tells it; "old", the lines of the file; "log", that of the suite "suite".
# Only what is tried today is left. What was said of a suite is replaced by its
# log; of one that broke off, all that it lacks has failed.

# tested(I) - by two tests, the one that goes through and the one that does not
function tested(i,	open, shut) {
	open = found[through[i]]
	shut = found[against[i]]
	if (open == "failed" || shut == "failed")
		return "failed"
	if (open == "ok" || shut == "ok")
		return open == shut ? "refused" : "failed"
	if (open shut == "")
		return broke_off(suites[i, 1]) || broke_off(suites[i, 2]) ? \
			"failed" : ""
	return open != "" ? open : shut
}

# noted(I) - by notes of tests/lockdown.bats, each way's own
function noted(i,	way, open, shut) {
	way = name[i]
	open = (way, "control") in note
	shut = (way, "refused") in note
	if ((way, "failed") in note)
		return "failed"
	if (open || shut)
		return open && shut ? "refused" : "failed"
	if ((way, "untried") in note)
		return "skipped " note[way, "untried"]
	if (bad["lockdown"] || broke_off("lockdown"))
		return "failed"
	# if there are any, they are those of a suite that did not know this way
	return notes ? "" : left_out["lockdown"]
}

function broke_off(suite) {
	return !counted[suite] || without_machine[suite]
}

phase == "all" {
	split($0, field, "\t")
	what[++n] = field[1] " " field[2]
	kind[n] = field[1]
	name[n] = field[2]
	suites[n, 1] = field[3]
	suites[n, 2] = field[5]
	through[n] = field[3] "\t" field[4]
	against[n] = field[5] "\t" field[6]
}

phase == "old" && / (refused|failed|skipped [^ ].*)$/ {
	verdict = $0
	sub(/^[^ ]* [^ ]* /, "", verdict)
	old[$1 " " $2] = verdict
}

phase == "log" {
	ran[suite] = 1
	# its last line
	counted[suite] = /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/
}

phase == "log" && /^# way / {
	why = $0
	sub(/^# way [^ ]* untried /, "", why)
	note[$3, $4] = why
	notes++
}

phase == "log" && /^(not )?ok [0-9]+ / {
	verdict = "ok"
	if (/^not ok/) {
		verdict = "failed"
		bad[suite] = 1
	} else if (/ # skip/) {
		verdict = $0
		sub(/.* # skip */, "skipped ", verdict)
		if (!(suite in left_out))
			left_out[suite] = verdict
	}
	test = $0
	sub(/^(not )?ok [0-9]+ [^:]*: /, "", test)
	sub(/ # skip.*/, "", test)
	found[suite "\t" test] = verdict
	if (test == "setup_file failed")
		without_machine[suite] = 1
}

END {
	for (i = 1; i <= n; i++) {
		verdict = old[what[i]]
		if (ran[suites[i, 1]] && ran[suites[i, 2]])
			verdict = kind[i] == "way" ? noted(i) : tested(i)
		if (verdict != "")
			print what[i], verdict
	}
}
