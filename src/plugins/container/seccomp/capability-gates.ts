import type { OciSyscallRule } from '../contracts/index.js';

/**
 * System calls that Docker's own profile allows only to a container with a capability, or to none. The profile that
 * Debian ships is Podman's, which leaves these to the kernel's own checks, and so allows user namespaces and everything
 * that these open.
 */
const GATES: readonly { readonly capability?: string; readonly names: readonly string[] }[] = [
  {
    capability: 'CAP_SYS_ADMIN',
    names: [
      'bpf',
      'fanotify_init',
      'fsconfig',
      'fsmount',
      'fsopen',
      'fspick',
      'lookup_dcookie',
      'mount',
      'mount_setattr',
      'move_mount',
      'open_tree',
      'perf_event_open',
      'quotactl',
      'quotactl_fd',
      'setdomainname',
      'sethostname',
      'setns',
      'syslog',
      'umount',
      'umount2',
      'unshare',
    ],
  },
  { capability: 'CAP_SYS_BOOT', names: ['reboot'] },
  { capability: 'CAP_SYS_NICE', names: ['get_mempolicy', 'mbind', 'set_mempolicy', 'set_mempolicy_home_node'] },
  {
    names: ['add_key', 'io_uring_enter', 'io_uring_register', 'io_uring_setup', 'keyctl', 'pivot_root', 'request_key'],
  },
];

const ALLOW = 'SCMP_ACT_ALLOW';
const REFUSE = 'SCMP_ACT_ERRNO';
const EPERM = 1;
const ENOSYS = 38;
/** The CLONE_NEW* flags of clone(2). */
const NEW_NAMESPACES = 0x7e02_0000;

/**
 * Removes the calls that Docker does not allow from a profile's unconditional rules, and denies them as Docker does.
 */
export function applyGates(
  rules: readonly OciSyscallRule[],
  capabilities: readonly string[],
): readonly OciSyscallRule[] {
  const closed = new Set(
    GATES.filter(({ capability }) => !capability || !capabilities.includes(capability)).flatMap(({ names }) => names),
  );
  const gatesClone = !capabilities.includes('CAP_SYS_ADMIN');
  const taken = new Set<string>();
  const isTaken = (name: string): boolean =>
    closed.has(name) || (gatesClone && (name === 'clone' || name === 'clone3'));
  const kept = rules.map((rule) => {
    if (rule.action !== ALLOW || rule.args) return rule;
    for (const name of rule.names.filter(isTaken)) taken.add(name);
    return { ...rule, names: rule.names.filter((name) => !isTaken(name)) };
  });
  return [...kept.filter(({ names }) => names.length > 0), ...refusals(taken)];
}

function refusals(taken: ReadonlySet<string>): OciSyscallRule[] {
  const rules: OciSyscallRule[] = [];
  const refused = [...taken].filter((name) => name !== 'clone' && name !== 'clone3');
  if (refused.length > 0) rules.push({ names: refused, action: REFUSE, errnoRet: EPERM });
  if (taken.has('clone')) {
    const args = [{ index: 0, value: NEW_NAMESPACES, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }];
    rules.push({ names: ['clone'], action: ALLOW, args });
  }
  // Its flags are in memory, where a filter cannot look: C libraries fall back to clone on ENOSYS.
  if (taken.has('clone3')) rules.push({ names: ['clone3'], action: REFUSE, errnoRet: ENOSYS });
  return rules;
}
