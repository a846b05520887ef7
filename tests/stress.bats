# SPDX-License-Identifier: GPL-2.0
# Everything at once on four processors (tests/tools/storm.c), for SEAL_STRESS
# seconds: nothing that is forbidden works, all that is allowed does, the seal
# has counted each refusal once, and nothing is left behind.

load helpers
load signing

SECURITY=/sys/kernel/security/seal
SCREEN=0xa0000		# amd64's; others have the display's BAR
STORM=${SEAL_STRESS:-12}

# As many updates as one can tell apart, and no more than a signature a second.
updates() {
	echo $((STORM < 120 ? STORM / 2 : 60 + STORM / 10))
}

setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS/u"
	make_key good
	make_manifests
	vm_boot --smp 4 --mem 1024 --qemu "-device VGA" --tree "$KEYS:/k" \
		--append log_buf_len=64M
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k; rm -f /etc/seal/programs.sha256
		file=\$(find /lib/modules -name 'dummy.ko*')
		case \$file in *.xz) xz -dc \$file ;; *) cat \$file ;; esac >/dummy.ko
		sha256sum /dummy.ko"
	lay_out
	vm_serve victim /safe/puppet serve
}

setup() {
	requires sealable
	export VM_TIMEOUT=$((STORM * 2 + 300))
}

teardown_file() {
	export VM_TIMEOUT=600
	vm_down
}

# Who runs out of memory is told with a trace: that was the purpose. And what
# the seal says is much.
_vm_log() {
	_vm_ask "dmesg | grep -v '^\[[^]]*\] seal: refused ' | awk '
		/ invoked oom-killer: / { own = 1 }
		!own { print }
		/ (Out of memory|Memory cgroup out of memory): Killed / { own = 0 }'"
}

make_manifests() {
	local n list
	list=$(manifest 0 "$(test_module canary)"
		dummy_image | sha256sum)
	for n in $(seq 0 "$(updates)"); do
		printf '# serial: %d\n%s\n' $((n + 1)) "$list" >"$KEYS/u/m"
		sign good "$KEYS/u/m"
		cat "$KEYS/u/m.p7s" "$KEYS/u/m" >"$KEYS/u/$n"
		[ "$n" -gt 0 ] || mv "$KEYS/u/m" "$KEYS/u/m.p7s" "$KEYS/"
	done
}

dummy_image() {
	local version tree file
	version=$("$SEAL_TOP/tests/vm/kernel" "${KERNEL:-cloud-amd64}") ||
		return
	tree=$SEAL_KERNELS/$version/lib/modules/$version
	file=$(find "$tree/kernel" -name 'dummy.ko*' | head -n1)
	case $file in
	*.xz) xz -dc "$file" ;;
	*) cat "$file" ;;
	esac
}

# What storm.c expects to be there.
lay_out() {
	vm_ok "mkdir /safe /holes /names /mounts /mounts/a /mounts/b /evil
		cp /usr/lib/seal-tests/puppet /safe/ && ln /safe/puppet /holes/ &&
		cp /usr/lib/seal-tests/modload /safe/loader &&
		ln /safe/loader /holes/ && cp /safe/puppet /holes/copy &&
		cp /canary.ko /safe/ && reach save /evil/code && mkdir /foreign &&
		for name in file watched borrowed; do
			cp /canary.ko /foreign/\$name.ko || exit
		done &&
		{ mkdir /storm-memory && { mount -t cgroup2 cgroup2 /mnt &&
			grep -q memory /mnt/cgroup.controllers &&
			echo +memory >/mnt/cgroup.subtree_control &&
			mkdir /mnt/storm && echo 24M >/mnt/storm/memory.max &&
			mount -o bind /mnt/storm /storm-memory; } || true; }"
	[ "$(vm_arch)" = amd64 ] || SCREEN=$(display_memory)
	export SCREEN
}

# counts() - what must not grow, as "KEY NUMBER", once all that can go is gone
counts() {
	# who started last lets go of those before
	_vm_ask "/safe/puppet true; sync; echo 3 >/proc/sys/vm/drop_caches
		sleep 2; /safe/puppet true
		for f in /sys/kernel/slab/*/shrink; do echo 1 >\$f; done 2>/dev/null
		for f in mm_struct vm_area_struct filp task_struct cred_jar files_cache \
			fs_cache signal_cache sighand_cache mnt_cache nsproxy pid \
			kmalloc-32 kmalloc-64 kmalloc-96 kmalloc-128 kmalloc-192 \
			kmalloc-256 kmalloc-512 kmalloc-1k kmalloc-2k kmalloc-4k; do
			[ ! -e /sys/kernel/slab/\$f ] ||
				echo slab.\$f \$(cut -d' ' -f1 /sys/kernel/slab/\$f/objects)
		done
		awk '/^(SUnreclaim|VmallocUsed|KernelStack|PageTables|Mapped|Shmem):/ {
			sub(/:/, \"\"); print \"kB.\" \$1, \$2 }
			/^MemAvailable:/ { print \"kB.used\", -\$2 }' /proc/meminfo
		echo files \$(cut -f1 /proc/sys/fs/file-nr)
		echo mounts \$(wc -l </proc/mounts)
		echo modules \$(wc -l </proc/modules)
		echo uses \$(awk '/^seal / { print \$3 }' /proc/modules)
		echo processes \$(ls -d /proc/[0-9]* | wc -l)
		echo sets \$(grep -c ' digests_sort+' /proc/vmallocinfo)
		echo descriptors \$(ls /proc/\$(cat /victim)/fd | wc -l)"
}

# room(KEY) - by how much that may differ without being a leak: what the kernel
# keeps at hand for each processor, and caches, come and go
room() {
	case $1 in
	slab.kmalloc-*) echo 600 ;;
	slab.mm_struct | slab.task_struct | slab.*_cache) echo 24 ;;
	slab.vm_area_struct) echo 400 ;;
	slab.*) echo 200 ;;
	kB.used) echo 16384 ;;
	kB.*) echo 4096 ;;
	files) echo 48 ;;
	processes) echo 12 ;;	# the kernel's own workers
	*) echo 0 ;;
	esac
}

# grown(BEFORE, AFTER) - prints what has grown beyond that
grown() {
	local key before after
	while read -r key after; do
		before=$(awk -v key="$key" '$1 == key { print $2 }' "$1")
		[ -n "$before" ] ||
			{ echo "$key was not there"; continue; }
		[ "$((after - before))" -le "$(room "$key")" ] ||
			echo "$key: $before, then $after"
	done <"$2"
}

# storm(SECONDS) - the lines of its workers in $output; prints the refusals that
# the seal counted meanwhile, as "DOOR NUMBER", to $BATS_TEST_TMPDIR/counted
storm() {
	refusals >"$BATS_FILE_TMPDIR/first"
	vm "storm $1 $SCREEN \$(cat /victim) $2" || return
	refusals >"$BATS_FILE_TMPDIR/last"
	[ "$status" -eq 0 ] || fail "it did not come to its end"
}

refusals() {
	_vm_ask "sed -n 's/^refused\.\(.*\): /\1 /p' $SECURITY/status"
}

# none_wrong() - of what storm printed
none_wrong() {
	! grep -v ' wrong=0$' <<<"$output" || fail "that should not be"
}

# all_tried() - every worker's act came off, and attackers were refused
all_tried() {
	awk '{
		split($4, worked, "="); split($5, refused, "=")
		if (!worked[2] && !refused[2]) {
			print "did nothing:", $0
			bad = 1
		}
	} END { exit bad }' <<<"$output"
}

# counters_agree() - the seal has counted what the attackers have
counters_agree() {
	awk -v first="$BATS_FILE_TMPDIR/first" -v last="$BATS_FILE_TMPDIR/last" '
	$2 != "-" { split($5, refused, "="); seen[$2] += refused[2] }
	END {
		while ((getline line <first) > 0) {
			split(line, word); before[word[1]] = word[2]
		}
		while ((getline line <last) > 0) {
			split(line, word)
			counted = word[2] - before[word[1]]
			printf "# %s: %d seen, %d counted\n", word[1],
				seen[word[1]], counted
			if (counted != seen[word[1]])
				bad = 1
		}
		exit bad
	}' <<<"$output"
}

@test "unsealed: what is forbidden works" {
	vm_ok "modload /foreign/file.ko && rmmod canary; memdev open-rw /dev/mem &&
		/holes/copy 'load /argued.ko' && rmmod argued"
}

@test "the seal goes on" {
	seal_on insmod=/safe/puppet,/safe/loader mem_allow=/safe/puppet \
		manifest=/k/m key=/k/good.der watch=1
	vm_ok "echo quit >/tmp/victim.do; rm -f /tmp/victim.*"
	vm_serve victim /safe/puppet serve
	vm_ok "for dir in /proc/[0-9]*; do
			[ \"\$(readlink \$dir/exe)\" != /safe/puppet ] || basename \$dir
		done >/victim; grep -c . /victim
		echo 0 >/sys/kernel/tracing/options/record-cmd"
	[ "${lines[0]}" = 1 ]
}

# A machine that has done all of it once has what it needs for it.
@test "a first breath" {
	storm 6 0
	none_wrong
	counts >"$BATS_FILE_TMPDIR/before"
	cat "$BATS_FILE_TMPDIR/before"
}

@test "everything at once: no false yes, no false no, every refusal counted" {
	storm "$STORM" "$(updates)"
	echo "$output" | tee "$SEAL_TOP/build/tests/stress/$(vm_kernel).log"
	echo "# ${output//$'\n'/$'\n# '}" >&3
	none_wrong
	all_tried
	counters_agree >"$BATS_FILE_TMPDIR/agreed" || {
		cat "$BATS_FILE_TMPDIR/agreed"
		fail "the seal has counted otherwise"
	}
	cat "$BATS_FILE_TMPDIR/agreed" >&3
}

@test "the seal is what it was" {
	[ "$(seal_status state)" = sealed ]
	vm_fails "grep -E '^(broken|broken.now|passed_by):' $SECURITY/status"
	log_mark
	vm modload /foreign/file.ko
	[ "$status" -ne 0 ]
	[[ $output == *"Operation not permitted"* ]]
	vm_ok "/safe/puppet 'load /canary.ko' && rmmod canary"
	vm_fails "grep -E '^(canary|argued|dummy) ' /proc/modules"
	vm_told victim true
}

# On the debug kernel freed memory is kept in quarantine; what is lost there
# kmemleak tells, when the machine goes down.
@test "nothing is left behind" {
	counts >"$BATS_FILE_TMPDIR/after"
	paste -d' ' "$BATS_FILE_TMPDIR/before" "$BATS_FILE_TMPDIR/after" |
		awk '{ printf "# %s %d %+d\n", $1, $2, $4 - $2 }' >&3
	if _vm_is_debug; then
		sed -i '/^slab\|^kB/d' "$BATS_FILE_TMPDIR"/{before,after}
	fi
	run grown "$BATS_FILE_TMPDIR/before" "$BATS_FILE_TMPDIR/after"
	[ -z "$output" ] || fail "$output"
}
