import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OciSeccomp, OciSyscallArgument, OciSyscallRule } from '../contracts/index.js';
import { numberOfNewerCall } from './newer-calls.js';
import { ABIS, type NewerCalls, newerCallsProgram } from './newer-calls-program.js';

/** The library with which both runtimes compile their filters (libseccomp(3)), through koffi. */

const require = createRequire(import.meta.url);

const EPERM = 1;
const EEXIST = 17;
const ENOSYS = 38;
const UNKNOWN_SYSCALL = -1;
const ERRNO = 0x0005_0000;
const ACTIONS: Readonly<Record<string, number>> = {
  SCMP_ACT_ALLOW: 0x7fff_0000,
  SCMP_ACT_ERRNO: ERRNO,
  SCMP_ACT_LOG: 0x7ffc_0000,
  SCMP_ACT_TRAP: 0x0003_0000,
  SCMP_ACT_KILL: 0x0000_0000,
  SCMP_ACT_KILL_THREAD: 0x0000_0000,
  SCMP_ACT_KILL_PROCESS: 0x8000_0000,
};
/** What lets a call pass says nothing of calls that the profile has never heard of. */
const PERMISSIVE: readonly string[] = ['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG'];
/** Of the kernel: BPF_MAXINSNS, of 8 bytes each. */
const MAX_PROGRAM_BYTES = 4096 * 8;
const OPERATORS = ['', 'NE', 'LT', 'LE', 'EQ', 'GE', 'GT', 'MASKED_EQ'].map((name) => `SCMP_CMP_${name}`);

/** A feature that this code or the library does not support. */
class Unsupported extends Error {}

function bindLibrary() {
  const koffi = require('koffi') as typeof import('koffi');
  const library = koffi.load('libseccomp.so.2');
  koffi.struct('scmp_arg_cmp', { arg: 'unsigned int', op: 'int', datum_a: 'uint64_t', datum_b: 'uint64_t' });
  return {
    init: library.func('void *seccomp_init(uint32_t)'),
    release: library.func('void seccomp_release(void *)'),
    resolveArch: library.func('uint32_t seccomp_arch_resolve_name(const char *)'),
    addArch: library.func('int seccomp_arch_add(void *, uint32_t)'),
    resolveSyscall: library.func('int seccomp_syscall_resolve_name(const char *)'),
    resolveSyscallOf: library.func('int seccomp_syscall_resolve_name_arch(uint32_t, const char *)'),
    addRule: library.func('int seccomp_rule_add_array(void *, uint32_t, int, unsigned int, const scmp_arg_cmp *)'),
    exportTo: library.func('int seccomp_export_bpf(void *, int)'),
  };
}

type Library = ReturnType<typeof bindLibrary>;
let bound: Library | undefined;

/** The kernel's program for a profile; undefined where it cannot be compiled here. */
export function compileSeccomp(profile: OciSeccomp): Buffer | undefined {
  try {
    bound ??= bindLibrary();
    return compile(bound, profile);
  } catch {
    return undefined;
  }
}

function compile(library: Library, profile: OciSeccomp): Buffer {
  const defaultAction = actionOf(profile.defaultAction, profile.defaultErrnoRet);
  const filter = library.init(defaultAction);
  if (!filter) throw new Unsupported('filter');
  try {
    for (const name of profile.architectures) addArchitecture(library, filter, name);
    for (const rule of profile.syscalls) {
      const action = actionOf(rule.action, rule.errnoRet);
      if (action !== defaultAction) addRules(library, filter, rule, action);
    }
    const newer = newerCallsProgram(profile.architectures.map((name) => newerCalls(library, profile, name)));
    const program = Buffer.concat([newer, programOf(library, filter)]);
    if (program.length > MAX_PROGRAM_BYTES) throw new Unsupported('so many rules');
    return program;
  } finally {
    library.release(filter);
  }
}

/**
 * What the library does not know: calls of the profile that are newer than it, and the numbers above the newest of the profile.
 * A call that came later is missing (ENOSYS), and not refused: a program then takes another that does the same, as on an older
 * kernel. Docker's runtime does so, too.
 */
function newerCalls(library: Library, profile: OciSeccomp, architecture: string): NewerCalls {
  const abi = ABIS[architecture];
  if (!abi) throw new Unsupported(architecture);
  const token = architectureToken(library, architecture);
  const calls: { number: number; action: number }[] = [];
  let newest = 0;
  for (const { names, action, errnoRet, args = [] } of profile.syscalls) {
    for (const name of names) {
      const known = library.resolveSyscallOf(token, name);
      const number = known === UNKNOWN_SYSCALL ? numberOfNewerCall(name, architecture) : known & ~abi.bits;
      if (number === undefined || known < UNKNOWN_SYSCALL) continue;
      newest = Math.max(newest, number);
      if (known !== UNKNOWN_SYSCALL) continue;
      if (args.length > 0) throw new Unsupported(`arguments of ${name}`);
      calls.push({ number, action: actionOf(action, errnoRet) });
    }
  }
  const isOpen = PERMISSIVE.includes(profile.defaultAction) || newest === 0;
  return { abi, calls, ...(!isOpen && { beyond: { number: newest, action: ERRNO | ENOSYS } }) };
}

function actionOf(name: string, errno = EPERM): number {
  const action = ACTIONS[name];
  if (action === undefined) throw new Unsupported(name);
  return action === ERRNO ? action | errno : action;
}

function addArchitecture(library: Library, filter: unknown, name: string): void {
  const result = library.addArch(filter, architectureToken(library, name));
  if (result < 0 && result !== -EEXIST) throw new Unsupported(name);
}

function architectureToken(library: Library, name: string): number {
  const token = library.resolveArch(name.replace('SCMP_ARCH_', '').toLowerCase());
  if (token === 0) throw new Unsupported(name);
  return token;
}

/** Calls that the library does not know are left out: `newerCalls` decides them. */
function addRules(library: Library, filter: unknown, { names, args = [] }: OciSyscallRule, action: number): void {
  if (new Set(args.map(({ index }) => index)).size < args.length)
    throw new Unsupported('alternatives for one argument');
  const comparisons = args.map(comparison);
  for (const name of names) {
    const syscall = library.resolveSyscall(name);
    if (syscall === UNKNOWN_SYSCALL) continue;
    if (library.addRule(filter, action, syscall, args.length, comparisons) < 0) throw new Unsupported(name);
  }
}

function comparison({ index, value, valueTwo = 0, op }: OciSyscallArgument) {
  const operator = OPERATORS.indexOf(op);
  if (operator < 1) throw new Unsupported(op);
  return { arg: index, op: operator, datum_a: value, datum_b: valueTwo };
}

function programOf(library: Library, filter: unknown): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-seccomp-'));
  try {
    const path = join(folder, 'program');
    const descriptor = openSync(path, 'w', 0o600);
    const result = library.exportTo(filter, descriptor);
    closeSync(descriptor);
    if (result < 0) throw new Unsupported('export');
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
