import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { ifThere } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import type { OciSeccomp } from '../contracts/index.js';
import { evaluateProfile, goArchitecture } from './evaluate-profile.js';

/** Debian: golang-github-containers-common. The format is Docker's. */
const SECCOMP_PROFILE = '/usr/share/containers/seccomp.json';

let loaded: { readonly key: string; readonly profile: OciSeccomp | undefined } | undefined;

/**
 * The system call filter for containers with these capabilities, read once a process. Undefined where the host has no
 * profile: `seccompWarning` then reports that in `info`.
 */
export function seccompProfile(capabilities: readonly string[], path = SECCOMP_PROFILE): OciSeccomp | undefined {
  const key = `${path} ${capabilities.join(' ')}`;
  if (loaded?.key !== key) {
    const text = ifThere(() => readFileSync(path, 'utf8'));
    const arch = goArchitecture();
    loaded = { key, profile: (text && evaluateProfile(text, { capabilities, arch, kernel: release() })) || undefined };
  }
  return loaded.profile;
}

export function seccompWarning(path = SECCOMP_PROFILE): string | undefined {
  if (ifThere(() => readFileSync(path, 'utf8')) !== undefined) return undefined;
  return `No seccomp profile at ${path}: containers may use every system call; install golang-github-containers-common`;
}

/**
 * @param file its name, for the error's message
 * @throws GantryError `invalid` unless it is a profile in Docker's format
 */
export function checkProfile(file: string, text: string): void {
  try {
    evaluateProfile(text, { capabilities: [], arch: goArchitecture(), kernel: release() });
  } catch (cause) {
    throw new GantryError('invalid', `Decoding seccomp profile failed: ${file} is no profile in Docker's format`, {
      cause,
    });
  }
}

/** The filter for one container: its own profile, else the host's. @param text of the profile; empty for the host's */
export function loadSeccomp(text: string, capabilities: readonly string[]): OciSeccomp | undefined {
  if (text === 'unconfined') return undefined;
  if (text === '') return seccompProfile(capabilities);
  return evaluateProfile(text, { capabilities, arch: goArchitecture(), kernel: release() });
}
