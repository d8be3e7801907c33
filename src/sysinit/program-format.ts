import { closeSync, readdirSync, readSync, type Stats } from 'node:fs';
import { openSeenFile } from '../host/index.js';
import { GantryError } from '../kernel/contracts/index.js';
import type { ContainerTree } from './container-tree.js';

/** Of the kernel: BINPRM_BUF_SIZE. */
const START_BYTES = 256;
const ELF_HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
/** Of <elf.h>: the program header that names the dynamic loader. */
const PT_INTERP = 3;
const MOST_HEADERS = 64;
const LONGEST_PATH = 4096;
/** Of the kernel: a script may be the interpreter of another. */
const MOST_INTERPRETERS = 4;
const ELF = Buffer.from('\x7fELF', 'latin1');
const ELF64_LITTLE_ENDIAN = Buffer.from('\x7fELF\x02\x01', 'latin1');
const BINFMT_MISC = '/proc/sys/fs/binfmt_misc';

/**
 * Refuses a program that execve(2) would not run: neither ELF nor a script, or one whose interpreter is missing. A
 * runtime could report it only inside the container, where it looks like the program's own failure.
 * @param path as the container sees it; a file that may be executed
 * @throws GantryError `not executable`, `no such program`
 */
export function checkProgramFormat(tree: ContainerTree, path: string, knowsOtherFormats = hasBinfmtMisc()): void {
  let program = path;
  for (let depth = 0; depth < MOST_INTERPRETERS; depth++) {
    const { start, loader } = tree.inFile(program, beginningOf) ?? {};
    if (start === undefined) return;
    const isElf = start.length >= ELF_HEADER_BYTES && start.subarray(0, ELF.length).equals(ELF);
    const isScript = start.subarray(0, 2).toString('latin1') === '#!';
    if (isElf || !isScript) {
      if (loader !== undefined) requireInterpreter(tree, program, loader);
      if (isElf || knowsOtherFormats) return;
      throw new GantryError('not executable', `exec: ${JSON.stringify(path)}: exec format error`);
    }
    const interpreter = interpreterIn(start);
    requireInterpreter(tree, program, interpreter);
    program = interpreter;
  }
}

function interpreterIn(start: Buffer): string {
  const [line = ''] = start.subarray(2).toString('utf8').split('\n', 1);
  // As the kernel does: a carriage return belongs to the name.
  const [interpreter = ''] = line.replace(/^[ \t]+|[ \t]+$/g, '').split(/[ \t]/, 1);
  return interpreter;
}

function requireInterpreter(tree: ContainerTree, path: string, interpreter: string): void {
  if (interpreter.startsWith('/') && tree.resolve(interpreter).missing.length === 0) return;
  throw new GantryError(
    'no such program',
    `exec: ${JSON.stringify(path)}: its interpreter ${JSON.stringify(interpreter)}: no such file or directory`,
  );
}

interface Beginning {
  readonly start: Buffer;
  /** The dynamic loader of an ELF program. */
  readonly loader: string | undefined;
}

/** Undefined for what is no regular file. */
function beginningOf(seen: number, stats: Stats): Beginning | undefined {
  if (!stats.isFile()) return undefined;
  const file = openSeenFile(seen);
  try {
    const start = bytesAt(file, 0, START_BYTES);
    return { start, loader: loaderOf(file, start) };
  } finally {
    closeSync(file);
  }
}

/** Undefined for a static program, and for one of another kind than this machine's own. */
function loaderOf(file: number, start: Buffer): string | undefined {
  const isElf64 = start.length >= ELF_HEADER_BYTES && start.subarray(0, 6).equals(ELF64_LITTLE_ENDIAN);
  if (!isElf64) return undefined;
  const [offset, count] = [Number(start.readBigUInt64LE(32)), Math.min(start.readUInt16LE(56), MOST_HEADERS)];
  const headers = Number.isSafeInteger(offset) ? bytesAt(file, offset, count * PROGRAM_HEADER_BYTES) : Buffer.alloc(0);
  for (let at = 0; at + PROGRAM_HEADER_BYTES <= headers.length; at += PROGRAM_HEADER_BYTES) {
    if (headers.readUInt32LE(at) !== PT_INTERP) continue;
    const [place, length] = [Number(headers.readBigUInt64LE(at + 8)), Number(headers.readBigUInt64LE(at + 32))];
    if (!Number.isSafeInteger(place) || length > LONGEST_PATH) return undefined;
    return bytesAt(file, place, length).toString('utf8').replace(/\0.*$/s, '');
  }
  return undefined;
}

function bytesAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
}

/** Whether the host has interpreters registered for other formats (qemu, wasm): the kernel then may run anything. */
function hasBinfmtMisc(): boolean {
  try {
    return readdirSync(BINFMT_MISC).some((name) => name !== 'register' && name !== 'status');
  } catch {
    return false;
  }
}
