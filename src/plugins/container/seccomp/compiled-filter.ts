import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindAt, makeStateFolder } from '../../system/index.js';
import type { OciSeccomp } from '../contracts/index.js';
import { compileSeccomp } from './libseccomp.js';

/** Stands before the program: a part of one would let through what the rest refuses. */
const SUM_BYTES = 32;

let loaded: { readonly profile: OciSeccomp; readonly program: string | undefined } | undefined;

/**
 * A profile as the program that the kernel runs, base64: crun takes it in an annotation and is spared half of the time
 * of a start, which it would spend on making the same program anew. Made once and kept in `folder`, a folder of root's.
 * Undefined where libseccomp is missing or the profile has what we do not know: the runtime then makes its own.
 */
export function compiledFilter(profile: OciSeccomp, folder: string): string | undefined {
  if (loaded?.profile !== profile) loaded = { profile, program: readOrCompile(profile, folder) };
  return loaded.program;
}

function readOrCompile(profile: OciSeccomp, folder: string): string | undefined {
  const digest = createHash('sha256').update(JSON.stringify(profile)).digest('hex');
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

/** What cannot be kept, on a full disk, is made again the next time. */
function keep(path: string, folder: string, program: Uint8Array): void {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    makeStateFolder(folder, 0o700);
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
