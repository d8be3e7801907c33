import { closeSync, readdirSync, readSync } from 'node:fs';
import { openSeenFile } from '../host/index.js';
import { GantryError } from '../kernel/contracts/index.js';
import type { ContainerTree } from './container-tree.js';

/** Of the kernel: BINPRM_BUF_SIZE. */
const START_BYTES = 256;
const ELF_HEADER_BYTES = 64;
const ELF = Buffer.from('\x7fELF', 'latin1');
const BINFMT_MISC = '/proc/sys/fs/binfmt_misc';

/**
 * Refuses a program that execve(2) would not run: neither ELF nor a script, or a script whose interpreter is missing. A
 * runtime could report it only inside the container, where it looks like the program's own failure.
 * @param path as the container sees it; a file that may be executed
 * @throws GantryError `not executable`, `no such program`
 */
export function checkProgramFormat(tree: ContainerTree, path: string, knowsOtherFormats = hasBinfmtMisc()): void {
  const start = startOf(tree, path);
  if (start === undefined) return;
  const isElf = start.length >= ELF_HEADER_BYTES && start.subarray(0, ELF.length).equals(ELF);
  if (start.subarray(0, 2).toString('latin1') === '#!') checkInterpreter(tree, path, start);
  else if (!isElf && !knowsOtherFormats) {
    throw new GantryError('not executable', `exec: ${JSON.stringify(path)}: exec format error`);
  }
}

function checkInterpreter(tree: ContainerTree, path: string, start: Buffer): void {
  const [line = ''] = start.subarray(2).toString('utf8').split('\n', 1);
  // As the kernel does: a carriage return belongs to the name.
  const [interpreter = ''] = line.replace(/^[ \t]+|[ \t]+$/g, '').split(/[ \t]/, 1);
  if (interpreter.startsWith('/') && tree.resolve(interpreter).missing.length === 0) return;
  throw new GantryError(
    'no such program',
    `exec: ${JSON.stringify(path)}: its interpreter ${JSON.stringify(interpreter)}: no such file or directory`,
  );
}

/** The first bytes of a file; undefined for one that was removed. */
function startOf(tree: ContainerTree, path: string): Buffer | undefined {
  return tree.inFile(path, (seen, stats) => {
    if (!stats.isFile()) return undefined;
    const file = openSeenFile(seen);
    try {
      const start = Buffer.alloc(START_BYTES);
      return start.subarray(0, readSync(file, start, 0, START_BYTES, 0));
    } finally {
      closeSync(file);
    }
  });
}

/** Whether the host has interpreters registered for other formats (qemu, wasm): the kernel then may run anything. */
function hasBinfmtMisc(): boolean {
  try {
    return readdirSync(BINFMT_MISC).some((name) => name !== 'register' && name !== 'status');
  } catch {
    return false;
  }
}
