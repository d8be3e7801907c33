import { GantryError } from '../../../kernel/index.js';
import type { OciSeccomp, OciSyscallRule } from '../contracts/index.js';

interface Condition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
  /** `4.8`. */
  readonly minKernel?: string;
}

interface DockerProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  /** Of all processors, or as they are: one of the two. */
  readonly archMap?: readonly { readonly architecture: string; readonly subArchitectures?: readonly string[] | null }[];
  readonly architectures?: readonly string[] | null;
  readonly syscalls?: readonly DockerRule[] | null;
}

/** A call alone stands under `name` in profiles of old. */
interface DockerRule extends Omit<OciSyscallRule, 'names'> {
  readonly names?: readonly string[] | null;
  readonly name?: string;
  readonly includes?: Condition | null;
  readonly excludes?: Condition | null;
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

/**
 * Evaluates a profile in Docker's format for one host and one set of capabilities.
 * @throws GantryError `invalid`, in Docker's words, for a profile that contradicts itself; others for what is no profile
 */
export function evaluateProfile(text: string, host: SeccompHost): OciSeccomp {
  const profile = JSON.parse(text) as DockerProfile;
  if (typeof profile.defaultAction !== 'string') throw new TypeError('it has no defaultAction');
  return {
    defaultAction: profile.defaultAction,
    ...(profile.defaultErrnoRet !== undefined && { defaultErrnoRet: profile.defaultErrnoRet }),
    architectures: architecturesOf(profile, host.arch),
    syscalls: (profile.syscalls ?? [])
      .filter(({ includes, excludes }) => isIncluded(includes ?? {}, host) && !isExcluded(excludes ?? {}, host))
      .map((rule) => ({
        names: namesOf(rule),
        action: rule.action,
        ...(rule.errnoRet !== undefined && { errnoRet: rule.errnoRet }),
        ...(rule.args?.length && { args: rule.args }),
      })),
  };
}

function namesOf({ name, names }: DockerRule): readonly string[] {
  if (name && names?.length) throw twice('name', 'names');
  return name ? [name] : [...(names ?? [])];
}

function twice(one: string, other: string): GantryError {
  const reason = `both '${one}' and '${other}' are specified in the seccomp profile, use either '${one}' or '${other}'`;
  return new GantryError('invalid', reason);
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

function architecturesOf({ archMap, architectures }: DockerProfile, arch: string): string[] {
  if (archMap?.length && architectures?.length) throw twice('architectures', 'archMap');
  if (architectures?.length) return [...architectures];
  const name = Object.values(ARCHES).find(({ go }) => go === arch)?.seccomp;
  const entry = archMap?.find(({ architecture }) => architecture === name);
  return entry ? [entry.architecture, ...(entry.subArchitectures ?? [])] : name ? [name] : [];
}

function isAtLeast(kernel: string, wanted: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map((part) => Number.parseInt(part, 10));
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
