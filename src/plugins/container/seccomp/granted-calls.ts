import type { OciSyscallArgument } from '../contracts/index.js';

/** What the default profile allows to containers with a capability; with one of several, where a call stands twice. */
export const CALLS_OF_CAPABILITY: Readonly<Record<string, string>> = {
  CAP_BPF: 'bpf',
  CAP_DAC_READ_SEARCH: 'open_by_handle_at', // CVE-2014-6407's "shocker": any file of a disk by its number
  CAP_PERFMON: 'perf_event_open',
  /** Mounts, namespaces, names of the host and its modules. Of clone, see below. */
  CAP_SYS_ADMIN: `
    bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr lsm_list_modules
    lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname
    setns syslog umount umount2 unshare`,
  CAP_SYS_BOOT: 'reboot',
  CAP_SYS_CHROOT: 'chroot',
  CAP_SYS_MODULE: 'delete_module finit_module init_module',
  CAP_SYS_NICE: 'get_mempolicy mbind set_mempolicy set_mempolicy_home_node',
  CAP_SYS_PACCT: 'acct',
  CAP_SYS_PTRACE: 'kcmp pidfd_getfd process_madvise',
  CAP_SYS_RAWIO: 'ioperm iopl',
  CAP_SYS_TIME: 'clock_settime clock_settime64 settimeofday stime',
  CAP_SYS_TTY_CONFIG: 'vhangup',
  CAP_SYSLOG: 'syslog',
};

/** A call that is allowed for some values of its first argument. */
interface ArgumentRule {
  readonly name: string;
  readonly when: readonly Omit<OciSyscallArgument, 'index'>[];
  /** The capability that allows the call with any argument. */
  readonly unless?: string;
}

const AF_ALG = 38;
const AF_VSOCK = 40;
/** The CLONE_NEW* flags of clone(2), but for that of time, which clone does not know. */
const NEW_NAMESPACES = 0x7e02_0000;

export const CALLS_BY_ARGUMENT: readonly ArgumentRule[] = [
  {
    // Not the sockets of the hypervisor, nor those of the kernel's cryptography, which has had bugs of its own.
    name: 'socket',
    when: [
      { op: 'SCMP_CMP_LT', value: AF_ALG },
      { op: 'SCMP_CMP_EQ', value: AF_ALG + 1 },
      { op: 'SCMP_CMP_GT', value: AF_VSOCK },
    ],
  },
  {
    // PER_LINUX, PER_LINUX32, both with UNAME26, and the question which it is; but not ADDR_NO_RANDOMIZE.
    name: 'personality',
    when: [0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff].map((value) => ({ op: 'SCMP_CMP_EQ', value })),
  },
  {
    // A user namespace has all capabilities in it, and opens what is closed to the container.
    name: 'clone',
    when: [{ op: 'SCMP_CMP_MASKED_EQ', value: NEW_NAMESPACES, valueTwo: 0 }],
    unless: 'CAP_SYS_ADMIN',
  },
];

/** Its flags are in memory, where a filter cannot look. C libraries take clone where it is missing. */
export const CLONE3 = { name: 'clone3', unless: 'CAP_SYS_ADMIN' };
