# SPDX-License-Identifier: GPL-2.0
# The tree of the keys, parted at their dots. What is known to be a number, a
# truth, a list, a text in quotes becomes one, if it looks like it; what is not
# known stays the string that it is.

function code_of(hex,    i, n) {
	for (i = 1; i <= length(hex); i++)
		n = n * 16 - 1 + index("0123456789abcdef",
			tolower(substr(hex, i, 1)))
	return n
}
function octal(digits,    i, n) {
	for (i = 1; i <= length(digits); i++)
		n = n * 8 + substr(digits, i, 1)
	return n
}
# The bytes of a text to byte[]; returns how many. The kernel writes \xHH,
# and where it is vsprintf() that quotes (%pE) \n and the like and \OOO.
function unescape(text, escaped,    i, n, c, rest) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		rest = substr(text, i + 1, 3)
		byte[++n] = ordinal[c]
		if (!escaped || c != "\\" || rest == "")
			continue
		if (rest ~ /^x[0-9A-Fa-f][0-9A-Fa-f]/) {
			byte[n] = code_of(substr(rest, 2, 2))
			i += 3
		} else if (rest ~ /^[0-3][0-7][0-7]$/) {
			byte[n] = octal(rest)
			i += 3
		} else {
			c = substr(rest, 1, 1)
			byte[n] = c in short ? short[c] : ordinal[c]
			i++
		}
	}
	return n
}
# How many bytes from the i-th one are a character of UTF-8, which becomes
# $code; 0 if none.
function character(i, n,    more, k, least) {
	code = byte[i]
	if (code < 128)
		return 1
	if (code >= 194 && code < 224) {
		more = 1; least = 128; code -= 192
	} else if (code >= 224 && code < 240) {
		more = 2; least = 2048; code -= 224
	} else if (code >= 240 && code < 245) {
		more = 3; least = 65536; code -= 240
	} else
		return 0
	for (k = 1; k <= more; k++) {
		if (i + k > n || byte[i + k] < 128 || byte[i + k] > 191)
			return 0
		code = code * 64 + byte[i + k] - 128
	}
	if (code < least || code > 1114111 ||
	    (code >= 55296 && code < 57344))
		return 0
	return more + 1
}
# A byte that is no UTF-8 becomes what Python calls a surrogate escape.
function quote(text, escaped,    i, n, step, out) {
	n = unescape(text, escaped)
	for (i = 1; i <= n; i += step) {
		step = character(i, n)
		if (!step) {
			out = out sprintf("\\udc%02x", byte[i])
			step = 1
		} else if (code == 34 || code == 92)
			out = out "\\" sprintf("%c", code)
		else if (code >= 32 && code < 127)
			out = out sprintf("%c", code)
		else if (code < 65536)
			out = out sprintf("\\u%04x", code)
		else {
			code -= 65536
			out = out sprintf("\\u%04x\\u%04x",
				55296 + int(code / 1024),
				56320 + code % 1024)
		}
	}
	return "\"" out "\""
}
function is_number(text) {
	return text ~ /^(0|[1-9][0-9]*)$/
}
function number(text) {
	return is_number(text) ? text : quote(text)
}
function truth(text) {
	if (text == "yes" || text == "no")
		return text == "yes" ? "true" : "false"
	return quote(text)
}
function list(text,    i, n, word, out) {
	n = text == "none" ? 0 : split(text, word, " ")
	for (i = 1; i <= n; i++)
		out = out (i > 1 ? ", " : "") quote(word[i])
	return "[" out "]"
}
function plain(text) {
	if (text == "none")
		return "null"
	if (text ~ /^"([^"\\]|\\.)*"$/)
		return quote(substr(text, 2, length(text) - 2), 1)
	return quote(text)
}
# NAME=VALUE NAME="TEXT" ... to the inside of an object; "" if it is not that
function fields(text,    name, value, out) {
	while (text != "") {
		if (!match(text, /^[A-Za-z0-9_]+=("([^"\\]|\\.)*"|[^ "]*)( |$)/))
			return ""
		value = substr(text, 1, RLENGTH)
		text = substr(text, RLENGTH + 1)
		sub(/ $/, "", value)
		name = substr(value, 1, index(value, "=") - 1)
		value = substr(value, length(name) + 2)
		if (name == "ino" || name == "uid")
			value = number(value)
		else
			value = value ~ /^"/ ? plain(value) : quote(value)
		out = out (out == "" ? "" : ", ") quote(name) ": " value
	}
	return out
}
function object(text,    inside) {
	inside = fields(text)
	return inside == "" ? quote(text) : "{" inside "}"
}
# [PREFIX]seal: refused DOOR what="WHAT" by COMM[PID] uid=..., or would refuse
function refusal(line,    out, door, what, who, inside) {
	match(line, /seal: (refused|would refuse) /)
	out = substr(line, 1, RSTART - 1)
	sub(/ *(kernel: )?$/, "", out)
	out = "{\"logged\": " quote(out)
	line = substr(line, RSTART + RLENGTH)
	door = substr(line, 1, index(line, " ") - 1)
	what = line = substr(line, length(door) + 2)
	out = out ", \"door\": " quote(door)
	if (!match(line, /^what="([^"\\]|\\.)*" by [^ []*\[[0-9]+\] /))
		return out ", \"rest\": " quote(line) "}"
	line = substr(line, RLENGTH + 1)
	who = what = substr(what, 1, RLENGTH - 2)
	sub(/^what="([^"\\]|\\.)*" by /, "", who)
	what = substr(what, 6, length(what) - length(who) - 9)
	inside = fields(line)
	if (inside == "")
		inside = "\"rest\": " quote(line)
	return out ", \"what\": " plain(what) \
		", \"comm\": " quote(substr(who, 1, index(who, "[") - 1), 1) \
		", \"pid\": " substr(who, index(who, "[") + 1) \
		", " inside "}"
}
# A key that has others below it, or may have.
function add(key, text, many,    i, n, part, path, parent) {
	n = split(key, part, ".")
	for (i = 1; i <= n; i++) {
		parent = path
		path = path (i > 1 ? "." : "") part[i]
		if (path in name)
			continue
		name[path] = part[i]
		child[parent, ++children[parent]] = path
	}
	if (path in value) {
		value[path] = value[path] ", " text
		several[path]
	} else
		value[path] = text
	if (many)
		several[path]
}
function own(path) {
	return path in several ? "[" value[path] "]" : value[path]
}
function show(path, indent,    i, first) {
	if (path != "" && !children[path]) {
		printf "%s", own(path)
		return
	}
	printf "{"
	if (path in value) {
		printf "\n%s  \"value\": %s", indent, own(path)
		first = 1
	}
	for (i = 1; i <= children[path]; i++) {
		printf "%s\n%s  %s: ", first++ ? "," : "", indent,
			quote(name[child[path, i]])
		show(child[path, i], indent "  ")
	}
	printf "\n%s}", indent
}
BEGIN {
	for (i = 1; i < 256; i++)
		ordinal[sprintf("%c", i)] = i
	short["a"] = 7; short["n"] = 10; short["t"] = 9; short["v"] = 11
	short["f"] = 12; short["r"] = 13; short["e"] = 27; short["0"] = 0
}
FILENAME ~ /refusals$/ { add("refusals", refusal($0), 1); next }
FILENAME ~ /audited$/ {
	if (audits)
		add("audited", refusal($0), 1)
	next
}
{
	key = $0
	sub(/:.*/, "", key)
	text = substr($0, length(key) + 3)
}
FILENAME ~ /status$/ { seen[key] }
FILENAME ~ /status$/ && key == "mode" { audits = text == "audit" }
# The node and the status say the same of the live sets.
FILENAME ~ /live$/ {
	key = "manifest." key
	if (key in seen)
		next
}
key == "hooks" || key == "protected.files" ||
key ~ /^(refused|would_refuse)\.[^.]*$/ ||
key ~ /^watch\.(interval|rounds|took_us)$/ ||
key ~ /^manifest\.[^.]*\.(serial|count)$/ { add(key, number(text)); next }
key == "trust_signed" || key == "broken.slipped_in" {
	add(key, truth(text))
	next
}
key == "keep" || key == "raw_access" || key == "hooked" ||
key == "protected.devices" || key == "broken.now" ||
key == "passed_by" || key == "untried" { add(key, list(text)); next }
key == "broken" { add("broken.ever", list(text)); next }
key == "protected" { add("protected.paths", plain(text), 1); next }
key == "key" || key ~ /^manifest\.[^.]*\.signer$/ {
	add(key, plain(text))
	next
}
key ~ /^hole\.[^.]*$/ { add(key, object(text), 1); next }
{ add(key, quote(text)) }
# A list that may be empty; null if there is no log to have it from.
function close_list(key) {
	if (no_log)
		add(key, "null")
	else if (!(key in name))
		add(key, "", 1)
}
END {
	close_list("refusals")
	if (audits)
		close_list("audited")
	show("", "")
	print ""
}
