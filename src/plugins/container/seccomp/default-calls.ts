/**
 * What the default profile allows to every container, by subject. The effect is that of Docker's profile: what is not here,
 * nor in `granted-calls.ts`, is refused with EPERM. These calls reach what is the container's own, or the kernel checks for
 * itself who may do what.
 */
const SUBJECTS: Readonly<Record<string, string>> = {
  'files and folders': `
    access chdir chmod chown chown32 creat faccessat faccessat2 fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat
    fstat fstat64 fstatat64 fstatfs fstatfs64 futimesat getcwd getdents getdents64 lchown lchown32 link linkat lstat lstat64
    mkdir mkdirat mknod mknodat name_to_handle_at newfstatat open openat openat2 readlink readlinkat rename renameat renameat2
    rmdir stat stat64 statfs statfs64 statx symlink symlinkat truncate truncate64 umask unlink unlinkat utime utimensat
    utimensat_time64 utimes`,
  'mounts, which are only looked at': 'listmount statmount',
  'extended attributes': `
    fgetxattr flistxattr fremovexattr fsetxattr getxattr getxattrat lgetxattr listxattr listxattrat llistxattr lremovexattr
    lsetxattr removexattr removexattrat setxattr setxattrat`,
  'reading and writing': `
    _llseek cachestat copy_file_range fadvise64 fadvise64_64 fallocate fdatasync fsync ftruncate ftruncate64 lseek pread64
    preadv preadv2 pwrite64 pwritev pwritev2 read readahead readv sendfile sendfile64 splice sync sync_file_range syncfs tee
    vmsplice write writev`,
  'asynchronous reading and writing, but not io_uring, of which many have escaped': `
    io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit`,
  descriptors: 'close close_range dup dup2 dup3 fcntl fcntl64 flock ioctl pipe pipe2',
  'waiting for descriptors': `
    _newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd
    eventfd2 poll ppoll ppoll_time64 pselect6 pselect6_time64 select`,
  'changes of files': 'fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch',
  memory: `
    brk madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mmap2 mprotect mremap
    mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect process_mrelease remap_file_pages`,
  processes: `
    execve execveat exit exit_group fork getpgid getpgrp getpid getppid getsid gettid pidfd_open prctl set_tid_address setpgid
    setsid vfork wait4 waitid waitpid`,
  'looking at processes, which the kernel has checked after this filter since 4.8': `
    process_vm_readv process_vm_writev ptrace`,
  threads: 'get_robust_list get_thread_area rseq set_robust_list set_thread_area uretprobe',
  signals: `
    kill pause pidfd_send_signal restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
    rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack signalfd signalfd4 sigprocmask sigreturn
    tgkill tkill`,
  'scheduling and limits': `
    getcpu getpriority getrlimit getrusage ioprio_get ioprio_set prlimit64 sched_get_priority_max sched_get_priority_min
    sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64
    sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield setpriority setrlimit times ugetrlimit`,
  'users and capabilities': `
    capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid getresgid32 getresuid
    getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setregid
    setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32`,
  'locks and messages between processes': `
    futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake ipc mq_getsetattr mq_notify mq_open mq_timedreceive
    mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop
    semtimedop semtimedop_time64 shmat shmctl shmdt shmget`,
  'sockets, once they are there': `
    accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64 recvmsg send
    sendmmsg sendmsg sendto setsockopt shutdown socketcall socketpair`,
  'clocks, which are set only with CAP_SYS_TIME, and timers': `
    adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep
    clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create timer_delete timer_getoverrun
    timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64
    timerfd_settime timerfd_settime64`,
  'further confinement of oneself': 'landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp',
  'the system': 'getrandom sysinfo uname',
};

/** Calls that only one of the processors has. */
const OF_PROCESSOR: Readonly<Record<string, string>> = {
  amd64: 'arch_prctl modify_ldt',
  arm64: 'arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2',
};

/** @param arch as Go names it: `amd64` */
export function callsOfAll(arch: string): readonly string[] {
  return [...Object.values(SUBJECTS), OF_PROCESSOR[arch] ?? ''].flatMap(callNames);
}

export function callNames(list: string): string[] {
  return list.split(/\s+/).filter((name) => name !== '');
}
