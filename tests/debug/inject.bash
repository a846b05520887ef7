# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Fault injection for the debug kernel's suites; tests/tools/failnth.c does it.

# inject_below(START, END) - only what happens below a function that lies in
# that part of the kernel counts, which the stack tells
inject_below() {
	vm_ok "for kind in failslab fail_page_alloc fail_usercopy; do
			cd /sys/kernel/debug/\$kind || exit
			echo $1 >require-start && echo $2 >require-end &&
			echo 32 >stacktrace-depth && echo 0 >verbose || exit
			[ ! -e ignore-gfp-wait ] || echo N >ignore-gfp-wait
			[ ! -e min-order ] || echo 0 >min-order
		done; cat require-start require-end"
}

# extent(FUNCTION, [MODULE]) - prints where the function begins and where the
# next one does; the kernel lists its own in that order
extent() {
	_vm_ask "awk -v name=$1 -v module=${2:+[$2]} '
			\$4 == module && \$2 ~ /^[tT]\$/ { print \$1, \$3 }' \
			/proc/kallsyms ${2:+| sort} | awk -v name=$1 '
			\$2 == name { print \"0x\" \$1; at = \$1; next }
			at && \$1 != at { print \"0x\" \$1; exit }'"
}

# That memory was wanted in vain the kernel itself tells with a trace
# (mm/page_alloc.c:warn_alloc); all else is trouble.
_vm_log() {
	_vm_ask dmesg | awk '
		/ (vmalloc error: size|page allocation failure:) / { own = 1 }
		!own { print }
		/<\/TASK>/ { own = 0 }'
}
