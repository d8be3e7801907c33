import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileSeccomp } from './oci-libseccomp.js';
import type { OciSeccomp } from './oci-types.js';

/** struct sock_filter. */
const INSTRUCTION_BYTES = 8;

let loaded: { readonly profile: OciSeccomp; readonly program: string | undefined } | undefined;

/**
 * A profile as the program that the kernel runs, base64: crun takes it in an annotation and is spared half of the time
 * of a start, which it would spend on making the same program anew. Made once and kept in `folder`, a folder of root's.
 * Undefined where libseccomp is missing or the profile has what we do not know: the runtime then makes its own.
 */
export function compiledSeccomp(profile: OciSeccomp, folder: string): string | undefined {
  if (loaded?.profile !== profile) loaded = { profile, program: readOrCompile(profile, folder) };
  return loaded.program;
}

function readOrCompile(profile: OciSeccomp, folder: string): string | undefined {
  const digest = createHash('sha256').update(JSON.stringify(profile)).digest('hex');
  const path = join(folder, `seccomp-${digest}`);
  const kept = readIfWhole(path);
  if (kept) return kept.toString('base64');
  const program = compileSeccomp(profile);
  if (program) keep(path, folder, program);
  return program?.toString('base64');
}

function readIfWhole(path: string): Buffer | undefined {
  try {
    const program = readFileSync(path);
    return program.length > 0 && program.length % INSTRUCTION_BYTES === 0 ? program : undefined;
  } catch {
    return undefined;
  }
}

function keep(path: string, folder: string, program: Uint8Array): void {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(unfinished, program, { mode: 0o600 });
  renameSync(unfinished, path);
}
