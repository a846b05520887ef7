#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# shellcheck disable=SC2034,SC2317 # the attacks use what is here
#
# attack.sh NAME prepare|attack|cleanup - runs that part of an attack, in the
# guest
#
# tests/attacks/NAME defines the parts as functions, in the words below. The
# attack exits with 0 only if the attacker has got what the attack is for: that
# is the control on the machine without the seal. With 1 he was refused, and
# the error is on stderr. With 2 nothing could be tried, which proves nothing.
# The other parts may be missing; prepare comes before the seal does.
#
# The attacker's prey is the puppet (tests/tools/puppet.c), which plays a
# hole's program, loader and driver in one: $puppet without libraries, $dynamic
# with.

tools=/usr/lib/seal-tests
holes=/holes
puppet=$holes/puppet
dynamic=$holes/puppet-dyn
evil=/evil/evil.so
canary=/canary.ko
protected=/holes/disk/way/protected
export LC_ALL=C

# say(WHY...) - refused
no() {
	echo "$*" >&2
	exit 1
}

# unusable(WHY...) - nothing could be tried
unusable() {
	echo "cannot try: $*" >&2
	exit 2
}

# as_told(COMMAND...) - runs it; whatever is no success of a tool is told on,
# death by a signal too
as_told() {
	"$@" && return
	[ $? -ne 2 ] || exit 2
	exit 1
}

# loaded() - is the attacker's module in the kernel?
loaded() {
	grep -q '^canary ' /proc/modules || no "the module is not loaded"
}

# target() - the module to do away with: the seal, or without it another one
target() {
	[ ! -d /sys/module/seal ] || { echo seal; return; }
	kmod-modprobe dummy || exit 2
	echo dummy
}

# held() - a module that is in use, there since before the seal
held() {
	[ -d /sys/module/held ] || modload /held.ko >&2 || exit 2
	echo held
}

# abi32(TOOL) - as helpers.bash has it
abi32() {
	case $(uname -m) in
	x86_64) echo "$1 --int80" ;;
	*) echo "${1}32" ;;
	esac
}

# renew() - what can be changed without the seal becomes again what it was
renew() {
	[ ! -d /sys/module/seal ] || return 0
	rm -rf /holes/disk/away /holes/disk/new /holes/disk/second \
		/holes/disk/way
	mkdir -p $protected
	head -c 65536 /dev/zero >$protected/file
}

# screen() - the address of a display's memory, which drivers may write
screen() {
	for device in /sys/bus/pci/devices/*; do
		grep -q ^0x03 "$device/class" || continue
		echo 1 >"$device/enable"
		head -n1 "$device/resource" | cut -d' ' -f1
		return
	done
	unusable "the machine has no display"
}

# other_colour() - a byte that is not there yet
other_colour() {
	memdev peek /dev/mem "$(screen)" >/tmp/peeked || exit 2
	echo $((($(cat /tmp/peeked) + 1) & 255))
}

# painted(BYTE) - is that what the first byte of the display is?
painted() {
	memdev peek /dev/mem "$(screen)" >/tmp/peeked || exit 2
	[ "$(cat /tmp/peeked)" -eq "$1" ] ||
		no "the display shows $(cat /tmp/peeked)"
}

# await(COMMAND...) - until it succeeds, for some seconds
await() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		! "$@" 2>/dev/null || return 0
		sleep 0.5
	done
	unusable "in vain: $*"
}

# play(PROGRAM [ARG...]) - starts a puppet that obeys told; sets $pid
play() {
	rm -f /tmp/puppet.do /tmp/puppet.did
	mkfifo /tmp/puppet.do /tmp/puppet.did
	"$@" serve /tmp/puppet.do /tmp/puppet.did >/tmp/puppet.log 2>&1 &
	pid=$!
	told true
}

# told(ACT...) - has the puppet do something; fails as it does
told() {
	echo "$*" >/tmp/puppet.do
	answer=$(timeout 20 head -n1 /tmp/puppet.did) || answer=
	case $answer in
	ok*) return 0 ;;
	error:*) echo "puppet: $*: ${answer#error: }" >&2 ;;
	*) echo "puppet: $*: no answer" >&2 ;;
	esac
	return 1
}

# where(WHAT) - of the puppet's: patchable, stored, mapped, memory, guard, armed
where() {
	told where || exit 2
	sed -n "s/^$1 //p" /tmp/puppet.log | tail -n 1
}

# page(PROGRAM) - of its file, the place of a word among its code that does not
# change, which load-unguarded and paint-unguarded look at
page() {
	at=$("$1" where | sed -n 's/^guard //p')
	[ -n "$at" ] || unusable "$1 does not say"
	printf '%d\n' "$at"
}

# misguide(PROGRAM OFFSET) - changes that word on the disk, past the file system
misguide() {
	sync
	place=$(poison where "$1" "$2") || exit 2
	printf 'evil' | dd of=/dev/ram0 bs=1 seek="$place" \
		conv=notrunc,fsync 2>/dev/null || exit 1
	sync
}

# driving() - the puppet has the display open and mapped
driving() {
	told open || unusable "the driver does not get its device"
	told map "$(screen)" || unusable "the driver does not get its memory"
}

# away() - the puppet goes
away() {
	[ -n "$pid" ] || return 0
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	pid=
}

prepare() { :; }
cleanup() { :; }

name=${1##*/}
part=$2
pid=
cd /tmp || exit 2
# shellcheck disable=SC1090 # one of many
. "/attacks/$name"
case $part in
prepare | attack)
	trap away EXIT
	"$part" ;;
cleanup)
	cleanup
	! grep -q '^canary ' /proc/modules || rmmod canary ;;
*)
	unusable "no part \"$part\"" ;;
esac
