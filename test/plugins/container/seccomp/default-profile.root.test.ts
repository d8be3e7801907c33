import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { OciSeccomp, OciSyscallRule } from '../../../../src/plugins/container/contracts/index.js';
import { allCapabilities, DEFAULT_CAPABILITIES } from '../../../../src/plugins/container/parsers/capabilities.js';
import { compiledFilter } from '../../../../src/plugins/container/seccomp/compiled-filter.js';
import { defaultProfile } from '../../../../src/plugins/container/seccomp/default-profile.js';
import { goArchitecture } from '../../../../src/plugins/container/seccomp/evaluate-profile.js';
import { temporaryFolder } from '../../../sysinit/temporary-root.js';
import { busyboxBundle, runBundle, specInput } from '../support/oci-harness.js';
import { buildProber, callsOf } from '../support/prober.js';

/** Of kernels newer than the headers, and than the libseccomp, of some machines. */
const NEWER = {
  ...{ cachestat: 451, fchmodat2: 452, map_shadow_stack: 453, futex_wake: 454, futex_wait: 455, futex_requeue: 456 },
  ...{ statmount: 457, listmount: 458, lsm_get_self_attr: 459, lsm_set_self_attr: 460, lsm_list_modules: 461 },
  ...{ mseal: 462, setxattrat: 463, getxattrat: 464, listxattrat: 465, removexattrat: 466 },
};
/** The kernel asks no filter about them. */
const UNFILTERED = ['uretprobe', 'uprobe'];
const NEWEST = 466;
const IS_X86 = process.arch === 'x64';

const folder = mkdtempSync(join(tmpdir(), 'gantry-prober-'));
test.before(() => buildProber(folder));
test.after.always(() => rmSync(folder, { recursive: true }));

interface Probe {
  readonly name: string;
  /** As prober.c takes it. */
  readonly call: string;
  readonly expected: string;
}

/** Every call of the headers, and of `NEWER`, by every way that this machine has. */
function probesOf(capabilities: readonly string[]): Probe[] {
  const { syscalls } = defaultProfile(capabilities, goArchitecture());
  const ways = [
    { way: 'native', header: 'asm/unistd.h', bit: 0 },
    ...(IS_X86
      ? [
          { way: 'i386', header: 'asm/unistd_32.h', bit: 0 },
          { way: 'native', header: 'asm/unistd_x32.h', bit: 0x4000_0000 },
        ]
      : []),
  ];
  return ways.flatMap(({ way, header, bit }) => {
    const newer = Object.entries(NEWER)
      .filter(([name]) => bit === 0 || name !== 'map_shadow_stack')
      .map(([name, number]) => [name, number + bit] as const);
    const probes = [...new Map([...callsOf(header), ...newer])]
      .filter(([name]) => !UNFILTERED.includes(name))
      .map(([name, number]) => ({ name, call: `${way} ${number} 0`, expected: verdictOf(syscalls, name) }));
    const beyond = bit === 0 ? [NEWEST + 1, 500, 1000] : [bit + 1000];
    return [
      ...probes,
      ...beyond.map((number) => ({ name: 'nothing', call: `${way} ${number} 0`, expected: 'ENOSYS' })),
    ];
  });
}

/** Of a call with 0 for its first argument. */
function verdictOf(rules: readonly OciSyscallRule[], name: string): string {
  const [rule] = rules.filter(({ names, args }) => names.includes(name) && (args ?? []).every(fitsZero));
  return rule === undefined ? 'EPERM' : rule.action === 'SCMP_ACT_ALLOW' ? 'allowed' : 'ENOSYS';
}

function fitsZero({ op, value }: { readonly op: string; readonly value: number }): boolean {
  return op === 'SCMP_CMP_MASKED_EQ' || op === 'SCMP_CMP_LT' || (op === 'SCMP_CMP_EQ' && value === 0);
}

async function verdicts(
  t: ExecutionContext,
  runtime: 'crun' | 'runc',
  capabilities: readonly string[],
  calls: readonly string[],
  seccomp = defaultProfile(capabilities, goArchitecture()),
): Promise<string[]> {
  const input = specInput({
    args: ['/probe/prober', ...calls],
    mounts: [{ source: folder, destination: '/probe', readOnly: true }],
    capabilities,
    seccomp,
    compiledSeccomp: compiledFilter(seccomp, temporaryFolder(t)),
  });
  const { stdout, stderr } = await runBundle(busyboxBundle(t), runtime, input);
  t.is(stderr, '');
  return stdout.trimEnd().split('\n');
}

/** Names only what is wrong: a report of a thousand calls tells nothing. */
async function compare(
  t: ExecutionContext,
  runtime: 'crun' | 'runc',
  capabilities: readonly string[],
  probes: readonly Probe[],
): Promise<void> {
  const found = await verdicts(
    t,
    runtime,
    capabilities,
    probes.map(({ call }) => call),
  );
  t.is(found.length, probes.length);
  const wrong = probes.map((probe, index) => ({ ...probe, found: found[index] }));
  t.deepEqual(
    wrong.filter((probe) => probe.found !== probe.expected),
    [],
  );
}

test('every system call, in a container with the usual capabilities', (t) =>
  compare(t, 'crun', DEFAULT_CAPABILITIES, probesOf(DEFAULT_CAPABILITIES)));

test('every system call, in a container with all capabilities', (t) =>
  compare(t, 'crun', allCapabilities(), probesOf(allCapabilities())));

test('every system call, with runc, but those that the libseccomp of a machine may not know', (t) => {
  const known = probesOf(DEFAULT_CAPABILITIES).filter(({ name }) => !(name in NEWER));
  return compare(t, 'runc', DEFAULT_CAPABILITIES, known);
});

test('what an argument decides, and what no container may do', async (t) => {
  const numbers = callsOf('asm/unistd.h');
  const call = (name: string, first: number) => `native ${numbers.get(name)} ${first}`;
  const expected: readonly (readonly [name: string, first: number, verdict: string])[] = [
    ...[1, 2, 16, 37, 39, 41, 44].map((family) => ['socket', family, 'allowed'] as const),
    ['socket', 38, 'EPERM'], // AF_ALG
    ['socket', 40, 'EPERM'], // AF_VSOCK
    ...[0, 8, 0x2_0000, 0x2_0008, 0xffff_ffff].map((persona) => ['personality', persona, 'allowed'] as const),
    ['personality', 0x4_0000, 'EPERM'], // ADDR_NO_RANDOMIZE
    ['clone', 17, 'allowed'],
    ['clone', 0x1000_0000, 'EPERM'], // CLONE_NEWUSER
    ['clone', 0x4000_0000, 'EPERM'], // CLONE_NEWNET
    ['clone3', 0, 'ENOSYS'],
    ['unshare', 0x1000_0000, 'EPERM'],
    ['io_uring_setup', 1, 'EPERM'],
    ['keyctl', 0, 'EPERM'],
    ['pidfd_getfd', 0, 'EPERM'],
    ['vmsplice', 0, 'allowed'],
    ['io_pgetevents', 0, 'allowed'],
    ['futex_waitv', 0, 'allowed'],
  ];
  const calls = expected.map(([name, first]) => call(name, first));
  const found = await verdicts(t, 'crun', DEFAULT_CAPABILITIES, calls);
  t.deepEqual(
    expected.map(([name, first], index) => [name, first, found[index]]),
    expected,
  );
});

test('a profile of the user decides about calls that libseccomp does not know, too', async (t) => {
  const profile: OciSeccomp = {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: defaultProfile([], goArchitecture()).architectures,
    syscalls: [
      { names: ['mseal', 'nosuchcall'], action: 'SCMP_ACT_ERRNO' },
      { names: ['getxattrat', 'chmod', 'fchmodat'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
    ],
  };
  const numbers = callsOf('asm/unistd.h');
  const calls = [NEWER.mseal, NEWER.getxattrat, numbers.get('fchmodat'), NEWER.statmount, 1000].map(
    (each) => `native ${each} 0`,
  );
  t.deepEqual(await verdicts(t, 'crun', [], calls, profile), ['EPERM', 'ENOSYS', 'ENOSYS', 'allowed', 'allowed']);
});

test('a capability allows its own calls', (t) => {
  const usual = allowedWith();
  const added = (...capabilities: string[]) => allowedWith(...capabilities).filter((name) => !usual.includes(name));
  t.deepEqual(added('CAP_SYSLOG'), ['syslog']);
  t.deepEqual(added('CAP_BPF'), ['bpf']);
  t.deepEqual(added('CAP_PERFMON'), ['perf_event_open']);
  t.deepEqual(added('CAP_BPF', 'CAP_SYSLOG'), ['bpf', 'syslog']);
  t.deepEqual(added('CAP_SYS_PTRACE'), ['kcmp', 'pidfd_getfd', 'process_madvise']);
  t.deepEqual(added('CAP_SYS_BOOT', 'CAP_SYS_PACCT'), ['reboot', 'acct']);
  t.deepEqual(added('CAP_NET_ADMIN'), []);
  const ofRoot = added('CAP_SYS_ADMIN');
  for (const name of ['mount', 'setns', 'clone3', 'bpf', 'syslog', 'perf_event_open'])
    t.true(ofRoot.includes(name), name);
  for (const name of ['reboot', 'chroot', 'init_module', 'keyctl']) t.false(ofRoot.includes(name), name);
  const withRoot = defaultProfile(['CAP_SYS_ADMIN'], 'amd64').syscalls;
  t.deepEqual(
    withRoot
      .filter(({ names }) => names.includes('clone') || names.includes('clone3'))
      .map(({ action, args }) => [action, args]),
    [['SCMP_ACT_ALLOW', undefined]],
  );
});

function allowedWith(...capabilities: string[]): readonly string[] {
  return defaultProfile(capabilities, 'amd64').syscalls[0]?.names ?? [];
}

test('both processors have their own calls, and those of their predecessors', (t) => {
  const [x86, arm] = ['amd64', 'arm64'].map((arch) => defaultProfile([], arch));
  t.deepEqual(x86?.architectures, ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32']);
  t.deepEqual(arm?.architectures, ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM']);
  t.true(x86?.syscalls[0]?.names.includes('arch_prctl'));
  t.false(arm?.syscalls[0]?.names.includes('arch_prctl'));
  t.true(arm?.syscalls[0]?.names.includes('cacheflush'));
});
