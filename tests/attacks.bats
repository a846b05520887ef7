# SPDX-License-Identifier: GPL-2.0
# The attacks of tests/attacks, each without the seal and with it.
# Written by tests/catalogue; what is said here is in attacks.bash.

load helpers
load attacks

@test "unsealed: ftrace switched off" {
	unsealed ftrace-off
}

@test "sealed: ftrace switched off" {
	sealed ftrace-off
}

@test "unsealed: another module's hook on the function that decides" {
	unsealed hook-stolen
}

@test "sealed: another module's hook on the function that decides" {
	sealed hook-stolen
}

@test "unsealed: kprobes switched off, then a module" {
	unsealed kprobes-off
}

@test "sealed: kprobes switched off, then a module" {
	sealed kprobes-off
}

@test "unsealed: a module in use removed by force" {
	unsealed module-forced
}

@test "sealed: a module in use removed by force" {
	sealed module-forced
}

@test "unsealed: a module in use removed by force, by the 32-bit system call" {
	unsealed module-forced-32
}

@test "sealed: a module in use removed by force, by the 32-bit system call" {
	sealed module-forced-32
}

@test "unsealed: the seal's parameters made writable and written" {
	unsealed parameter-chmod
}

@test "sealed: the seal's parameters made writable and written" {
	sealed parameter-chmod
}

@test "unsealed: a probe at the entrance of the function that decides" {
	unsealed probe-on-gate
}

@test "sealed: a probe at the entrance of the function that decides" {
	sealed probe-on-gate
}

@test "unsealed: the seal removed by force" {
	unsealed seal-removed
}

@test "sealed: the seal removed by force" {
	sealed seal-removed
}

@test "unsealed: the seal removed by force, by the 32-bit system call" {
	unsealed seal-removed-32
}

@test "sealed: the seal removed by force, by the 32-bit system call" {
	sealed seal-removed-32
}

@test "unsealed: the function that decides taken out of what is traced" {
	unsealed tracer-excluded
}

@test "sealed: the function that decides taken out of what is traced" {
	sealed tracer-excluded
}

@test "unsealed: a tracer on the function that decides, then a module" {
	unsealed tracer-on-gate
}

@test "sealed: a tracer on the function that decides, then a module" {
	sealed tracer-on-gate
}

@test "unsealed: the loader as an interpreter of binfmt_misc" {
	unsealed binfmt-misc
}

@test "sealed: the loader as an interpreter of binfmt_misc" {
	sealed binfmt-misc
}

@test "unsealed: the loader as an interpreter that binfmt_misc holds open" {
	unsealed binfmt-misc-fixed
}

@test "sealed: the loader as an interpreter that binfmt_misc holds open" {
	sealed binfmt-misc-fixed
}

@test "unsealed: the loader's data written by a subprogram of a BPF program" {
	unsealed bpf-write-deep
}

@test "sealed: the loader's data written by a subprogram of a BPF program" {
	sealed bpf-write-deep
}

@test "unsealed: the loader's data written by a BPF program" {
	unsealed bpf-write-user
}

@test "sealed: the loader's data written by a BPF program" {
	sealed bpf-write-user
}

@test "unsealed: a driver started without standard descriptors" {
	unsealed closed-descriptors
}

@test "sealed: a driver started without standard descriptors" {
	sealed closed-descriptors
}

@test "unsealed: the running loader's code rewritten on the disk, and read again [process_madvise]" {
	unsealed code-evicted
}

@test "sealed: the running loader's code rewritten on the disk, and read again [process_madvise]" {
	sealed code-evicted
}

@test "unsealed: code in anonymous memory of the loader's" {
	unsealed code-in-anonymous
}

@test "sealed: code in anonymous memory of the loader's" {
	sealed code-in-anonymous
}

@test "unsealed: code of a file that is gone, in the loader" {
	unsealed code-in-deleted-file
}

@test "sealed: code of a file that is gone, in the loader" {
	sealed code-in-deleted-file
}

@test "unsealed: code of a foreign file in the loader" {
	unsealed code-in-file
}

@test "sealed: code of a foreign file in the loader" {
	sealed code-in-file
}

@test "unsealed: code in the heap of the loader's" {
	unsealed code-in-heap
}

@test "sealed: code in the heap of the loader's" {
	sealed code-in-heap
}

@test "unsealed: code in a file in memory (memfd) of the loader's" {
	unsealed code-in-memfd
}

@test "sealed: code in a file in memory (memfd) of the loader's" {
	sealed code-in-memfd
}

@test "unsealed: code in the stack of the loader's" {
	unsealed code-in-stack
}

@test "sealed: code in the stack of the loader's" {
	sealed code-in-stack
}

@test "unsealed: a write to the loader's code that began before the seal, and ends after" {
	unsealed code-lent
}

@test "sealed: a write to the loader's code that began before the seal, and ends after" {
	sealed code-lent
}

@test "unsealed: the loader's code rewritten on the disk, its memory declared broken" {
	unsealed code-poisoned
}

@test "sealed: the loader's code rewritten on the disk, its memory declared broken" {
	sealed code-poisoned
}

@test "unsealed: a driver's code rewritten on the disk, its memory declared broken" {
	unsealed code-poisoned-driving
}

@test "sealed: a driver's code rewritten on the disk, its memory declared broken" {
	sealed code-poisoned-driving
}

@test "unsealed: the loader's code rewritten on the disk, its memory taken out of use" {
	unsealed code-retired
}

@test "sealed: the loader's code rewritten on the disk, its memory taken out of use" {
	sealed code-retired
}

@test "unsealed: /proc/self/exe pointed to the loader" {
	unsealed exe-file
}

@test "sealed: /proc/self/exe pointed to the loader" {
	sealed exe-file
}

@test "unsealed: /proc/self/exe pointed to the loader, as a checkpoint's restore does" {
	unsealed exe-file-map
}

@test "sealed: /proc/self/exe pointed to the loader, as a checkpoint's restore does" {
	sealed exe-file-map
}

@test "unsealed: the running loader written, since fanotify is to fill its file" {
	unsealed fanotify-content
}

@test "sealed: the running loader written, since fanotify is to fill its file" {
	sealed fanotify-content
}

@test "unsealed: the loader written through a descriptor that fanotify gives" {
	unsealed fanotify-write
}

@test "sealed: the loader written through a descriptor that fanotify gives" {
	sealed fanotify-write
}

@test "unsealed: a descriptor of /dev/mem inherited from the driver" {
	unsealed fd-inherited
}

@test "sealed: a descriptor of /dev/mem inherited from the driver" {
	sealed fd-inherited
}

@test "unsealed: a descriptor of /dev/mem inherited from the driver, by write" {
	unsealed fd-inherited-write
}

@test "sealed: a descriptor of /dev/mem inherited from the driver, by write" {
	sealed fd-inherited-write
}

@test "unsealed: the driver's descriptor opened again by /proc/PID/fd" {
	unsealed fd-reopened
}

@test "sealed: the driver's descriptor opened again by /proc/PID/fd" {
	sealed fd-reopened
}

@test "unsealed: a descriptor of /dev/mem that the driver sends on" {
	unsealed fd-sent
}

@test "sealed: a descriptor of /dev/mem that the driver sends on" {
	sealed fd-sent
}

@test "unsealed: the loader in a copy of its file system" {
	unsealed file-system-cloned
}

@test "sealed: the loader in a copy of its file system" {
	sealed file-system-cloned
}

@test "unsealed: GCONV_PATH with another character set" {
	unsealed gconv-path
}

@test "sealed: GCONV_PATH with another character set" {
	sealed gconv-path
}

@test "unsealed: GLIBC_TUNABLES changes the loader's allocator" {
	unsealed glibc-tunables
}

@test "sealed: GLIBC_TUNABLES changes the loader's allocator" {
	sealed glibc-tunables
}

@test "unsealed: another dynamic linker for the loader" {
	unsealed interpreter-replaced
}

@test "sealed: another dynamic linker for the loader" {
	sealed interpreter-replaced
}

@test "unsealed: LD_AUDIT into the loader" {
	unsealed ld-audit
}

@test "sealed: LD_AUDIT into the loader" {
	sealed ld-audit
}

@test "unsealed: LD_LIBRARY_PATH with another library" {
	unsealed ld-library-path
}

@test "sealed: LD_LIBRARY_PATH with another library" {
	sealed ld-library-path
}

@test "unsealed: LD_PRELOAD into the loader" {
	unsealed ld-preload
}

@test "sealed: LD_PRELOAD into the loader" {
	sealed ld-preload
}

@test "unsealed: LD_PRELOAD of a setuid library in a standard directory" {
	unsealed ld-preload-setuid
}

@test "sealed: LD_PRELOAD of a setuid library in a standard directory" {
	sealed ld-preload-setuid
}

@test "unsealed: the dynamic linker as the program, the loader its argument" {
	unsealed ld-so-as-program
}

@test "sealed: the dynamic linker as the program, the loader its argument" {
	sealed ld-so-as-program
}

@test "unsealed: /etc/ld.so.preload" {
	unsealed ld-so-preload
}

@test "sealed: /etc/ld.so.preload" {
	sealed ld-so-preload
}

@test "unsealed: /etc/ld.so.preload with a library that has no code" {
	unsealed ld-so-preload-data
}

@test "sealed: /etc/ld.so.preload with a library that has no code" {
	sealed ld-so-preload-data
}

@test "unsealed: a bind mount over a library of the loader's" {
	unsealed library-bind-mount
}

@test "sealed: a bind mount over a library of the loader's" {
	sealed library-bind-mount
}

@test "unsealed: another library moved to where the loader's was" {
	unsealed library-renamed
}

@test "sealed: another library moved to where the loader's was" {
	sealed library-renamed
}

@test "unsealed: another library in a directory that comes first" {
	unsealed library-shadowed
}

@test "sealed: another library in a directory that comes first" {
	sealed library-shadowed
}

@test "unsealed: a shell without code around a library" {
	unsealed library-shell
}

@test "sealed: a shell without code around a library" {
	sealed library-shell
}

@test "unsealed: a listed library is written in place" {
	unsealed library-written
}

@test "sealed: a listed library is written in place" {
	sealed library-written
}

@test "unsealed: a library without code, by a dynamic linker that is not glibc's" {
	unsealed linker-silent
}

@test "sealed: a library without code, by a dynamic linker that is not glibc's" {
	sealed linker-silent
}

@test "unsealed: a driver's mapping of a device in a child" {
	unsealed mapping-forked
}

@test "sealed: a driver's mapping of a device in a child" {
	sealed mapping-forked
}

@test "unsealed: the driver's device opened by /proc/PID/map_files" {
	unsealed mapping-reopened
}

@test "sealed: the driver's device opened by /proc/PID/map_files" {
	sealed mapping-reopened
}

@test "unsealed: a copy of the loader without a name" {
	unsealed memfd-copy
}

@test "sealed: a copy of the loader without a name" {
	sealed memfd-copy
}

@test "unsealed: a file system moved over the loader's directory" {
	unsealed mount-moved
}

@test "sealed: a file system moved over the loader's directory" {
	sealed mount-moved
}

@test "unsealed: a name service of the attacker's" {
	unsealed nss-plugin
}

@test "sealed: a name service of the attacker's" {
	sealed nss-plugin
}

@test "unsealed: the loader through an overlay" {
	unsealed overlay
}

@test "sealed: the loader through an overlay" {
	sealed overlay
}

@test "unsealed: a driver's descriptor of /dev/mem taken by pidfd_getfd" {
	unsealed pidfd-getfd
}

@test "sealed: a driver's descriptor of /dev/mem taken by pidfd_getfd" {
	sealed pidfd-getfd
}

@test "unsealed: a plug-in that is not listed, while the device is open" {
	unsealed plugin-after
}

@test "sealed: a plug-in that is not listed, while the device is open" {
	sealed plugin-after
}

@test "unsealed: a plug-in that is not listed, before the device is open" {
	unsealed plugin-before
}

@test "sealed: a plug-in that is not listed, before the device is open" {
	sealed plugin-before
}

@test "unsealed: a library without code, while the device is open" {
	unsealed plugin-codeless
}

@test "sealed: a library without code, while the device is open" {
	sealed plugin-codeless
}

@test "unsealed: a plug-in that is not listed, and that is gone again" {
	unsealed plugin-gone
}

@test "sealed: a plug-in that is not listed, and that is gone again" {
	sealed plugin-gone
}

@test "unsealed: a plug-in of the loader's that is not listed" {
	unsealed plugin-loads
}

@test "sealed: a plug-in of the loader's that is not listed" {
	sealed plugin-loads
}

@test "unsealed: a plug-in of the loader's on a file system that a program serves" {
	unsealed plugin-on-fuse
}

@test "sealed: a plug-in of the loader's on a file system that a program serves" {
	sealed plugin-on-fuse
}

@test "unsealed: a driver's I/O ports in another program" {
	unsealed ports-executed
}

@test "sealed: a driver's I/O ports in another program" {
	sealed ports-executed
}

@test "unsealed: a driver's I/O ports in a child" {
	unsealed ports-forked
}

@test "sealed: a driver's I/O ports in a child" {
	sealed ports-forked
}

@test "unsealed: code written over the running loader's by /proc/PID/mem" {
	unsealed proc-mem-code
}

@test "sealed: code written over the running loader's by /proc/PID/mem" {
	sealed proc-mem-code
}

@test "unsealed: the running loader's data written by /proc/PID/mem" {
	unsealed proc-mem-data
}

@test "sealed: the running loader's data written by /proc/PID/mem" {
	sealed proc-mem-data
}

@test "unsealed: a driver's device memory written by /proc/PID/mem" {
	unsealed proc-mem-device
}

@test "sealed: a driver's device memory written by /proc/PID/mem" {
	sealed proc-mem-device
}

@test "unsealed: the running loader's data written by process_vm_writev" {
	unsealed process-vm-writev
}

@test "sealed: the running loader's data written by process_vm_writev" {
	sealed process-vm-writev
}

@test "unsealed: a debugger that patches the running loader and is gone [PTRACE_ATTACH]" {
	unsealed ptrace-attach
}

@test "sealed: a debugger that patches the running loader and is gone [PTRACE_ATTACH]" {
	sealed ptrace-attach
}

@test "unsealed: a driver's device memory written by a debugger" {
	unsealed ptrace-device
}

@test "sealed: a driver's device memory written by a debugger" {
	sealed ptrace-device
}

@test "unsealed: a debugger that patches the running loader and is gone [PTRACE_SEIZE]" {
	unsealed ptrace-seize
}

@test "sealed: a debugger that patches the running loader and is gone [PTRACE_SEIZE]" {
	sealed ptrace-seize
}

@test "unsealed: the device opened through a driver's io_uring" {
	unsealed ring-open
}

@test "sealed: the device opened through a driver's io_uring" {
	sealed ring-open
}

@test "unsealed: the device written through a driver's io_uring" {
	unsealed ring-write
}

@test "sealed: the device written through a driver's io_uring" {
	sealed ring-write
}

@test "unsealed: the loader in the root directory that init was made to have" {
	unsealed root-of-init
}

@test "sealed: the loader in the root directory that init was made to have" {
	sealed root-of-init
}

@test "unsealed: a script that names the loader as its interpreter" {
	unsealed script-interpreter
}

@test "sealed: a script that names the loader as its interpreter" {
	sealed script-interpreter
}

@test "unsealed: a supervisor that opens the loader's files for it" {
	unsealed seccomp-addfd
}

@test "sealed: a supervisor that opens the loader's files for it" {
	sealed seccomp-addfd
}

@test "unsealed: LD_PRELOAD, with a BPF program that has the loader start as any other" {
	unsealed secure-cleared
}

@test "sealed: LD_PRELOAD, with a BPF program that has the loader start as any other" {
	sealed secure-cleared
}

@test "unsealed: the root directory changed under a running loader" {
	unsealed shared-root
}

@test "sealed: the root directory changed under a running loader" {
	sealed shared-root
}

@test "unsealed: the loader's data changed while it is swapped out" {
	unsealed swap-rewritten
}

@test "sealed: the loader's data changed while it is swapped out" {
	sealed swap-rewritten
}

@test "unsealed: a BPF program that answers openat(2) for the loader" {
	unsealed syscall-forged
}

@test "sealed: a BPF program that answers openat(2) for the loader" {
	sealed syscall-forged
}

@test "unsealed: a tracer that waits for the loader's exec [PTRACE_O_TRACEEXEC]" {
	unsealed trace-exec
}

@test "sealed: a tracer that waits for the loader's exec [PTRACE_O_TRACEEXEC]" {
	sealed trace-exec
}

@test "unsealed: a tracer that is given the loader by its parent's fork [PTRACE_O_TRACEFORK]" {
	unsealed trace-fork
}

@test "sealed: a tracer that is given the loader by its parent's fork [PTRACE_O_TRACEFORK]" {
	sealed trace-fork
}

@test "unsealed: a tracer that lets go after the loader's exec" {
	unsealed traceme
}

@test "sealed: a tracer that lets go after the loader's exec" {
	sealed traceme
}

@test "unsealed: a breakpoint that changes a constant among the loader's code" {
	unsealed uprobe-code
}

@test "sealed: a breakpoint that changes a constant among the loader's code" {
	sealed uprobe-code
}

@test "unsealed: a breakpoint whose reference counter is a variable of the loader" {
	unsealed uprobe-counter
}

@test "sealed: a breakpoint whose reference counter is a variable of the loader" {
	sealed uprobe-counter
}

@test "unsealed: a breakpoint in the driver while it has its device mapped" {
	unsealed uprobe-driving
}

@test "sealed: a breakpoint in the driver while it has its device mapped" {
	sealed uprobe-driving
}

@test "unsealed: the kernel's helper for core dumps loads" {
	unsealed usermode-helper
}

@test "sealed: the kernel's helper for core dumps loads" {
	sealed usermode-helper
}

@test "unsealed: a loop device over a block device below a protected file" {
	unsealed device-looped
}

@test "sealed: a loop device over a block device below a protected file" {
	sealed device-looped
}

@test "unsealed: a block device below a protected file mapped and written" {
	unsealed device-mapped
}

@test "sealed: a block device below a protected file mapped and written" {
	sealed device-mapped
}

@test "unsealed: a new file in a protected directory" {
	unsealed directory-added-to
}

@test "sealed: a new file in a protected directory" {
	sealed directory-added-to
}

@test "unsealed: a link into a protected directory" {
	unsealed directory-linked-into
}

@test "sealed: a link into a protected directory" {
	sealed directory-linked-into
}

@test "unsealed: a mount over a protected directory" {
	unsealed directory-mounted-over
}

@test "sealed: a mount over a protected directory" {
	sealed directory-mounted-over
}

@test "unsealed: a protected directory moved away" {
	unsealed directory-renamed
}

@test "sealed: a protected directory moved away" {
	sealed directory-renamed
}

@test "unsealed: the disk below a loader commanded to write, by SCSI generic" {
	unsealed disk-commanded
}

@test "sealed: the disk below a loader commanded to write, by SCSI generic" {
	sealed disk-commanded
}

@test "unsealed: the loader rewritten on the disk below its file system" {
	unsealed disk-rewritten
}

@test "sealed: the loader rewritten on the disk below its file system" {
	sealed disk-rewritten
}

@test "unsealed: a protected file's disk unmounted in a copy of the mount namespace" {
	unsealed disk-unmounted
}

@test "sealed: a protected file's disk unmounted in a copy of the mount namespace" {
	sealed disk-unmounted
}

@test "unsealed: a protected file's disk unmounted along with a copy of a directory above" {
	unsealed disk-unmounted-below
}

@test "sealed: a protected file's disk unmounted along with a copy of a directory above" {
	sealed disk-unmounted-below
}

@test "unsealed: a protected file's disk unmounted with a copy deep in another tree" {
	unsealed disk-unmounted-deep
}

@test "sealed: a protected file's disk unmounted with a copy deep in another tree" {
	sealed disk-unmounted-deep
}

@test "unsealed: a protected file written" {
	unsealed file-appended
}

@test "sealed: a protected file written" {
	sealed file-appended
}

@test "unsealed: an extended attribute set on a protected file" {
	unsealed file-attribute
}

@test "sealed: an extended attribute set on a protected file" {
	sealed file-attribute
}

@test "unsealed: a protected file written through a descriptor" {
	unsealed file-by-descriptor
}

@test "sealed: a protected file written through a descriptor" {
	sealed file-by-descriptor
}

@test "unsealed: a protected file written through another mount" {
	unsealed file-by-other-mount
}

@test "sealed: a protected file written through another mount" {
	sealed file-by-other-mount
}

@test "unsealed: a protected file's capabilities, which it loses with its owner" {
	unsealed file-capabilities
}

@test "sealed: a protected file's capabilities, which it loses with its owner" {
	sealed file-capabilities
}

@test "unsealed: a protected file deleted" {
	unsealed file-deleted
}

@test "sealed: a protected file deleted" {
	sealed file-deleted
}

@test "unsealed: a protected file exchanged with another" {
	unsealed file-exchanged
}

@test "sealed: a protected file exchanged with another" {
	sealed file-exchanged
}

@test "unsealed: the flags of a protected file changed" {
	unsealed file-flags
}

@test "sealed: the flags of a protected file changed" {
	sealed file-flags
}

@test "unsealed: a second name for a protected file" {
	unsealed file-linked
}

@test "sealed: a second name for a protected file" {
	sealed file-linked
}

@test "unsealed: a loop device over a protected file" {
	unsealed file-looped
}

@test "sealed: a loop device over a protected file" {
	sealed file-looped
}

@test "unsealed: a protected file made writable for others" {
	unsealed file-mode
}

@test "sealed: a protected file made writable for others" {
	sealed file-mode
}

@test "unsealed: a mount over a protected file" {
	unsealed file-mounted-over
}

@test "sealed: a mount over a protected file" {
	sealed file-mounted-over
}

@test "unsealed: a protected file moved away" {
	unsealed file-moved-away
}

@test "sealed: a protected file moved away" {
	sealed file-moved-away
}

@test "unsealed: a protected file given to another user" {
	unsealed file-owner
}

@test "sealed: a protected file given to another user" {
	sealed file-owner
}

@test "unsealed: a hole punched into a protected file" {
	unsealed file-punched
}

@test "sealed: a hole punched into a protected file" {
	sealed file-punched
}

@test "unsealed: another file moved over a protected one" {
	unsealed file-replaced
}

@test "sealed: another file moved over a protected one" {
	sealed file-replaced
}

@test "unsealed: the times of a protected file changed" {
	unsealed file-times
}

@test "sealed: the times of a protected file changed" {
	sealed file-times
}

@test "unsealed: a protected file truncated" {
	unsealed file-truncated
}

@test "sealed: a protected file truncated" {
	sealed file-truncated
}

@test "unsealed: a logical volume given a table with a block of a protected file in it" {
	unsealed mapper-renewed
}

@test "sealed: a logical volume given a table with a block of a protected file in it" {
	sealed mapper-renewed
}

@test "unsealed: a logical volume's table from before the seal, of another one, put to use" {
	unsealed mapper-waiting
}

@test "sealed: a logical volume's table from before the seal, of another one, put to use" {
	sealed mapper-waiting
}

@test "unsealed: a directory above a protected one moved away" {
	unsealed parent-renamed
}

@test "sealed: a directory above a protected one moved away" {
	sealed parent-renamed
}
