# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # who loads this reads it
#
# The doors, and who goes through them: for tests/lockdown.bats, and for
# tests/catalogue, which makes a table of it.

# The reasons for which the kernel asks security_locked_down(), by class, in the
# order of its enum lockdown_reason.
INTEGRITY='module_signature dev_mem efi_test kexec hibernation pci_access ioport
	msr acpi_tables device_tree pcmcia_cis tiocsserial module_parameters
	mmiotrace debugfs xmon_wr bpf_write_user dbg_write_kernel
	rtas_error_injection xen_user_actions'
CONFIDENTIALITY='kcore kprobes bpf_read_kernel dbg_read_kernel perf tracefs xmon_rw
	xfrm_secret'

# A way through one of these is a line: the reason, what tests/tools/door calls the
# way, the errno that the seal's no becomes, words of requires(). Where the kernel
# answers all the same, the errno is the tool's.
WAYS='
kexec			kexec			EPERM
kexec			kexec-file		EPERM	config:KEXEC_FILE
kexec			kexec-start		EPERM
hibernation		hibernation		EPERM	config:HIBERNATION
pci_access		pci-config		EPERM
pci_access		pci-config-proc		EPERM
pci_access		pci-map			EPERM
pci_access		pci-map-display		EPERM
msr			msr			EPERM	arch:amd64
msr			msr-ioctl		EPERM	arch:amd64
msr			msr-wrapped		EPERM	arch:amd64
tiocsserial		tiocsserial		EPERM	arch:amd64 generic
module_parameters	module-parameters	EPERM	arch:amd64
module_parameters	firmware-path		EPERM
uio			uio			EPERM	module:uio_pci_generic
vfio			vfio			EPERM	module:vfio
debugfs			debugfs			EPERM
bpf_write_user		bpf-write-user		EINVAL	config:BPF_EVENTS
kprobes			kprobes			EPERM
bpf_read_kernel		bpf-read-kernel		EINVAL	config:BPF_EVENTS
bpf_read_kernel		bpf-tracer		EPERM	config:BPF_EVENTS
perf			perf			EPERM	arch:amd64
tracefs			tracefs			EPERM
xfrm_secret		xfrm-secret		ENODATA	kernel:5.11 config:XFRM_USER config:INET_AH
xfrm_secret		xfrm-dump		ENODATA	kernel:5.11 config:XFRM_USER config:INET_AH
'

# Those that are decided at doors of the seal's own, each with these.
DECIDED='
module_signature	module-load
dev_mem			mem-write mem-read
ioport			ioport
kcore			kcore
'

# And those that nobody goes through here, each with the reason.
WITHOUT='
efi_test		the driver efi_test is not in these kernels
acpi_tables		asked at boot, and by drivers that are not in these kernels
device_tree		powerpc only
pcmcia_cis		QEMU has no socket for such a card
mmiotrace		asked by a test module that is not in these kernels
xmon_wr			powerpc only
xmon_rw			powerpc only
dbg_write_kernel	no debugger (CONFIG_KGDB) in these kernels
dbg_read_kernel		no debugger (CONFIG_KGDB) in these kernels
rtas_error_injection	powerpc only
xen_user_actions	in a guest of Xen only
'

# The seal's own doors, a line each: the door, the suite and its test that goes
# through it, the suite and its test that finds it shut.
OWN="
module-load | load | unsealed: finit_module, init_module, 64-bit and 32-bit, all load | load | finit_module is refused [64-bit]
module-remove | strict | unsealed: /dev/mem and /proc/kcore are read, modules go | strict | no module goes [64-bit, 32-bit, forced]
mem-write | memory | unsealed: /dev/mem opens, is written and is mapped | memory | opening for writing is refused [rw]
mem-read | strict | unsealed: /dev/mem and /proc/kcore are read, modules go | strict | /dev/mem does not open for reading
ioport | memory | unsealed: ioperm and iopl give ports, 64-bit and 32-bit | memory | ioperm is refused [64-bit]
kcore | strict | unsealed: /dev/mem and /proc/kcore are read, modules go | strict | /proc/kcore does not open
manifest-update | update | an update adds a module, which then loads | update | another key's, a changed, a cut off, an unsigned one are refused
program-access | attacks | unsealed: a debugger that patches the running loader and is gone [PTRACE_ATTACH] | attacks | sealed: a debugger that patches the running loader and is gone [PTRACE_ATTACH]
program-code | attacks | unsealed: a plug-in that is not listed, while the device is open | attacks | sealed: a plug-in that is not listed, while the device is open
file-change | protect | without the seal each attack on files succeeds | protect | content is not changed: write, append, truncate, punch, swap
block-write | protect | without the seal each attack on block devices succeeds | protect | the device that holds it is not opened for writing [partition, disk]
uio | lockdown | level=integrity, the default: what writes is shut, what reads is not | lockdown | level=integrity, the default: what writes is shut, what reads is not
vfio | lockdown | level=integrity, the default: what writes is shut, what reads is not | lockdown | level=integrity, the default: what writes is shut, what reads is not
nvme-admin | disks | unsealed: a controller takes any command | disks | no controller takes a command that does more than read
seal | lockdown | BPF does not answer for the kernel's question | lockdown | BPF does not answer for the kernel's question
"
