import type { OciSeccomp, OciSyscallRule } from '../contracts/index.js';
import { applyGates } from './capability-gates.js';

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

interface SeccompHost {
  readonly capabilities: readonly string[];
  /** As Go names it: `amd64`. */
  readonly arch: string;
  readonly kernel: string;
}

const ARCHES: Readonly<Record<string, { readonly go: string; readonly seccomp: string }>> = {
  x64: { go: 'amd64', seccomp: 'SCMP_ARCH_X86_64' },
  arm64: { go: 'arm64', seccomp: 'SCMP_ARCH_AARCH64' },
};

/** This machine's, as Go names it. */
export function goArchitecture(): string {
  return ARCHES[process.arch]?.go ?? process.arch;
}

/** Evaluates a profile in Docker's format for one host and one set of capabilities. */
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
