# SPDX-License-Identifier: GPL-2.0
# What the seal has let pass with mode=audit: of each door how often, by its
# status, and from the kernel log by what it would be allowed. A line for each
# door and parameter, with tabs: door, count, parameter, how often the log has
# that, who and what it was the last time.

FILENAME ~ /status$/ {
	if (sub(/^would_refuse\./, "")) {
		door = $0
		sub(/:.*/, "", door)
		number = substr($0, length(door) + 3)
		if (number + 0) {
			doors[++n_doors] = door
			count[door] = number
		}
	}
	next
}
# One that was before this one had other parameters.
/^[^"]*seal: mode=audit, nothing is refused:/ {
	split("", n_allows)
	split("", times)
	next
}
match($0, /^[^"]*seal: would refuse [^ "]+ what="/) {
	line = $0
	sub(/^[^"]*seal: would refuse /, "", line)
	door = substr(line, 1, index(line, " ") - 1)
	line = substr(line, length(door) + 2)
	if (!match(line, /^what="([^"\\]|\\.)*" by [^ []*\[[0-9]+\] /))
		next
	who = substr(line, 1, RLENGTH - 1)
	line = substr(line, RLENGTH + 1)
	if (!match(line, / allow="[^"]*"$/))
		next
	allow = substr(line, RSTART + 8, RLENGTH - 9)
	if (!times[door, allow]++)
		allows[door, ++n_allows[door]] = allow
	match(who, /" by [^"]*$/)
	last[door, allow] = substr(who, RSTART + 5) ", " \
		substr(who, 1, RSTART)
}
END {
	for (i = 1; i <= n_doors; i++) {
		door = doors[i]
		for (k = 1; k <= n_allows[door]; k++) {
			allow = allows[door, k]
			print door "\t" count[door] "\t" allow "\t" \
				times[door, allow] "\t" last[door, allow]
		}
		if (!n_allows[door])
			print door "\t" count[door] "\t\t0\t"
	}
}
