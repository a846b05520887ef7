# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # status, output, keys and root are set elsewhere
# sealctl's preview of a manifest and the kernel's own parser agree.

load sealctl

setup_file() {
	sealctl_setup_file
	"${CC:-cc}" -Wall -Wextra -Werror -I"$BATS_TEST_DIRNAME/../../seal" \
		-o "$BATS_FILE_TMPDIR/grammar" \
		"$BATS_TEST_DIRNAME/sealctl_grammar.c" \
		"$BATS_TEST_DIRNAME/../../seal/manifest_text.c"
}

setup() {
	sealctl_setup
	hex=$(printf '%064x' 1000)
}

# preview() - what sealctl makes of the text m, in the words of the program
preview() {
	raw_sign m -nosmimecap -md sha256
	run timeout -k 1 30 "$sealctl" verify --root "$here" \
		--cert "$keys/rsa.crt" m
	if [[ $output =~ m:\ line\ ([0-9]+): ]]; then
		echo "line ${BASH_REMATCH[1]}"
	elif [[ $output == *"the manifest lists nothing"* ]]; then
		echo empty
	elif [[ $output =~ ^m:\ ([a-z]+),\ serial\ ([0-9]+),\ ([0-9]+)\ digests ]]
	then
		echo "${BASH_REMATCH[*]:1}"
	else
		echo "no answer: $output"
	fi
}

# same(TEXT...) - they agree on each, with a digest before and behind it
same() {
	local text kernel
	for text; do
		printf '%b' "$text" >m
		kernel=$("$BATS_FILE_TMPDIR/grammar" <m)
		[ "$(preview)" = "$kernel" ] ||
			{ echo "$text: the kernel says $kernel: $output"; return 1; }
	done
}

# taken(TEXT...), refused_text(TEXT...) - and it is this that they agree on
taken() {
	same "$@" || return
	[[ $("$BATS_FILE_TMPDIR/grammar" <m) == *" "*" "* ]]
}

bad() {
	local text
	for text; do
		same "$text" || return
		[[ $("$BATS_FILE_TMPDIR/grammar" <m) != *" "*" "* ]] ||
			{ echo "$text is taken"; return 1; }
	done
}

@test "entries that both take" {
	taken "$hex  a\n" "$hex *a" "${hex^^}  a" "\\\\$hex  a\\\\\\\\b\\\\nc\\\\rd" \
		"$hex   " "$hex  a\rb" "\n \t\n$hex  ü\n\n" "$hex  a\\\\b" \
		"$hex  \xff\n$hex  a\n"
}

@test "entries that both refuse" {
	bad "$hex" "$hex " "$hex  " "$hex a" "$hex\ta" " $hex  a" "${hex}0  a" \
		"${hex:1}  a" "${hex:0:32}  a" "${hex:0:40}  a" \
		"$hex$hex  a" "$hex${hex:0:32}  a" "g${hex:1}  a" \
		"\\\\$hex  a\\\\b" "\\\\$hex  a\\\\" "\\\\\\\\$hex  a" \
		"$hex  a\r\n" "SHA256 (a) = $hex" "x\n" "\r\n" "$hex  a\nx\n" \
		"-\n" "\\\\\n"
}

@test "remarks that both take" {
	taken "# serial: 1\n$hex  a" "# serial: 18446744073709551615\n$hex  a" \
		"# kind: modules\n# serial: 7\n$hex  a" \
		"# kind: programs\n$hex  a" "# kind: revoked\n" \
		"# kind: revoked\n# serial: 3\n$hex  a" \
		"# args: m a\n$hex  a" "$hex  a\n# args: m a=1 b=* c" \
		"# args: m a=\"x y z\" b\n$hex  a" "# args: m a=\"x y\n$hex  a" \
		"# args: m-o_d.1  a.b=  \n$hex  a" "# args: m a=\"x y \n$hex  a" \
		"# serially: 1\n$hex  a" "# a serial: 1\n$hex  a" "#\n$hex  a" \
		"# serial\n$hex  a" "# kinder: x\n$hex  a" "#args x\n$hex  a" \
		"# a comment\r\n$hex  a"
}

@test "remarks that both refuse" {
	local word
	bad "# serial: 0\n$hex  a" "# serial: 01\n$hex  a" "# serial: \n$hex  a" \
		"# serial: 18446744073709551616\n$hex  a" \
		"# serial: 28446744073709551615\n$hex  a" \
		"# serial: 118446744073709551615\n$hex  a" \
		"# serial: -1\n$hex  a" "# serial: 1 \n$hex  a" \
		"# serial:  1\n$hex  a" "# serial: 1\r\n$hex  a" \
		"# serial: 1\n# serial: 1\n$hex  a" "$hex  a\n# serial: 1\n" \
		"# kind: module\n$hex  a" "# kind: Modules\n$hex  a" \
		"# kind: modules\n# kind: modules\n$hex  a" \
		"$hex  a\n# kind: modules\n" "# args: m a\n# serial: 1\n$hex  a" \
		"# kind: programs\n" "# kind: modules\n" \
		"# kind: revoked\n# args: m a\n" "# args: m\n$hex  a" \
		"# args: m \n$hex  a" "# args:  m a\n$hex  a" \
		"# args: m =1\n$hex  a" "# args: m a,b=1\n$hex  a" \
		"# args: m a=ü\n$hex  a" "# args: m/o a\n$hex  a" \
		"# args: m a=1\tb\n$hex  a" "# args: m \"a b\"\n$hex  a" \
		"# args: m\ta\n$hex  a" "# args: m a=1\r\n$hex  a"
	for word in '#serial: 1' '#  serial: 1' '##serial: 1' '# Serial: 1' \
		'# serial : 1' '# serial=1' '# serial:1' '#\tserial: 1' \
		'# serial:' '#KIND:revoked' '# kind = revoked' '# # kind: x' \
		'# ARGS: m a' '# args:m a'; do
		bad "$word\n$hex  a"
	done
}

@test "long lines and none" {
	taken "$hex  $(printf '%016318d' 0)\n"
	[ "$(wc -c <m)" -eq 16385 ]
	bad "$hex  $(printf '%016319d' 0)\n" "#$(printf '%016384d' 0)\n$hex  a"
	bad "\n" "# mine\n" "\n\n\t\n"
}
