import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { GantryError } from '../../kernel/errors.js';
import { applyGates } from './capability-gates.js';
import type { OciSeccomp, OciSyscallRule } from './oci.js';

/** Debian: golang-github-containers-common. The format is Docker's. */
export const SECCOMP_PROFILE = '/usr/share/containers/seccomp.json';

interface Condition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
  /** `4.8`. */
  readonly minKernel?: string;
}

interface DockerProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly archMap?: readonly { readonly architecture: string; readonly subArchitectures?: readonly string[] | null }[];
  readonly syscalls: readonly (OciSyscallRule & { readonly includes?: Condition; readonly excludes?: Condition })[];
}

export interface SeccompHost {
  readonly capabilities: readonly string[];
  /** As Go names it: `amd64`. */
  readonly arch: string;
  readonly kernel: string;
}

const ARCHES: Readonly<Record<string, { readonly go: string; readonly seccomp: string }>> = {
  x64: { go: 'amd64', seccomp: 'SCMP_ARCH_X86_64' },
  arm64: { go: 'arm64', seccomp: 'SCMP_ARCH_AARCH64' },
};

let loaded: { readonly key: string; readonly profile: OciSeccomp | undefined } | undefined;

/**
 * The system call filter for containers with these capabilities, read once a process. Undefined where the host has no
 * profile: `seccompWarning` then says so in `info`.
 */
export function seccompProfile(capabilities: readonly string[], path = SECCOMP_PROFILE): OciSeccomp | undefined {
  const key = `${path} ${capabilities.join(' ')}`;
  if (loaded?.key !== key) {
    const text = readIfExists(path);
    const arch = ARCHES[process.arch]?.go ?? process.arch;
    loaded = { key, profile: (text && evaluateProfile(text, { capabilities, arch, kernel: release() })) || undefined };
  }
  return loaded.profile;
}

export function seccompWarning(path = SECCOMP_PROFILE): string | undefined {
  if (readIfExists(path) !== undefined) return undefined;
  return `No seccomp profile at ${path}: containers may use every system call; install golang-github-containers-common`;
}

/** @param file where it came from, for the error's words @throws GantryError `invalid` for what is no profile in Docker's format */
export function checkProfile(file: string, text: string): void {
  try {
    evaluateProfile(text, { capabilities: [], arch: ARCHES[process.arch]?.go ?? process.arch, kernel: release() });
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
  return evaluateProfile(text, { capabilities, arch: ARCHES[process.arch]?.go ?? process.arch, kernel: release() });
}

/** Turns a profile of Docker's format into the runtime's, for one host and one set of capabilities. */
export function evaluateProfile(text: string, host: SeccompHost): OciSeccomp {
  const profile = JSON.parse(text) as DockerProfile;
  if (typeof profile.defaultAction !== 'string') throw new TypeError('it has no defaultAction');
  const rules = (profile.syscalls ?? [])
    .filter(({ includes = {}, excludes = {} }) => isIncluded(includes, host) && !isExcluded(excludes, host))
    .map(({ names, action, errnoRet, args }) => ({
      names,
      action,
      ...(errnoRet !== undefined && { errnoRet }),
      ...(args?.length && { args }),
    }));
  return {
    defaultAction: profile.defaultAction,
    ...(profile.defaultErrnoRet !== undefined && { defaultErrnoRet: profile.defaultErrnoRet }),
    architectures: architecturesOf(profile, host.arch),
    syscalls: applyGates(rules, host.capabilities),
  };
}

function isIncluded({ caps = [], arches = [], minKernel }: Condition, host: SeccompHost): boolean {
  return (
    caps.every((cap) => host.capabilities.includes(cap)) &&
    (arches.length === 0 || arches.includes(host.arch)) &&
    (minKernel === undefined || isAtLeast(host.kernel, minKernel))
  );
}

function isExcluded({ caps = [], arches = [], minKernel }: Condition, host: SeccompHost): boolean {
  return (
    caps.some((cap) => host.capabilities.includes(cap)) ||
    arches.includes(host.arch) ||
    (minKernel !== undefined && isAtLeast(host.kernel, minKernel))
  );
}

function architecturesOf({ archMap = [] }: DockerProfile, arch: string): string[] {
  const name = Object.values(ARCHES).find(({ go }) => go === arch)?.seccomp;
  const entry = archMap.find(({ architecture }) => architecture === name);
  return entry ? [entry.architecture, ...(entry.subArchitectures ?? [])] : name ? [name] : [];
}

function isAtLeast(kernel: string, wanted: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map((part) => Number.parseInt(part, 10));
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
