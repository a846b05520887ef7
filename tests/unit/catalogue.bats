# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2016,SC2154 # Markdown; run sets status and output
# What tests/catalogue takes from the logs of tests/matrix, keeps in docs/results,
# and makes a page of: in a small tree with attacks, ways and doors of its own.

setup() {
	local top
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	unset SEAL_KERNEL_LIST
	export SEAL_MATRIX=$BATS_TEST_TMPDIR/matrix
	export SEAL_CHROOTS=$BATS_TEST_TMPDIR/chroots
	mkdir "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree" || return
	mkdir -p tests/attacks docs seal
	cp "$top"/tests/{catalogue,results.bash,results.awk,attacks.bash} tests/
	attack first "the first"
	attack second "the second: again"
	printf '%s\n' '# a comment' \
		'new amd64 newest newest amd64' 'old amd64 oldest oldest amd64' \
		>tests/kernels
	cat >tests/lockdown.bash <<-'END'
		INTEGRITY='kexec msr'
		CONFIDENTIALITY=perf
		WAYS='
		kexec	kexec	EPERM
		kexec	kexec-file	EPERM	config:KEXEC_FILE
		msr	msr	EPERM	arch:amd64
		'
		DECIDED=
		WITHOUT='
		perf	no counters
		'
		OWN="
		module-load | load | it loads | load | it does not
		uio | lockdown | both | lockdown | both
		"
	END
	printf '\t[DOOR_%s]\t= "%s",\n' LOAD module-load UIO uio >seal/audit.c
	printf '@test "%s" {\n' "it loads" "it does not" >tests/load.bats
	printf '@test "%s" {\n' both >tests/lockdown.bats
	newest_headers kexec msr perf
	attacked old 1.2-amd64
	tests/catalogue
}

# newest_headers(REASON...) - newer than any that the machine has
newest_headers() {
	local dir=$SEAL_CHROOTS/newest/usr/src/linux-headers-99.9/include/linux
	mkdir -p "$dir"
	{
		echo 'enum lockdown_reason {'
		printf '\tLOCKDOWN_%s,\n' "${@^^}"
		echo '};'
	} >"$dir/security.h"
}

# attack(NAME, TITLE)
attack() {
	printf '# %s\n' "title: $2" "promise: P4" "refused: EPERM" \
		>"tests/attacks/$1"
}

# ran(KERNEL, VERSION, SUITE, LINE...) - the suite's log; a line is "ok: TITLE",
# "not ok: TITLE", or something else of it
ran() {
	mkdir -p "$SEAL_MATRIX/$1"
	echo "$2" >"$SEAL_MATRIX/$1/version"
	printf '%s\n' "${@:4}" | sed "s/^\(not ok\|ok\): /\1 7 $1: /" \
		>"$SEAL_MATRIX/$1/$3.log"
}

# attacked(KERNEL, VERSION) - the first attack has not got through, the other lacks
# something
attacked() {
	ran "$1" "$2" attacks 'ok: unsealed: the first' 'ok: sealed: the first' \
		'ok: unsealed: the second: again # skip needs Linux 9.9' \
		'ok: sealed: the second: again # skip needs Linux 9.9' \
		'# ok 3 old: unsealed: the second: again # skip needs Linux 9.9' \
		'2 passed, 0 failed, 2 skipped'
}

# has(KERNEL, LINE...) - its results, and no others
has() {
	diff "docs/results/$1" <(printf '%s\n' "${@:2}")
}

# tells(LINE) - the page does
tells() {
	grep -xF -- "$1" docs/attacks.md || {
		cat docs/attacks.md
		return 1
	}
}

# complains(REGEX) - the check fails, and says so
complains() {
	run tests/catalogue --check
	echo "$output"
	[ "$status" -ne 0 ] && grep -qE -- "$1" <<<"$output"
}

@test "attacks: what is refused, what is skipped, and why" {
	has old 1.2-amd64 'attack first refused' \
		'attack second skipped needs Linux 9.9'
	tests/catalogue --check
}

@test "attacks: one test of the two is not enough" {
	local open shut
	for open in 'ok:' 'not ok:'; do
		for shut in 'ok:' 'not ok:' ''; do
			[ "$open$shut" != ok:ok: ] || continue
			ran old 1.2-amd64 attacks "$open unsealed: the first" \
				${shut:+"$shut sealed: the first"} \
				'1 passed, 1 failed, 0 skipped'
			tests/catalogue
			has old 1.2-amd64 'attack first failed'
		done
	done
	ran old 1.2-amd64 attacks 'ok: unsealed: the first' \
		'ok: sealed: the first # skip no sun' \
		'1 passed, 0 failed, 1 skipped'
	tests/catalogue
	has old 1.2-amd64 'attack first failed'
}

@test "a suite that broke off, or had no machine, has failed" {
	ran old 1.2-amd64 attacks 'ok: unsealed: the first' 'ok: sealed: the first'
	tests/catalogue
	has old 1.2-amd64 'attack first refused' 'attack second failed'
	ran old 1.2-amd64 attacks 'not ok: setup_file failed' \
		'0 passed, 1 failed, 0 skipped'
	tests/catalogue
	has old 1.2-amd64 'attack first failed' 'attack second failed'
}

@test "ways are told by the notes of each" {
	ran old 1.2-amd64 lockdown '# way kexec control' \
		'# way kexec-file untried lacks CONFIG_KEXEC_FILE, untried so far' \
		'# way msr control' '# way kexec refused EPERM' \
		'# way msr refused EPERM' 'ok: both' \
		'# way msr failed' 'not ok: all' '1 passed, 1 failed, 0 skipped'
	tests/catalogue
	has old 1.2-amd64 'attack first refused' \
		'attack second skipped needs Linux 9.9' 'way kexec refused' \
		'way kexec-file skipped lacks CONFIG_KEXEC_FILE, untried so far' \
		'way msr failed' 'door uio refused'
}

@test "ways: one that is open only, or not tried since one before it failed" {
	ran old 1.2-amd64 lockdown '# way kexec control' 'not ok: both' \
		'0 passed, 1 failed, 0 skipped'
	tests/catalogue
	grep -x 'way kexec failed' docs/results/old
	grep -x 'way msr failed' docs/results/old
	grep -x 'door uio failed' docs/results/old
}

@test "ways: a suite that is skipped, one that did not know them" {
	ran old 1.2-amd64 lockdown 'ok: both # skip no seal here' \
		'0 passed, 0 failed, 1 skipped'
	tests/catalogue
	grep -x 'way msr skipped no seal here' docs/results/old
	grep -x 'door uio skipped no seal here' docs/results/old
	ran old 1.2-amd64 lockdown '# way kexec control' \
		'# way kexec refused EPERM' 'ok: both' 'ok: BPF # skip no BPF' \
		'1 passed, 0 failed, 1 skipped'
	tests/catalogue
	grep -x 'way kexec refused' docs/results/old
	run grep -c '^way' docs/results/old
	[ "$output" = 1 ]
}

@test "what another suite saw before stays, without its logs, too" {
	rm -r "$SEAL_MATRIX"
	ran old 1.2-amd64 load 'ok: it loads' 'ok: it does not' \
		'2 passed, 0 failed, 0 skipped'
	tests/catalogue
	has old 1.2-amd64 'attack first refused' \
		'attack second skipped needs Linux 9.9' 'door module-load refused'
	rm -r "$SEAL_MATRIX"
	tests/catalogue
	grep -x 'door module-load refused' docs/results/old
	grep -x 'attack first refused' docs/results/old
}

@test "of a new version nothing of the old is told, of an older one nothing at all" {
	rm -r "$SEAL_MATRIX"
	ran old 1.10-amd64 load 'ok: it loads' 'ok: it does not' \
		'2 passed, 0 failed, 0 skipped'
	tests/catalogue
	has old 1.10-amd64 'door module-load refused'
	attacked old 1.9-amd64
	run tests/catalogue
	[ "$status" -eq 0 ]
	[[ $output == *"of 1.10-amd64: nothing of 1.9-amd64 is taken in"* ]]
	has old 1.10-amd64 'door module-load refused'
}

@test "kernels keep to their own files, those of no list have none" {
	attacked new 3.4-amd64
	attacked debug 5.6-amd64
	cp docs/results/old before
	tests/catalogue
	cmp docs/results/old before
	has new 3.4-amd64 'attack first refused' \
		'attack second skipped needs Linux 9.9'
	[ ! -e docs/results/debug ]
}

@test "an attack that is no more has no result" {
	rm -r "$SEAL_MATRIX" tests/attacks/first
	complains 'docs/results/old is not of today'
	tests/catalogue
	has old 1.2-amd64 'attack second skipped needs Linux 9.9'
	tests/catalogue --check
}

@test "the page has all kernels and what they did" {
	attacked new 3.4-amd64
	ran new 3.4-amd64 load 'not ok: it loads' 'ok: it does not' \
		'1 passed, 1 failed, 0 skipped'
	tests/catalogue
	tells '| `new` | 3.4-amd64 | held 1, not tried 1 | not yet | FAILED 1, not yet 1 |'
	tells '| `old` | 1.2-amd64 | held 1, not tried 1 | not yet | not yet |'
	tells '| [the first](../tests/attacks/first) | EPERM | held on 2 |'
	tells '| [the second: again](../tests/attacks/second) | EPERM | not tried on 2 (needs Linux 9.9) |'
	tells '| `kexec` | integrity | `kexec` | EPERM | not yet |'
	grep -E '^\| `module-load` .* \| FAILED on new \|$' docs/attacks.md
	sed -i 's/ 9\.9$/ 8.8/' docs/results/old
	tests/catalogue --check && return 1
	rm -r "$SEAL_MATRIX" docs/results/new
	tests/catalogue
	tells '| `new` |  | not yet | not yet | not yet |'
	tells '| [the second: again](../tests/attacks/second) | EPERM | not tried on 1 (needs Linux 8.8) |'
}

@test "the check: page and results are each other's, results are of what there is" {
	sed -i 's/held on 1/held on 2/' docs/attacks.md
	complains 'docs/attacks.md is not of today'
	tests/catalogue
	sed -i 's/^attack first refused/attack first failed/' docs/results/old
	complains 'docs/attacks.md is not of today'
	tests/catalogue
	echo 'way none refused' >>docs/results/old
	complains 'docs/results/old is not of today'
	tests/catalogue
	cp docs/results/old docs/results/none
	complains 'docs/results/none: tests/kernels has no such kernel'
	rm docs/results/none
	sed -i 1d docs/results/old
	complains 'docs/results/old: its first line is no version'
}

@test "the check reads no logs" {
	attacked new 3.4-amd64
	tests/catalogue --check
	[ ! -e docs/results/new ]
}

@test "the check: every reason of the newest kernel and every door of the seal's" {
	newest_headers kexec msr perf tracefs
	complains 'not the reasons of .*-99\.9/'
	newest_headers kexec msr perf
	tests/catalogue --check
	printf '\t[DOOR_%s]\t= "%s",\n' MEM mem-write >>seal/audit.c
	complains 'not the doors of seal/audit.c'
}
