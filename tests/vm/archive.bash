# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What tests/kernels lists, and the distribution's archive that it is taken
# from. Whoever reads this file has a function die() and the directory $top.
#
# The archive is the one that this machine's apt is configured for; other
# suites of it are read through an apt configuration of their own, in
# build/archive, so that the machine's stays as it is.

# shellcheck source=arch.bash
. "$top/tests/vm/arch.bash"

row_list=${SEAL_KERNEL_LIST:-$top/tests/kernels}
archive=$top/build/archive
chroots=${SEAL_CHROOTS:-$top/build/chroots}

# row_names() - every kernel of the list
row_names() {
	sed -n 's/^\([^#[:space:]][^[:space:]]*\).*/\1/p' "$row_list"
}

# find_row(NAME) - sets $row_name, $row_arch, $row_release, $row_suites and
# $row_flavour from its line
find_row() {
	local line rest
	line=$(awk -v name="$1" '$1 == name' "$row_list")
	[ -n "$line" ] || return 1
	read -r row_name row_arch row_release row_suites row_flavour rest \
		<<<"$line"
	[ -n "$row_flavour" ] && [ -z "$rest" ] ||
		die "$row_list: not NAME ARCH RELEASE SUITES FLAVOUR: $line"
}

# find_row_of(KERNEL) - the line of that name, or the one that stands for that
# version by now
find_row_of() {
	local name
	find_row "$1" && return
	for name in $(row_names); do
		if [ "$(row_version "$name")" = "$1" ]; then
			find_row "$name"
			return
		fi
	done
	return 1
}

# row_version(NAME) - the version it stands for, if that was ever settled
row_version() {
	cat "$archive/versions/$1" 2>/dev/null
}

set_row_version() {
	mkdir -p "$archive/versions"
	echo "$2" >"$archive/versions/.$1.new"
	mv "$archive/versions/.$1.new" "$archive/versions/$1"
}

# arch_is_own(ARCH) - is it this machine's?
arch_is_own() {
	[ "$1" = "$(dpkg --print-architecture)" ]
}

# row_is_own() - is it a kernel of this machine's own release? That is taken,
# headers included, as any user of the machine would.
row_is_own() {
	local own
	own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	[ "$row_release" = "$own" ] && [[ ,$row_suites, == *",$own,"* ]] &&
		arch_is_own "$row_arch"
}

# guest_of(KERNEL) - sets $guest_built, the directory with what is built to run
# in the guest of that version or name, and $guest_root, below which the
# distribution's own programs for it lie: both are this machine's, if it could run that kernel, or
# else made by tests/vm/chroot
guest_of() {
	guest_built=$top/build guest_root='' row_release=''
	find_row_of "$1" || row_arch=$(arch_of "$1")
	! arch_is_own "$row_arch" || return 0
	[ -n "$row_release" ] || die "tests/kernels has no \"$1\""
	guest_built=$top/build/releases/$row_release-$row_arch
	guest_root=$chroots/$row_release/srv/$row_arch
}

# archive_uri(LABEL) - where this machine gets the archive of that label from
archive_uri() {
	local uri
	# shellcheck disable=SC2016 # it is apt's format
	uri=$(apt-get indextargets --format '$(LABEL)|$(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk -F'|' -v label="$1" '$1 == label { print $2; exit }')
	case $uri in
	mirror+file:*)	# a list of mirrors, the best one first
		uri=$(awk '/^[a-z]/ { print $1; exit }' "${uri#mirror+file:}") ;;
	esac
	echo "${uri%/}"
}

# archive_lines(SUITE...) - apt's sources.list for those suites
archive_lines() {
	local main security suite
	main=$(archive_uri Debian)
	security=$(archive_uri Debian-Security)
	[ -n "$main" ] || die "this machine's apt knows no archive of Debian" \
		"to take other kernels from (does apt-get update help?)"
	for suite; do
		case $suite in
		*-security)
			[ -z "$security" ] || echo "deb $security $suite main" ;;
		*)
			echo "deb $main $suite main" ;;
		esac
	done
}

# use_archive() - sets $archive_apt, options for apt's programs to see the
# suites of the row and nothing else
use_archive() {
	archive_dir=$archive/$row_suites-$row_arch
	archive_apt=(-c "$archive_dir/apt.conf")
	local suites lines
	IFS=, read -r -a suites <<<"$row_suites"
	lines=$(archive_lines "${suites[@]}") || exit
	mkdir -p "$archive_dir"/{lists/partial,cache/partial,none}
	[ "$(cat "$archive_dir/sources.list" 2>/dev/null)" = "$lines" ] || {
		echo "$lines" >"$archive_dir/sources.list"
		rm -f "$archive_dir/updated"
	}
	# Releases that have moved to the archive of old ones are no longer
	# dated anew. What is taken from them runs in a VM only.
	cat >"$archive_dir/apt.conf" <<-END
		#clear APT::Update;
		APT::Architecture "$row_arch";
		APT::Architectures { "$row_arch"; };
		APT::Sandbox::User "root";
		APT::Update::Error-Mode "any";
		Acquire::Check-Valid-Until "false";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Dir::Cache "$archive_dir/cache";
		Dir::Cache::pkgcache "pkgcache.bin";
		Dir::Cache::srcpkgcache "srcpkgcache.bin";
		Dir::Etc::sourcelist "$archive_dir/sources.list";
		Dir::Etc::sourceparts "$archive_dir/none";
		Dir::State::lists "$archive_dir/lists";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "$archive_dir/none";
	END
}

# refresh_archive() - its lists, where they are missing or older than a day
refresh_archive() {
	local log=$archive_dir/update.log
	[ -z "$(find "$archive_dir/updated" -mmin -1440 2>/dev/null)" ] ||
		return 0
	if apt-get "${archive_apt[@]}" -q update >"$log" 2>&1; then
		touch "$archive_dir/updated"
		return
	fi
	echo "the lists of $row_suites cannot be refreshed: see $log" >&2
}
