/** The runtimes that Gantry can drive. */
export type RuntimeName = 'crun' | 'runc';

interface Advisory {
  readonly ids: readonly string[];
  /** The first fixed version of each maintained line, oldest line first. Earlier lines have no fix. */
  readonly fixed: readonly string[];
  /** The first version that has the fault; absent: all versions before the fix. */
  readonly since?: string;
}

/** Faults of runtimes that a container or an image could exploit, with the releases that fixed them. */
const ADVISORIES: Readonly<Record<RuntimeName, readonly Advisory[]>> = {
  runc: [
    { ids: ['CVE-2025-31133', 'CVE-2025-52565', 'CVE-2025-52881'], fixed: ['1.2.8', '1.3.3', '1.4.0'] },
    { ids: ['CVE-2026-41579'], fixed: ['1.3.6', '1.4.3', '1.5.0'] },
  ],
  crun: [
    { ids: ['CVE-2026-30892'], since: '1.19', fixed: ['1.27'] },
    { ids: ['CVE-2026-47766'], fixed: ['1.28'] },
  ],
};

/** Identifiers of the known faults of a version; none for a version that cannot be parsed. */
export function advisoriesFor(name: RuntimeName, version: string): readonly string[] {
  if (!/^\d+\.\d+/.test(version)) return [];
  return ADVISORIES[name].filter((advisory) => concerns(advisory, version)).flatMap(({ ids }) => ids);
}

function concerns({ fixed, since }: Advisory, version: string): boolean {
  if (since !== undefined && compare(version, since) < 0) return false;
  const line = fixed.findLast((each) => compare(lineOf(version), lineOf(each)) >= 0);
  return line === undefined || compare(version, line) < 0;
}

function lineOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function compare(one: string, other: string): number {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  for (const index of [0, 1, 2]) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10) || 0);
}
