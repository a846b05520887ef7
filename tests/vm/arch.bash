# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # what is set here is read elsewhere
#
# What the architectures of tests/kernels differ in, for the machine and for
# whoever builds what goes into it.

# arch_of(VERSION) - the architecture of that kernel, or of that flavour
arch_of() {
	echo "${1##*-}"
}

# use_arch(ARCH) - sets
#	$arch_qemu		QEMU's program, $arch_qemu_package its package
#	$arch_machine		QEMU's options for the board
#	$arch_cpu		the processor under emulation
#	$arch_agent		QEMU's options for a second serial port, which is
#				the character device "agent"
#	$arch_console, $arch_port  what the kernel calls the two ports
#	$arch_append		what else the kernel is told
#	$arch_kbuild		the kernel's name for it
#	$arch_gnu		GNU's name, which its libraries' directory and
#				its compilers are called by
#	$arch_gnu32		that of the 32-bit programs that it also runs and
#				its own compiler cannot make
#	$arch_cross		the packages that hold both compilers on a
#				machine of another architecture
use_arch() {
	case $1 in
	amd64)
		arch_qemu=qemu-system-x86_64 arch_qemu_package=qemu-system-x86
		arch_machine=(-M pc)
		# TCG's default has no rdrand, and getrandom() would wait; QEMU
		# 7.2's cmpxchg16b leaves flags that are no flags behind, and an
		# interrupt at the wrong moment takes them for real
		arch_cpu=max,-cx16
		arch_agent=(-serial chardev:agent)
		arch_console=ttyS0 arch_port=ttyS1
		# on a busy machine the kernel may see no tick in time, and panic
		arch_append=no_timer_check
		arch_kbuild=x86 arch_gnu=x86_64-linux-gnu arch_gnu32=
		arch_cross=() ;;
	arm64)
		arch_qemu=qemu-system-aarch64 arch_qemu_package=qemu-system-arm
		arch_machine=(-M virt)
		# the architecture's own way to sign pointers is slow to emulate
		arch_cpu=max,pauth-impdef=on
		# the board has one port; all of these kernels drive a PCI card
		arch_agent=(-device "pci-serial,chardev=agent")
		arch_console=ttyAMA0 arch_port=ttyS0
		arch_append=
		arch_kbuild=arm64 arch_gnu=aarch64-linux-gnu
		arch_gnu32=arm-linux-gnueabihf
		arch_cross=("gcc-$arch_gnu" "gcc-$arch_gnu32"
			libc6-dev-armhf-cross) ;;
	*)
		die "nothing is known of the architecture \"$1\"" ;;
	esac
}
