# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2016 # what is quoted so is awk's
#
# check: modules, those that are loaded and those that were built here

# shellcheck source=sealctl-parts/manifest.sh
. "$parts/manifest.sh"

# Modules that a signature alone does not admit: names[] of seal/raw_access.c.
RAW_ACCESS='uio uio_* vfio vfio_* mdev genwqe_card rio_mport_cdev
	8250_exar 8250_lpss rp2
	pci_endpoint_test phram slram mtdram pmc551 physmap* ramoops pstore_blk
	msr mce_inject hwpoison_inject aer_inject einj* erst_dbg *_error_inject
	notifier_error_inject dcdbas dell_rbu acpi_configfs acpi_dbg ec_sys
	isst_if_* amd_hsmp hsmp_* efi_test nvram firewire_ohci i2c_dev spidev
	xen_privcmd mmiotrace testmmiotrace test_* lkdtm kgdbts rcutorture
	locktorture torture bttv saa7134 raw'

MANIFEST=/etc/seal/modules.sha256

# take_manifest() - the digests of the one that the seal would be given, to
# $work/listed.digests
take_manifest() {
	manifest=$(configured manifest)
	manifest=${manifest:-$MANIFEST}
	: >"$work/listed.digests"
	if [ ! -e "$root$manifest" ]; then
		manifest_is=missing
		note "$manifest: there is no such manifest; seal-manifest writes one"
		return
	fi
	manifest_is=there
	cat "$root$manifest" >"$work/listed" 2>/dev/null ||
		die "$root$manifest: the manifest cannot be read; are you root?"
	if ! (read_manifest "$work/listed" "$manifest") 2>"$work/answer"; then
		: >"$work/listed.digests"
		finding "$manifest" \
			"the seal would not take it: $(sed 's/^[^:]*: [^:]*: //' \
				"$work/answer")" \
			"no parameter: write it anew with seal-manifest"
	fi
}

# index_modules() - NAME TAB PATH of all that this kernel finds
index_modules() {
	(cd "$root/" && find -L "lib/modules/$release" -mindepth 1 \
		\( \( -name build -o -name source \) -xtype l -prune \) -o \
		\( -name '*.ko' -o -name '*.ko.xz' -o -name '*.ko.zst' -o \
			-name '*.ko.gz' \) -type f -print) 2>/dev/null |
		awk '{
			name = $0
			sub(/.*\//, "", name)
			sub(/\.ko.*/, "", name)
			gsub(/-/, "_", name)
			print name "\t/" $0
		}' >"$work/modules"
}

# judge_image(PATH) - of the image that the kernel would make of this file:
# sets $judged to listed, signed, unsigned or unknown
judge_image() {
	judged=unknown image=$root$1
	case $1 in
	*.xz) unpack=xz ;;
	*.zst) unpack="zstd -q" ;;
	*.gz) unpack=gzip ;;
	*) unpack='' ;;
	esac
	if [ -n "$unpack" ]; then
		image=$work/image
		$unpack -dc -- "$root$1" >"$image" 2>/dev/null || return 0
	fi
	digest=$(sha256sum <"$image" 2>/dev/null) || return 0
	judged=unsigned
	if grep -qxF "${digest%% *}" "$work/listed.digests"; then
		judged=listed
	elif tail -c 28 -- "$image" |
		grep -aqxF '~Module signature appended~'; then
		judged=signed
	fi
}

is_raw_access() {
	set -f
	for pattern in $RAW_ACCESS; do
		# shellcheck disable=SC2254 # a pattern it is
		case $1 in
		$pattern) set +f; return 0 ;;
		esac
	done
	set +f
	return 1
}

LISTED="manifest= with it in the manifest (seal-manifest)"

# must_be_listed(NAME, PATH, WHY)
must_be_listed() {
	finding "module $1 ($2)" "$3, so that it cannot be loaded again" \
		"$LISTED"
	: >"$work/needs_manifest"
}

# check_module(NAME, TAINTS, PATH) - one that is loaded
check_module() {
	origin=''
	case $2 in
	*O*) origin="out of tree, " ;;
	esac
	if [ "$3" = - ]; then
		if sed 's#.*/##; s/\.ko$//; y/-/_/' \
			"$root/lib/modules/$release/modules.builtin" \
			2>/dev/null | grep -qxF -e "$1"; then
			note "module $1 is built in: it needs no entry"
			return
		fi
		must_be_listed "$1" "${origin}not below /lib/modules/$release" \
			"what it was loaded from is not known"
		return
	fi
	judge_image "$3"
	printf '%s\n' "$3" >>"$work/judged"
	case $judged in
	listed) return ;;
	unknown)
		must_be_listed "$1" "$origin$3" \
			"it cannot be read or unpacked here, nothing is known of it"
		return ;;
	esac
	if is_raw_access "$1"; then
		must_be_listed "$1" "$origin$3" \
			"it gives raw access to hardware, which no signature admits, and is not listed"
		return
	fi
	case $judged$2 in
	signed*E*)
		must_be_listed "$1" "$origin$3" \
			"it is not listed, and its signature is by no key that this kernel trusts" ;;
	signed*)
		printf '%s\n' "$1" >>"$work/signed" ;;
	*)
		must_be_listed "$1" "$origin$3" \
			"it is neither listed nor signed" ;;
	esac
}

check_modules() {
	release=$(fact /proc/sys/kernel/osrelease)
	[ -n "$release" ] || die "there is no $root/proc; mount it"
	take_manifest
	index_modules
	: >"$work/signed"
	: >"$work/judged"
	if [ ! -e "$root/proc/modules" ]; then
		finding "there is no /proc/modules" \
			"this kernel loads no modules, the seal neither" \
			"no parameter: another kernel"
		return
	fi
	awk 'FILENAME ~ /\/modules$/ && !is_proc {
			tab = index($0, "\t")
			path[substr($0, 1, tab - 1)] = substr($0, tab + 1)
			next
		}
		$1 != "seal" {
			print $1 "\t" ($NF ~ /^\([A-Z+-]*\)$/ ? $NF : "-") "\t" \
				($1 in path ? path[$1] : "-")
		}' "$work/modules" is_proc=1 "$root/proc/modules" >"$work/loaded"
	while IFS=$TAB read -r name taints path; do
		check_module "$name" "$taints" "$path"
	done <"$work/loaded"
	tell_signed
	check_dkms
}

# tell_signed() - they are many, and one word is enough for all of them
tell_signed() {
	number=$(wc -l <"$work/signed")
	[ "$number" -gt 0 ] || return 0
	names=$(head -n 5 "$work/signed" | paste -sd ' ' -)
	[ "$number" -le 5 ] || names="$names ..."
	if is_true trust_signed; then
		note "$number signed modules ($names): $giver has trust_signed=1"
		return
	fi
	finding "$number signed modules ($names)" \
		"they are not listed, so that they cannot be loaded again" \
		"trust_signed=1"
	: >"$work/needs_trust"
}

# check_dkms() - what this machine has built, loaded or not, for any kernel
check_dkms() {
	(cd "$root/" && find -L lib/modules/*/updates lib/modules/*/extra \
		var/lib/dkms/*/*/*/*/module \
		\( -name '*.ko' -o -name '*.ko.xz' -o -name '*.ko.zst' -o \
			-name '*.ko.gz' \) -type f -print) 2>/dev/null |
		sed 's#^#/#' | grep -v '/seal\.ko[^/]*$' | sort >"$work/built"
	while IFS= read -r path; do
		! grep -qxF -e "$path" "$work/judged" || continue
		judge_image "$path"
		[ "$judged" != listed ] || continue
		# dkms keeps another copy of what it has installed
		! grep -qsxF -e "${digest%% *}" "$work/told" || continue
		printf '%s\n' "${digest%% *}" >>"$work/told"
		finding "$path" \
			"it was built here and is not listed, so that it cannot be loaded" \
			"$LISTED"
		: >"$work/needs_manifest"
	done <"$work/built"
}
