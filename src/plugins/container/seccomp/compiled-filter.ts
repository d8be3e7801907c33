import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureStateFolder, kindAt } from '../../../host/index.js';
import type { OciSeccomp } from '../contracts/index.js';
import { compileSeccomp } from './libseccomp.js';

/** Checksum before the program: a truncated program would allow calls that the rest denies. */
const SUM_BYTES = 32;
/** What is made of a profile: it changes with `libseccomp.ts`, so that no filter of an older engine is taken. */
const FORMAT = 2;

let loaded: { readonly profile: OciSeccomp; readonly program: string | undefined } | undefined;

/**
 * A profile as the program that the kernel runs, base64: crun reads it from an annotation, which saves half of the time
 * of a start that compiling takes. Compiled once and cached in `folder`, a folder of root's.
 * Undefined where libseccomp is missing or the profile contains something unknown: the runtime then compiles its own.
 */
export function compiledFilter(profile: OciSeccomp, folder: string): string | undefined {
  if (loaded?.profile !== profile) loaded = { profile, program: readOrCompile(profile, folder) };
  return loaded.program;
}

function readOrCompile(profile: OciSeccomp, folder: string): string | undefined {
  const digest = createHash('sha256')
    .update(`${FORMAT} ${JSON.stringify(profile)}`)
    .digest('hex');
  const path = join(folder, `filter-${digest}`);
  const kept = readIfIntact(path);
  if (kept) return kept.toString('base64');
  const program = compileSeccomp(profile);
  if (program) keep(path, folder, program);
  return program?.toString('base64');
}

function readIfIntact(path: string): Buffer | undefined {
  try {
    const kept = readFileSync(path);
    const [sum, program] = [kept.subarray(0, SUM_BYTES), kept.subarray(SUM_BYTES)];
    return program.length > 0 && sum.equals(sumOf(program)) ? program : undefined;
  } catch {
    return undefined;
  }
}

/** A program that cannot be stored, on a full disk, is compiled again the next time. */
function keep(path: string, folder: string, program: Uint8Array): void {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    ensureStateFolder(folder, 0o700);
    if (kindAt(path) === 'folder') rmSync(path, { recursive: true });
    writeFileSync(unfinished, Buffer.concat([sumOf(program), program]), { mode: 0o600 });
    renameSync(unfinished, path);
  } catch {
    rmSync(unfinished, { force: true });
  }
}

function sumOf(program: Uint8Array): Buffer {
  return createHash('sha256').update(program).digest();
}
