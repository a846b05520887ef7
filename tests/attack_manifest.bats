# SPDX-License-Identifier: GPL-2.0
# Attacks on the kernel's own manifest: images that are not quite what is
# listed or signed, that change while they are read, loads that race with
# updates. Nothing but the listed or signed bytes themselves gets in.

load helpers
load signing

NODE=/sys/kernel/security/seal/manifest
UPDATES=150	# written while modules are loaded,
LATE=20		# and by two at once

setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir -p "$KEYS/u"
	make_key good
	make_key other
	make_images
	make_manifest
	make_revoked
	make_updates
	local also
	mapfile -t also < <(also_modules)
	vm_boot --mem 768 --smp 2 --tree "$KEYS:/k" \
		--file "$BATS_FILE_TMPDIR/words:/words" "${also[@]}"
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k;"
}

setup() {
	requires sealable
}

teardown_file() {
	vm_down
}

# --- made before the machine runs ---

# tree_file(NAME) - a module of the distribution, its image
tree_file() {
	local version tree file
	version=$("$SEAL_TOP/tests/vm/kernel" "${KERNEL:-cloud-amd64}") || return
	tree=$SEAL_KERNELS/$version/lib/modules/$version
	file=$(find "$tree/kernel" -name "$1.ko*" | head -n1)
	case $file in
	*.xz) xz -dc "$file" ;;
	?*) cat "$file" ;;
	esac
}

# also_modules() - prints --file SRC:DEST for modules that this suite alone
# wants in the guest, with what they depend on
also_modules() {
	local version kernel name
	version=$("$SEAL_TOP/tests/vm/kernel" "${KERNEL:-cloud-amd64}") || return
	kernel=$SEAL_KERNELS/$version
	for name in phram slram ramoops parport_pc; do
		PATH=$PATH:/usr/sbin:/sbin modprobe -C /dev/null -S "$version" \
			-d "$kernel" -D "$name" 2>/dev/null || true
	done | sed -n "s,^insmod $kernel\(/lib/modules/[^ ]*\).*,\1,p" | sort -u |
		while read -r name; do
			printf '%s\n' --file "$kernel$name:$name"
		done
}

# Two images of one length, of two modules: a listed one and another.
make_images() {
	local size
	size=$(stat -L -c %s "$(test_module canary)" "$(test_module argued)" |
		sort -n | tail -n1)
	mkdir "$KEYS/two"
	cp -L "$(test_module canary)" "$(test_module argued)" "$KEYS/two/"
	truncate -s $((size + 64)) "$KEYS"/two/*.ko
	tree_file dummy >"$KEYS/dummy.ko"
	tree_file ifb >"$KEYS/ifb.ko"
	tree_file ramoops >"$KEYS/ramoops.ko"
	tree_file phram >"$KEYS/phram.ko"
	tree_file parport_pc >"$KEYS/parport_pc.ko"
	# listed, and no modules all the same
	: >"$KEYS/short.0"
	head -c 200 "$(test_module failstep)" >"$KEYS/short.200"
	head -c 2000 "$(test_module failstep)" >"$KEYS/short.2000"
	head -c -1 "$(test_module failstep)" >"$KEYS/short.all"
	cat >"$BATS_FILE_TMPDIR/words" <<-'END'
	# flip FILE OFFSET BIT
	flip() {
		local b
		b=$(od -An -tu1 -j $2 -N 1 $1)
		put $1 $2 "$(printf '\\%03o' $((b ^ 1 << $3)))"
	}
	# put FILE OFFSET ESCAPED
	put() {
		printf "$3" | dd of=$1 bs=1 seek=$2 conv=notrunc 2>/dev/null
	}
	size() { stat -L -c %s $1; }
	# flips FILE FROM TO COUNT - a bit each, spread from one offset to the
	# other, both included; says which were not refused
	flips() {
		local i=0 at
		while [ $i -lt $4 ]; do
			at=$(($2 + ($3 - $2) * i / ($4 - 1)))
			cp $1 /tmp/flipped
			flip /tmp/flipped $at $((i % 8))
			modload /tmp/flipped 2>/tmp/said
			grep -q 'Operation not permitted' /tmp/said ||
				echo "not refused: bit $((i % 8)) of $at: $(cat /tmp/said)"
			i=$((i + 1))
		done
	}
	# cut FILE - prints where its signature begins
	signed_size() {
		local n=$(size $1)
		set -- $(od -An -tu1 -j $((n - 32)) -N 4 $1)
		echo $((n - 40 - ($1 * 16777216 + $2 * 65536 + $3 * 256 + $4)))
	}
	END
}

# signature_size(FILE) - with all that is behind it
signature_size() {
	tail -c 32 "$1" | od -An -tu1 -N 4 |
		awk '{ print (($1 * 256 + $2) * 256 + $3) * 256 + $4 + 40 }'
}

make_manifest() {
	{
		echo "# serial: 7"
		echo "# args: phram phram=*"
		echo "# args: argued text=*"
		cd "$KEYS" && sha256sum "$(test_module canary)" \
			"$(test_module argued)" "$(test_module broken)" \
			two/canary.ko ramoops.ko phram.ko short.*
	} >"$KEYS/m"
	sign good "$KEYS/m"
	# what an attacker would rather have
	{
		echo "# serial: 90"
		sha256sum "$(test_module ftracer)"
	} >"$KEYS/evil"
	sign other "$KEYS/evil"
}

# One that is signed, by what it signs, and one that is listed. A signature can
# be written in more than one way: the kernel passes over the list of digest
# algorithms in front (crypto/asymmetric_keys/pkcs7.asn1), so it may as well name
# SHA-512.
make_revoked() {
	local at
	{
		echo "# kind: revoked"
		echo "# serial: 1"
		head -c "-$(signature_size "$KEYS/ifb.ko")" "$KEYS/ifb.ko" |
			sha256sum
		sha256sum "$(test_module broken)"
	} >"$KEYS/r"
	sign good "$KEYS/r"
	cp "$KEYS/ifb.ko" "$KEYS/rewritten.ko"
	at=$(LC_ALL=C grep -abPo '\x60\x86\x48\x01\x65\x03\x04\x02\x01' \
		"$KEYS/ifb.ko" | tail -n2 | head -n1 | cut -d: -f1)
	[ -z "$at" ] || printf '\3' | dd of="$KEYS/rewritten.ko" bs=1 \
		seek=$((at + 8)) conv=notrunc status=none
}

# Number N lists the one of the two images if N is even, the other if it is
# odd; and what is listed throughout.
make_updates() {
	local n
	mkdir "$KEYS/u/late"
	for ((n = 1; n <= UPDATES + LATE; n++)); do
		{
			echo "# serial: $((100 + n))"
			sha256sum "$(test_module failstep)"
			if ((n % 2)); then
				sha256sum "$KEYS/two/argued.ko"
			else
				sha256sum "$KEYS/two/canary.ko"
			fi
		} >"$KEYS/u/text"
		sign good "$KEYS/u/text" || return
		cat "$KEYS/u/text.p7s" "$KEYS/u/text" >"$KEYS/u/$n"
	done
	rm "$KEYS/u/text" "$KEYS/u/text.p7s"
	for ((n = UPDATES + 1; n <= UPDATES + LATE; n++)); do
		mv "$KEYS/u/$n" "$KEYS/u/late/"
	done
}

# --- words ---

# unlisted(COMMAND...) - it is refused, because of what the image is
unlisted() {
	log_mark
	vm "$@"
	refused module-load "what=\"\\(image sha256:[0-9a-f]{64}\\)\"" \
		'reason=unlisted$'
}

# enters(COMMAND...) - it loads something, which goes again
enters() {
	vm_ok "$@"
	vm_ok "rmmod canary 2>/dev/null || rmmod argued 2>/dev/null ||
		rmmod dummy 2>/dev/null || rmmod ftracer 2>/dev/null || rmmod ifb"
}

# nothing_in(COMMAND...) - it fails, in whatever way, and nothing is loaded
nothing_in() {
	vm_fails "$@"
	vm_fails "grep -E '^(canary|argued|ftracer|dummy|ifb) ' /proc/modules"
}

# count(NAME) - what $output says of it
count() {
	[[ $output =~ (^|[ :])$1=([0-9]+) ]] || fail "no $1 in: $output" || return
	echo "${BASH_REMATCH[2]}"
}

stall() {
	local name=$1 file=$2
	shift 2
	vm_ok "mkfifo /tmp/$name.ready /tmp/$name.go || exit
		{ stallload $* /tmp/$name.ready /tmp/$name.go $file \
			>/tmp/$name.out 2>&1; echo \$? >/tmp/$name.status; } &
		timeout 20 cat /tmp/$name.ready"
	[ "$output" = stalled ]
}

unstall() {
	vm "echo go >/tmp/$1.go; while [ ! -s /tmp/$1.status ]; do sleep 0.1; done
		cat /tmp/$1.out; exit \$(cat /tmp/$1.status)"
}

# fuse(ARG...) - mounts /tmp/fuse by fuseimage
fuse() {
	vm_ok "grep -q fuse /proc/filesystems || kmod-modprobe fuse
		: >/tmp/fuse; rm -f /tmp/fuse.ready; mkfifo /tmp/fuse.ready
		[ -e /dev/fuse ] || mknod /dev/fuse c 10 229
		{ fuseimage $* 2>/tmp/fuse.log & } ; timeout 20 cat /tmp/fuse.ready"
	[ "$output" = mounted ]
	# the kernel asks how long it is when somebody else does
	vm_ok "stat /tmp/fuse"
}

unfuse() {
	vm_ok "umount -l /tmp/fuse; killall fuseimage; true"
}

# merge() - an overlay at /tmp/o whose lower file is written behind its back
merge() {
	vm_ok "kmod-modprobe overlay; mkdir -p /tmp/o && mount -t tmpfs o /tmp/o &&
		mkdir /tmp/o/lower /tmp/o/upper /tmp/o/work /tmp/o/all &&
		cp /k/two/canary.ko /tmp/o/lower/x &&
		mount -t overlay -o lowerdir=/tmp/o/lower,upperdir=/tmp/o/upper,workdir=/tmp/o/work o /tmp/o/all"
}

# digest_sets() - how many sets of digests the kernel holds
digest_sets() {
	_vm_ask "grep -c ' digests_sort+' /proc/vmallocinfo; true"
}

has_decompression() {
	_vm_has_config MODULE_DECOMPRESS ||
		skip "the kernel does not decompress modules"
	[ "$(_vm_ask "cat /sys/module/compression")" = xz ] ||
		skip "the kernel decompresses something else than xz"
}

# forge(FUNCTION, ANSWER) - for as long as $forger lives; false if BPF cannot:
# before 6.1 a function that the seal hooks has no room for it
forge() {
	vm_ok "rm -f /tmp/forge; mkfifo /tmp/forge; { fmodret $1 $2 \
		/tmp/forge 2>&1 & echo \$! >/tmp/forger; }
		timeout 20 cat /tmp/forge"
	[[ $output == *attached* ]]
}

unforge() {
	vm_ok "p=\$(cat /tmp/forger); kill \$p
		for i in \$(seq 100); do [ -d /proc/\$p ] || exit 0; sleep 0.1; done
		exit 1"
}

# --- controls ---

@test "unsealed: each image that is going to be refused loads" {
	enters "modload --args function=kernel_halt /ftracer.ko"
	enters modload /k/two/canary.ko
	enters modload /k/two/argued.ko
	enters modload /k/dummy.ko
	enters modload /k/rewritten.ko
	! cmp -s "$KEYS/ifb.ko" "$KEYS/rewritten.ko" ||
		fail "no second way to write the signature was found"
	# a bit in a place that means nothing, a byte more, no signature
	enters ". /words; cp /canary.ko /tmp/f
		at=\$(grep -abo 'test module that says' /tmp/f | cut -d: -f1)
		flip /tmp/f \$at 0; modload /tmp/f"
	enters "cp /canary.ko /tmp/f; echo >>/tmp/f; modload /tmp/f"
	enters ". /words; head -c \$(signed_size /k/dummy.ko) /k/dummy.ko >/tmp/f
		modload /tmp/f"
}

# Not of one memory: a mixture of two images can bring an unsealed kernel down.
@test "unsealed: two contents of one file, of one argument" {
	vm_ok "cp /k/two/canary.ko /tmp/x
		raceload file 2 /tmp/x /tmp/x /k/two/canary.ko /k/two/argued.ko"
	[ "$(count first)" -gt 0 ]
	[ "$(count second)" -gt 0 ]
	vm_ok "raceload args 2 /argued.ko /sys/module/argued/parameters/port \
		count=0x3 port=0x60"
	[ "$(count first)" -gt 0 ]
	[ "$(count second)" -gt 0 ]
}

@test "unsealed: what FUSE shows at the second reading is loaded" {
	requires config:FUSE_FS
	fuse /tmp/fuse /tmp/fuse.ready /k/two/canary.ko /k/two/argued.ko
	vm_ok "sha256sum </tmp/fuse"
	[[ $output == "$(sha256sum <"$KEYS/two/canary.ko")" ]]
	vm_ok "modload /tmp/fuse && rmmod argued"
	unfuse
}

@test "unsealed: modules of raw access, and one told of hardware, load" {
	[ ! -s "$KEYS/phram.ko" ] ||
		vm_ok "kmod-modprobe phram phram=seal,0xf0000,0x1000 && rmmod phram"
	[ ! -s "$KEYS/ramoops.ko" ] ||
		vm_ok "kmod-modprobe ramoops mem_address=0xf0000 mem_size=0x10000 &&
			rmmod ramoops"
	[ ! -s "$KEYS/parport_pc.ko" ] ||
		vm_ok "kmod-modprobe parport_pc io=0x378 irq=none &&
			rmmod parport_pc"
}

@test "loads are inside the kernel when the seal comes" {
	stall listed-image /canary.ko --at image
	stall unlisted-image /ftracer.ko --at image \
		--args function=do_nanosleep
	stall listed-args /argued.ko --at args --args count=3
}

@test "the seal goes on" {
	seal_on manifest=/k/m revoked=/k/r key=/k/good.der trust_signed=1
	[ "$(digest_sets)" -eq 2 ]
}

@test "a load that began before the seal: judged by its image, if it can be" {
	unstall listed-image
	[ "$status" -eq 0 ]
	vm_ok "rmmod canary"
	log_mark
	unstall unlisted-image
	refused module-load 'by stallload\[' 'reason=unlisted$'
	# past the look at its image, and listed though it is
	log_mark
	unstall listed-args
	refused module-load 'what="argued"' 'reason=before-seal$'
	vm_fails "grep '^argued ' /proc/modules"
}

# --- the image ---

@test "an unlisted image is refused by every entrance" {
	unlisted modload --finit /ftracer.ko
	unlisted modload --init /ftracer.ko
	unlisted "$(abi32 modload) --finit /ftracer.ko"
	unlisted "$(abi32 modload) --init /ftracer.ko"
	unlisted kmod-insmod /ftracer.ko
	unlisted "cat /ftracer.ko >/tmp/canary.ko; modload /tmp/canary.ko"
	# from what has no name any more
	unlisted "cp /ftracer.ko /tmp/x; exec 9</tmp/x; rm /tmp/x
		modload /proc/self/fd/9"
	local flags
	for flags in 1 2 3; do
		log_mark
		vm "modload --flags $flags /ftracer.ko"
		refused module-load 'reason=(forced|unlisted)$'
	done
	# flags that nobody has defined
	nothing_in "modload --flags 0x10 /ftracer.ko"
	nothing_in "modload --flags 0x80000000 /ftracer.ko"
}

@test "the listed image with one bit changed, anywhere" {
	vm_ok ". /words; flips /canary.ko 0 \$((\$(size /canary.ko) - 1)) 64;
		flips /canary.ko 0 63 32"
	[ -z "$output" ]
	enters modload /canary.ko
	log_again
}

@test "the listed image with a byte more, a byte less" {
	unlisted "cp /canary.ko /tmp/f; printf '\\0' >>/tmp/f; modload /tmp/f"
	unlisted "cp /canary.ko /tmp/f; printf x >>/tmp/f; modload --init /tmp/f"
	unlisted ". /words; head -c -1 /canary.ko >/tmp/f; modload /tmp/f"
	unlisted "cat /canary.ko /canary.ko >/tmp/f; modload /tmp/f"
	unlisted "(printf x; cat /canary.ko) >/tmp/f; modload /tmp/f"
	unlisted "cp /canary.ko /tmp/f
		printf '~Module signature appended~\\n' >>/tmp/f; modload /tmp/f"
}

@test "images of every small length" {
	nothing_in ": >/tmp/f; modload /tmp/f"
	nothing_in ": >/tmp/f; modload --init /tmp/f"
	vm_ok "for n in \$(seq 1 80) 4095 4096 4097; do
		head -c \$n /canary.ko >/tmp/f
		modload /tmp/f 2>&1 | grep -q 'not permitted' || echo finit \$n
		done"
	[ -z "$output" ]
	# the same, ending in the marker of a signature
	vm_ok "for n in \$(seq 0 60); do
		(head -c \$n /canary.ko; printf '~Module signature appended~\\n') >/tmp/f
		modload /tmp/f 2>&1 | grep -q 'not permitted' || echo finit \$n
		done"
	[ -z "$output" ]
	# the kernel itself has no use for what is shorter than an ELF header
	vm_ok "for n in \$(seq 1 63); do
		head -c \$n /canary.ko >/tmp/f
		modload --init /tmp/f 2>&1 | grep -q 'Exec format' || echo init \$n
		done"
	[ -z "$output" ]
	log_again
}

@test "a listed image that is cut off is the kernel's to refuse" {
	local size how
	for size in 0 200 2000 all; do
		for how in --finit --init; do
			nothing_in "modload $how /k/short.$size"
			[[ $output != *"not permitted"* ]]
		done
	done
	enters modload /canary.ko
}

@test "256 MiB of nothing are refused, and given back" {
	local before
	before=$(_vm_ask "awk '/^MemAvailable/ { print \$2 }' /proc/meminfo")
	vm_ok "truncate -s 256M /tmp/large"
	unlisted "modload /tmp/large"
	unlisted "modload --init /tmp/large"
	vm_ok "truncate -s 2G /tmp/large"
	vm_fails modload /tmp/large
	[[ $output == *"File too large"* ]]
	# it is given back behind the caller's back, on a machine that is slow
	vm_ok "rm /tmp/large; for i in \$(seq 30); do
		awk '/^MemAvailable/ { exit $before - \$2 >= 100000 }' \
			/proc/meminfo && exit 0; sleep 1; done
		cat /proc/meminfo; exit 1"
}

# --- the signature ---

@test "what the distribution signed loads" {
	enters modload --finit /k/dummy.ko
	enters modload --init /k/dummy.ko
	enters "$(abi32 modload) --finit /k/dummy.ko"
}

@test "what it signed with one bit changed, in the text or the signature" {
	vm_ok ". /words; n=\$(size /k/dummy.ko); s=\$(signed_size /k/dummy.ko)
		flips /k/dummy.ko 0 \$((s - 1)) 48
		flips /k/dummy.ko \$((n - 40)) \$((n - 38)) 16
		flips /k/dummy.ko \$((n - 32)) \$((n - 1)) 32"
	# algo and hash mean nothing to the seal, but the kernel wants zeros
	! grep -v 'Bad message' <<<"$output" | grep . || false
	vm_fails "grep '^dummy ' /proc/modules"
	log_again
}

# Some bits of it mean nothing (see "another way" below): with them it is the
# same signature of the same text, and the kernel takes it as well.
@test "what it signed with one bit changed in the signature proper" {
	vm_ok ". /words; n=\$(size /k/dummy.ko); s=\$(signed_size /k/dummy.ko)
		flips /k/dummy.ko \$((s + 4)) \$((n - 41)) 100"
	# the others of them met it
	[[ ! $output =~ not\ refused:.*(not\ permitted|Exec|Invalid) ]]
	vm "rmmod dummy"
	log_again
}

@test "what it signed without the signature, or with too much of it" {
	vm_ok ". /words; n=\$(size /k/dummy.ko); s=\$(signed_size /k/dummy.ko)
		head -c \$s /k/dummy.ko >/tmp/text
		tail -c \$((n - s)) /k/dummy.ko >/tmp/sig
		t=\$(signed_size /k/ifb.ko); tail -c +\$((t + 1)) /k/ifb.ko >/tmp/others"
	enters "cat /tmp/text /tmp/sig >/tmp/f; modload /tmp/f"
	unlisted modload /tmp/text
	unlisted "cat /tmp/text /tmp/sig /tmp/sig >/tmp/f; modload /tmp/f"
	unlisted "cat /tmp/text /tmp/others >/tmp/f; modload /tmp/f"
	unlisted "cat /tmp/text /tmp/others /tmp/sig >/tmp/f; modload /tmp/f"
	unlisted "cat /tmp/text /tmp/sig /tmp/others >/tmp/f; modload /tmp/f"
	unlisted "(cat /k/dummy.ko; echo) >/tmp/f; modload /tmp/f"
	unlisted "head -c -1 /k/dummy.ko >/tmp/f; modload /tmp/f"
	unlisted "cat /ftracer.ko /tmp/sig >/tmp/f; modload /tmp/f"
	# a signed module that an unsigned one wraps
	unlisted "cat /ftracer.ko /k/dummy.ko >/tmp/f; modload /tmp/f"
	unlisted "cat /k/dummy.ko /ftracer.ko >/tmp/f; modload /tmp/f"
	unlisted "cat /tmp/text /ftracer.ko /tmp/sig >/tmp/f; modload /tmp/f"
}

@test "a signature that says that it is of another length or kind" {
	local length kind
	for length in '\0\0\0\0' '\0\0\0\1' '\377\377\377\377' \
		'\177\377\377\377' '\200\0\0\0' '\0\377\377\377'; do
		unlisted ". /words; cp /k/dummy.ko /tmp/f
			put /tmp/f \$((\$(size /tmp/f) - 32)) '$length'; modload /tmp/f"
	done
	# all of the file; one byte less, one more
	for length in 39 40 41; do
		unlisted ". /words; cp /k/dummy.ko /tmp/f; n=\$(size /tmp/f)
			put /tmp/f \$((n - 32)) \"\$(printf '\\\\%03o\\\\%03o\\\\%03o\\\\%03o' \
				0 \$(((n - $length) >> 16 & 255)) \
				\$(((n - $length) >> 8 & 255)) \$(((n - $length) & 255)))\"
			modload /tmp/f"
	done
	for kind in '\0' '\1' '\3' '\377'; do
		unlisted ". /words; cp /k/dummy.ko /tmp/f
			put /tmp/f \$((\$(size /tmp/f) - 38)) '$kind'; modload /tmp/f"
	done
	# a length for the signer's name, which only other kinds have: it is the
	# kernel that minds
	nothing_in ". /words; cp /k/dummy.ko /tmp/f
		put /tmp/f \$((\$(size /tmp/f) - 37)) '\\1'; modload /tmp/f"
}

@test "nothing but the end of a signed file" {
	unlisted "printf '~Module signature appended~\\n' >/tmp/f; modload /tmp/f"
	unlisted "tail -c 40 /k/dummy.ko >/tmp/f; modload /tmp/f"
	unlisted "tail -c 41 /k/dummy.ko >/tmp/f; modload /tmp/f"
	unlisted "modload /tmp/sig"
	unlisted "(printf x; cat /tmp/sig) >/tmp/f; modload /tmp/f"
	unlisted "cat /tmp/sig /tmp/sig >/tmp/f; modload /tmp/f"
}

# The kernel would sort it out; a megabyte of brackets is read before that.
@test "a signature that is nested rubbish" {
	unlisted ". /words; tail -c 40 /k/dummy.ko >/tmp/end
		(cat /tmp/text; yes '0' | tr -d '\\n' | tr 0 '\\060' | head -c 65536
		 cat /tmp/end) >/tmp/f
		put /tmp/f \$((\$(size /tmp/f) - 32)) '\\0\\1\\0\\0'; modload /tmp/f"
	unlisted ". /words
		(cat /tmp/text; head -c 65536 /dev/urandom; cat /tmp/end) >/tmp/f
		put /tmp/f \$((\$(size /tmp/f) - 32)) '\\0\\1\\0\\0'; modload /tmp/f"
}

# --- revoked images ---

@test "a revoked image, listed or signed, is refused by every entrance" {
	local how
	for how in "modload --finit" "modload --init" \
		"$(abi32 modload) --finit" "$(abi32 modload) --init"; do
		log_mark
		vm "$how /k/ifb.ko"
		refused module-load 'reason=revoked$'
		log_mark
		vm "$how /broken.ko"
		refused module-load 'reason=revoked$'
	done
	if _vm_has_config MODULE_DECOMPRESS; then
		packed "$KEYS/ifb.ko" -0 --lzma2=dict=64KiB
		log_mark
		vm modload --compressed /tmp/f.xz
		refused module-load 'reason=revoked$'
	fi
	nothing_in "(cat /k/ifb.ko; echo) >/tmp/f; modload /tmp/f"
}

@test "a revoked image with its signature written in another way" {
	log_mark
	vm modload /k/rewritten.ko
	refused module-load 'reason=revoked$'
	vm_fails "grep '^ifb ' /proc/modules"
}

# --- compressed images ---

# packed(FILE, XZ_OPTION...) - FILE as the kernel unpacks it, at /tmp/f.xz
packed() {
	local file=$1
	shift
	xz -c --check=crc32 "$@" "$file" >"$BATS_TEST_TMPDIR/f.xz"
	vm_push "$BATS_TEST_TMPDIR/f.xz" /tmp/f.xz
}

@test "compressed: what counts is the image" {
	has_decompression
	packed "$(test_module canary)" -0 --lzma2=dict=64KiB
	enters modload --compressed /tmp/f.xz
	packed "$(test_module canary)" -9 --lzma2=dict=1MiB
	enters modload --compressed /tmp/f.xz
	packed "$(test_module ftracer)" -0 --lzma2=dict=64KiB
	unlisted modload --compressed /tmp/f.xz
	# taken for what it is not
	unlisted modload /tmp/f.xz
	nothing_in modload --compressed /ftracer.ko
	nothing_in modload --compressed /canary.ko
	nothing_in "head -c -100 /tmp/f.xz >/tmp/g.xz; modload --compressed /tmp/g.xz"
	nothing_in ": >/tmp/g.xz; modload --compressed /tmp/g.xz"
	nothing_in "printf '\\3757zXZ\\0' >/tmp/g.xz; modload --compressed /tmp/g.xz"
}

@test "compressed: little that becomes much" {
	has_decompression
	truncate -s 128M "$BATS_TEST_TMPDIR/zeros"
	packed "$BATS_TEST_TMPDIR/zeros" -6 --lzma2=dict=1MiB
	unlisted modload --compressed /tmp/f.xz
	vm_ok "awk '/^MemAvailable/ { exit \$2 < 400000 }' /proc/meminfo"
}

# --- between the check and the use ---

@test "a file rewritten while it is loaded" {
	vm_ok "cp /k/two/canary.ko /tmp/x
		raceload file 10 /tmp/x /tmp/x /k/two/canary.ko /k/two/argued.ko"
	[ "$(count first)" -gt 0 ]
	[ "$(count second)" -eq 0 ]
	[ "$(count refused)" -gt 0 ]
}

@test "a file that is mapped for writing" {
	vm_ok "raceload mapped 2 /tmp/x /tmp/x /k/two/canary.ko /k/two/argued.ko"
	[ "$(count second)" -eq 0 ]
}

@test "a file rewritten below an overlay while it is loaded" {
	requires module:overlay
	merge
	vm_ok "raceload file 10 /tmp/o/all/x /tmp/o/lower/x /k/two/canary.ko \
		/k/two/argued.ko"
	[ "$(count second)" -eq 0 ]
	[ "$(count refused)" -gt 0 ]
	vm_ok "raceload mapped 10 /tmp/o/all/x /tmp/o/lower/x /k/two/canary.ko \
		/k/two/argued.ko"
	[ "$(count second)" -eq 0 ]
	[ "$(count refused)" -gt 0 ]
}

@test "memory rewritten while it is loaded" {
	vm_ok "raceload memory 15 - - /k/two/canary.ko /k/two/argued.ko"
	[ "$(count second)" -eq 0 ]
	[ "$(count refused)" -gt 0 ]
}

@test "an argument rewritten while it is taken" {
	vm_ok "raceload args 10 /argued.ko /sys/module/argued/parameters/port \
		count=0x3 port=0x60"
	[ "$(count first)" -gt 0 ]
	[ "$(count second)" -eq 0 ]
	[ "$(count refused)" -gt 0 ]
}

# Two contents of the memory are "memory rewritten" above; here the kernel waits
# for its last page.
@test "an image on memory that userfaultfd fills, in its own time" {
	stall late-listed /k/two/canary.ko --at image
	stall late-unlisted /ftracer.ko --at image --args function=do_nanosleep
	unstall late-listed
	[ "$status" -eq 0 ]
	vm_ok "rmmod canary"
	log_mark
	unstall late-unlisted
	refused module-load 'by stallload\[' 'reason=unlisted$'
}

# From 6.7 on the second of two that load one file gets what the first one gets
# (kernel/module/main.c:idempotent_init_module).
@test "two that load one file at once, each with arguments of its own" {
	vm_ok "for i in \$(seq 60); do
			modload --args count=3 /argued.ko >/dev/null 2>&1 &
			modload --args port=0x60 /argued.ko >/dev/null 2>&1
			wait \$!
			[ -e /sys/module/argued ] || continue
			cat /sys/module/argued/parameters/port
			rmmod argued
		done | sort | uniq -c"
	[[ $output =~ ^\ *[0-9]+\ 0$ ]]
	log_again
}

@test "manifest, certificate and signature replaced on the disk" {
	local before
	before=$(_vm_ask "cat $NODE")
	vm_ok "mkdir /was; cp /k/m /k/m.p7s /k/good.der /was/
		cat /k/evil >/k/m; cat /k/evil.p7s >/k/m.p7s
		cat /k/other.der >/k/good.der; sync
		echo 3 >/proc/sys/vm/drop_caches"
	unlisted modload /ftracer.ko
	vm "streamto $NODE /k/m.p7s /k/m"
	[ "$status" -eq 1 ]
	vm_ok "mv /k/m /k/n; mount -t tmpfs none /k; cp /ftracer.ko /k/m"
	unlisted modload /ftracer.ko
	enters modload /canary.ko
	vm_ok "umount /k; mv /k/n /k/m; cd /was; for f in *; do cat \$f >/k/\$f; done"
	[ "$(_vm_ask "cat $NODE")" = "$before" ]
}

@test "a file that FUSE shows once so and once so" {
	requires config:FUSE_FS
	fuse /tmp/fuse /tmp/fuse.ready /k/two/canary.ko /k/two/argued.ko
	vm_ok "sha256sum </tmp/fuse"
	[[ $output == "$(sha256sum <"$KEYS/two/canary.ko")" ]]
	log_mark
	vm modload /tmp/fuse
	refused module-load "image sha256:$(sha256sum <"$KEYS/two/argued.ko" |
		cut -c1-64)" 'reason=unlisted$'
	# and the other way about
	vm_ok "modload /tmp/fuse && rmmod canary"
	unfuse
}

@test "a file of which FUSE shows half of this and half of that" {
	requires config:FUSE_FS
	fuse --tear /tmp/fuse /tmp/fuse.ready /k/two/canary.ko /k/two/argued.ko
	unlisted modload /tmp/fuse
	unfuse
	fuse --tear /tmp/fuse /tmp/fuse.ready /k/two/argued.ko /k/two/canary.ko
	unlisted modload /tmp/fuse
	unfuse
}

# --- arguments, raw access ---

@test "raw access: signed is not enough, nor listed, with what it is told" {
	requires module:ramoops
	# listed, its arguments are not
	log_mark
	vm "kmod-modprobe ramoops mem_address=0xf0000 mem_size=0x10000"
	refused module-load 'what="ramoops"' 'reason=args$'
}

@test "raw access: phram listed with its arguments, slram signed only" {
	requires module:phram module:slram
	vm_ok "kmod-modprobe phram phram=seal,0xf0000,0x1000 && rmmod phram"
	log_mark
	vm "kmod-modprobe slram map=seal,0xf0000,+0x10000"
	refused module-load 'what="slram"' 'reason=raw-access$'
}

@test "a signed module told of hardware" {
	requires module:parport_pc
	log_mark
	vm "kmod-modprobe parport_pc io=0x378 irq=none"
	refused module-load 'what="parport_pc"' 'reason=args$'
	log_mark
	vm "kmod-modprobe parport_pc verbose_probing=1 io_hi=0x778"
	refused module-load 'what="parport_pc"' 'reason=args$'
	vm_ok "kmod-modprobe parport_pc verbose_probing=1 && rmmod parport_pc"
}

# --- BPF ---

@test "BPF cannot attach to what decides, hashes or verifies" {
	local name
	for name in load_module parse_args verify_pkcs7_signature pkcs7_verify \
		pkcs7_validate_trust public_key_verify_signature \
		crypto_shash_update crypto_shash_final kernel_read_file \
		find_asymmetric_key keyring_search cap_capable bsearch \
		key_task_permission kernel_write vfs_fsync copy_chunked_from_user \
		filp_close seal_check policy_level image_examine image_digest \
		manifest_has manifest_update digests_have args_refused \
		signature_on_module signature_problem cms_problem serial_raise \
		find_admission gate_load_module module_forming gate_parse_args \
		node_write node_flush; do
		vm "timeout 5 fmodret $name 0"
		[ "$status" -ne 0 ]
		[ "$status" -ne 143 ]
		[[ $output == *"not modifiable"* || $output == *"no function"* ]]
	done
}

@test "BPF that says the image is shorter than it is" {
	local size
	size=$(stat -L -c %s "$KEYS/two/canary.ko")
	vm_ok "mkfifo /tmp/bpf; { fmodret security_kernel_post_read_file \
		$((size - 60)) /tmp/bpf & }; timeout 20 cat /tmp/bpf"
	[[ $output == *attached* ]]
	unlisted modload /k/two/argued.ko
	# what is left over is no listed image either
	unlisted modload /k/two/canary.ko
	vm_ok "killall fmodret"
}

@test "BPF that says there was something to read" {
	[[ $(vm_kernel) != 5.10.* ]] ||
		skip "before 6.1 a function has one owner: BPF cannot attach"
	vm_ok "mkfifo /tmp/bpf2; { fmodret security_kernel_read_file 4096 \
		/tmp/bpf2 & }; timeout 20 cat /tmp/bpf2"
	[[ $output == *attached* ]]
	log_mark
	vm modload /canary.ko
	refused module-load 'what="\(image\)"' 'reason=unlisted$'
	vm_ok "killall fmodret"
}

# The functions that BPF may answer for, on the way of a load: whatever they
# are made to say, what is not to come in does not. A positive answer makes a
# system call "succeed" that has done nothing.
@test "BPF that forges every answer which it can" {
	local function answer forged=0
	for function in security_kernel_read_file security_kernel_post_read_file \
		security_kernel_load_data security_kernel_post_load_data \
		security_locked_down security_key_permission; do
		for answer in 1 -1 64 4096; do
			forge $function $answer || continue
			forged=$((forged + 1))
			vm "for how in --finit --init; do
					modload \$how /ftracer.ko
					modload \$how --args port=0x60 /argued.ko
					modload \$how /k/ifb.ko
					modload \$how /tmp/text
				done; modload --finit --flags 3 /canary.ko"
			unforge
			vm_fails "grep -E '^(ftracer|argued|canary|ifb|dummy) ' /proc/modules"
		done
	done
	echo "$forged forged"
	[ "$forged" -ge 8 ]
	log_again
	enters modload /canary.ko
}

# It can keep a signature from being verified, and no more.
@test "BPF that forges whether the seal's key may be looked up" {
	local answer before
	before=$(_vm_ask "cat $NODE")
	for answer in 1 -1; do
		forge security_key_permission $answer
		vm "streamto $NODE /k/evil.p7s /k/evil"
		[ "$status" -eq 1 ]
		unforge
		[ "$(_vm_ask "cat $NODE")" = "$before" ]
	done
}

# --- updates ---

@test "a writer that is killed, or closes before the end" {
	local before
	before=$(_vm_ask "cat $NODE")
	vm_ok ". /words; head -c \$((\$(size /k/u/1) / 2)) /k/u/1 >/tmp/half
		mkfifo /tmp/slow; { streamto $NODE /tmp/half /tmp/slow & }; sleep 1
		kill -9 \$(pidof streamto); sleep 0.5"
	vm "streamto $NODE /tmp/half"
	[ "$status" -eq 1 ]
	vm "head -c -1 /k/u/1 >/tmp/half; streamto $NODE /tmp/half"
	[ "$status" -eq 1 ]
	[ "$(_vm_ask "cat $NODE")" = "$before" ]
	[ "$(digest_sets)" -eq 2 ]
}

@test "64 MiB and a byte" {
	log_mark
	vm "truncate -s 67108865 /tmp/l; streamto $NODE /tmp/l"
	[ "$status" -eq 1 ]
	[[ $output == *"File too large"* || $output == *"Input/output"* ]]
	[[ $(log_since) == *"refused manifest-update"*"reason=malformed"* ]]
	log_mark
	vm "truncate -s 67108864 /tmp/l; streamto $NODE /tmp/l"
	[ "$status" -eq 1 ]
	[[ $(log_since) == *"refused manifest-update"*"reason=bad-signature"* ]]
	vm_ok "rm /tmp/l"
}

@test "updates while modules are loaded: what is live is what counts" {
	vm_ok "raceupdate 15 $NODE /k/u /k/two/canary.ko /k/two/argued.ko"
	[ "$(count updates)" -ge 20 ]
	[[ $output =~ canary:\ in=[1-9].*argued:\ in=[1-9] ]]
	[[ $output =~ canary:.*refused=[1-9].*argued:.*refused=[1-9] ]]
	[[ ! $output =~ wrongly-(in|refused)=[1-9] ]]
	[ "$(digest_sets)" -eq 2 ]
	vm_fails "grep -E '^(canary|argued) ' /proc/modules"
}

# What counts is what is live when the image is judged, not when the load began.
@test "a load that waits while an update takes its listing away" {
	local live
	live=$(seal_status manifest.modules.serial)
	# an even number lists the one, an odd one the other
	stall waits-canary /k/two/canary.ko --at image
	stall waits-argued /k/two/argued.ko --at image
	vm_ok "streamto $NODE /k/u/late/$((UPDATES + 1))"
	[ "$(seal_status manifest.modules.serial)" -gt "$live" ]
	unstall waits-argued
	[ "$status" -eq 0 ]
	vm_ok "rmmod argued"
	# the races before may have used up what is logged
	log_again
	log_mark
	unstall waits-canary
	refused module-load 'by stallload\[' 'reason=unlisted$'
}

# Each of two writes all that are left, serials rising: what is refused is busy,
# or stale because the other was faster.
@test "two that write at once: one of them, or the other" {
	local last
	last=$(seal_status manifest.modules.serial)
	vm_ok "write() { for n in \$(seq $((UPDATES + 2)) $((UPDATES + LATE))); do
			streamto $NODE /k/u/late/\$n 2>&1; done; }
		write >/tmp/a & write >/tmp/b; wait; cat /tmp/a /tmp/b"
	! grep -v 'resource busy\|Stale file handle' <<<"$output" | grep . || false
	[ -n "$output" ]
	[ "$(seal_status manifest.modules.serial)" -gt "$last" ]
	[ "$(digest_sets)" -eq 2 ]
}

# --- through a loader ---

@test "a loader and a manifest: both must agree" {
	local how
	vm_down
	vm_boot --tree "$KEYS:/k"
	vm_ok "chown -R 0:0 /k; chmod -R go-w /k; cp /usr/lib/seal-tests/modload /loader"
	vm_ok "sed 1d /k/m >/m; chmod 644 /m; sed 's/^# serial.*//' /k/r >/r; chmod 644 /r"
	seal_on insmod=/loader manifest=/m revoked=/r
	for how in --finit --init; do
		vm_ok "/loader $how /canary.ko && rmmod canary"
		unlisted "/loader $how --args function=kernel_halt /ftracer.ko"
		log_mark
		vm "modload $how /canary.ko"
		refused module-load 'exe="/usr/lib/seal-tests/modload"' \
			'reason=not-in-hole$'
		log_mark
		vm "modload $how /ftracer.ko"
		refused module-load 'reason=not-in-hole$'
	done
	# what is signed is nothing here; what is revoked is not even listed
	unlisted "/loader /k/dummy.ko"
	log_mark
	vm "/loader /broken.ko"
	refused module-load 'reason=revoked$'
	log_mark
	vm "/loader --args port=0x60 /argued.ko"
	refused module-load 'what="argued"' 'reason=args$'
	vm_ok "/loader --args text=x /argued.ko && rmmod argued"
	log_mark
	vm "/loader --flags 3 /canary.ko"
	refused module-load 'reason=forced$'
	# it would not outlive the test that booted it
	vm_down
}
