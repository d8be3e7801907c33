import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OciSeccomp, OciSyscallArgument } from '../contracts/index.js';

/** The library with which both runtimes compile their filters (libseccomp(3)), through koffi. */

const require = createRequire(import.meta.url);

const EPERM = 1;
const EEXIST = 17;
const UNKNOWN_SYSCALL = -1;
const ACTIONS: Readonly<Record<string, number>> = {
  SCMP_ACT_ALLOW: 0x7fff_0000,
  SCMP_ACT_ERRNO: 0x0005_0000,
  SCMP_ACT_LOG: 0x7ffc_0000,
  SCMP_ACT_TRAP: 0x0003_0000,
  SCMP_ACT_KILL: 0x0000_0000,
  SCMP_ACT_KILL_THREAD: 0x0000_0000,
  SCMP_ACT_KILL_PROCESS: 0x8000_0000,
};
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
    for (const { names, action, errnoRet, args = [] } of profile.syscalls) {
      const result = actionOf(action, errnoRet);
      if (result === defaultAction) continue;
      for (const name of names) addRule(library, filter, name, result, args);
    }
    return programOf(library, filter);
  } finally {
    library.release(filter);
  }
}

function actionOf(name: string, errno = EPERM): number {
  const action = ACTIONS[name];
  if (action === undefined) throw new Unsupported(name);
  return name === 'SCMP_ACT_ERRNO' ? action | errno : action;
}

function addArchitecture(library: Library, filter: unknown, name: string): void {
  const architecture = library.resolveArch(name.replace('SCMP_ARCH_', '').toLowerCase());
  const result = architecture === 0 ? -1 : library.addArch(filter, architecture);
  if (result < 0 && result !== -EEXIST) throw new Unsupported(name);
}

/** A system call that the library does not know is denied by the default anyway. */
function addRule(
  library: Library,
  filter: unknown,
  name: string,
  action: number,
  args: readonly OciSyscallArgument[],
): void {
  const syscall = library.resolveSyscall(name);
  if (syscall === UNKNOWN_SYSCALL) return;
  if (new Set(args.map(({ index }) => index)).size < args.length)
    throw new Unsupported('alternatives for one argument');
  if (library.addRule(filter, action, syscall, args.length, args.map(comparison)) < 0) throw new Unsupported(name);
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
