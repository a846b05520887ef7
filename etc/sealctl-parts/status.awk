# SPDX-License-Identifier: GPL-2.0
# What the seal says of itself, for somebody who reads it.

function door_line(door,    reasons) {
	reasons = reason[door]
	sub(/^ /, "", reasons)
	printf "%-18s %-5s %8s%s%s\n", door, state[door], refused[door] + 0,
		audited ? sprintf(" %13s", would[door] + 0) : "",
		reasons == "" ? "" : "  " reasons
}
function lines(what, line, n,    i) {
	if (no_log)
		print what ": the kernel log cannot be read"
	else
		print what ":" (n ? "" : " none in the kernel log")
	for (i = 1; i <= n; i++)
		print "  " line[i]
}
function set_line(kind) {
	printf "%-18s serial %s, %s digests, signer %s\n", kind,
		fact[kind, "serial"], fact[kind, "count"],
		fact[kind, "signer"]
}
function learn(kind, key, value) {
	if (!(kind in live)) {
		live[kind]
		kinds[++n_kinds] = kind
	}
	fact[kind, key] = value
}
{
	key = $0
	sub(/:.*/, "", key)
	value = substr($0, length(key) + 3)
	split(key, part, ".")
}
FILENAME ~ /refusals$/ { last[++n_last] = $0; next }
FILENAME ~ /audited$/ { passed[++n_passed] = $0; next }
FILENAME ~ /live$/ { learn(part[1], part[2], value); next }
part[1] == "manifest" { learn(part[2], part[3], value); next }
key == "since" || key == "version" || key == "state" ||
key == "level" || key == "keep" || key == "on_broken" {
	said[key] = value
	next
}
key ~ /^hook/ { next }
key ~ /^watch\.(interval|rounds|took_us)$/ { said[key] = value; next }
sub(/^door\./, "", key) { doors[++n_doors] = key; state[key] = value; next }
key == "mode" { audits = value == "audit"; next }
sub(/^refused\./, "", key) { refused[key] = value; next }
sub(/^would_refuse\./, "", key) {
	would[key] = value
	audited = 1
	next
}
sub(/^lockdown\./, "", key) {
	reason[value] = reason[value] " " key
	next
}
sub(/^hole\./, "", key) {
	# mawk formats 8 KB at most, and paths can be longer
	holes[++n_holes] = sprintf("%-18s ", "hole " key) value
	next
}
{ others[++n_others] = $0 }
END {
	print said["state"] " since " said["since"] " (seal " said["version"] ")" \
		(audits ? ": nothing is refused" : "")
	if (n_doors)
		printf "%-18s %-5s %8s%s  %s\n", "door", "state", "refused",
			audited ? sprintf(" %13s", "would refuse") : "",
			"lockdown reason"
	for (i = 1; i <= n_doors; i++)
		door_line(doors[i])
	if ("level" in said)
		printf "%-18s %s, kept open: %s\n", "level",
			said["level"], said["keep"]
	for (i = 1; i <= n_holes; i++)
		print holes[i]
	for (i = 1; i <= n_kinds; i++)
		set_line(kinds[i])
	if ("watch.rounds" in said)
		printf "%-18s every %s s, %s rounds, the last took %s us, on_broken: %s\n",
			"watch", said["watch.interval"],
			said["watch.rounds"], said["watch.took_us"],
			said["on_broken"]
	for (i = 1; i <= n_others; i++)
		print others[i]
	lines("last refusals", last, n_last)
	if (audits)
		lines("last that would have been refused", passed, n_passed)
}
