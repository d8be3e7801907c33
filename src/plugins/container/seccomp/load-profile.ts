import { release } from 'node:os';
import { GantryError } from '../../../kernel/index.js';
import type { OciSeccomp } from '../contracts/index.js';
import { defaultProfile } from './default-profile.js';
import { evaluateProfile, goArchitecture } from './evaluate-profile.js';

let loaded: { readonly key: string; readonly profile: OciSeccomp } | undefined;

/**
 * @param file its name, for the error's message
 * @throws GantryError `invalid` unless it is a profile in Docker's format
 */
export function checkProfile(file: string, text: string): void {
  try {
    evaluateProfile(text, { capabilities: [], arch: goArchitecture(), kernel: release() });
  } catch (cause) {
    if (cause instanceof GantryError) throw cause;
    throw new GantryError('invalid', `Decoding seccomp profile failed: ${file} is no profile in Docker's format`, {
      cause,
    });
  }
}

/**
 * The filter for one container: its own profile, else the default one. The last one is kept: most containers have the same.
 * @param text of the profile; empty for the default
 */
export function loadSeccomp(text: string, capabilities: readonly string[]): OciSeccomp | undefined {
  if (text === 'unconfined') return undefined;
  const key = `${capabilities.join(' ')} ${text}`;
  if (loaded?.key !== key) loaded = { key, profile: profileOf(text, capabilities) };
  return loaded.profile;
}

function profileOf(text: string, capabilities: readonly string[]): OciSeccomp {
  const arch = goArchitecture();
  if (text === '') return defaultProfile(capabilities, arch);
  return evaluateProfile(text, { capabilities, arch, kernel: release() });
}
