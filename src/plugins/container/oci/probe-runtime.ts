import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isExecutable } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { type CgroupMode, detectCgroups, type HostCgroups } from '../cgroups/index.js';
import type { RuntimeDescription } from '../contracts/index.js';
import { advisoriesFor, type RuntimeName } from './advisories.js';

/** The runtime program that creates containers on this host. */
export interface OciRuntime {
  readonly name: RuntimeName;
  /** Absolute. */
  readonly path: string;
  readonly cgroups: HostCgroups;
  /** Whether it sends a program's terminal over a console socket even while it waits for the program. */
  readonly sendsConsole: boolean;
  /** False where the kernel counts no swap: a memory limit is then set without a limit of swap. */
  readonly limitsSwap: boolean;
  /** For `info`: spawns the runtime to ask for its version. */
  describe(): Promise<RuntimeDescription>;
}

const FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];
/** The faster first. */
const NAMES: readonly RuntimeName[] = ['crun', 'runc'];
const SWAP_LIMIT_V1 = '/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes';

/**
 * Finds the OCI runtime: crun, else runc. Starts no process; reads some files only.
 * @throws GantryError `unavailable` where there is none
 */
export function probeRuntime(cgroups = detectCgroups(), folders: readonly string[] = FOLDERS): OciRuntime {
  for (const name of NAMES) {
    const path = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (path !== undefined) return runtimeAt(name, path, cgroups);
  }
  throw new GantryError('unavailable', `no OCI runtime: neither crun nor runc is in ${folders.join(', ')}`, {
    hint: 'Install one: apt-get install crun',
  });
}

function runtimeAt(name: RuntimeName, path: string, cgroups: HostCgroups): OciRuntime {
  const { mode } = cgroups;
  const limitsSwap = mode === 'v2' || existsSync(SWAP_LIMIT_V1);
  return {
    name,
    path,
    // crun answers hybrid mode with "cgroups in hybrid mode not supported"; runc takes version 2 for one more hierarchy.
    cgroups: name === 'crun' ? cgroups : withoutUnified(cgroups),
    sendsConsole: name === 'crun',
    limitsSwap,
    async describe() {
      const version = await versionOf(path);
      return { name, version, cgroups: mode, warnings: warningsFor({ name, version, cgroups: mode, limitsSwap }) };
    },
  };
}

function withoutUnified({ unified, ...cgroups }: HostCgroups): HostCgroups {
  return { ...cgroups, hierarchies: [...cgroups.hierarchies, ...(unified === undefined ? [] : [unified])] };
}

/** `1.8.1`; empty where the program says something else, or nothing in time. */
async function versionOf(path: string): Promise<string> {
  const asked = promisify(execFile)(path, ['--version'], { timeout: 10_000 });
  const { stdout } = await asked.catch(() => ({ stdout: '' }));
  return /version (\S+)/.exec(stdout)?.[1] ?? '';
}

interface WarningFacts {
  readonly name: RuntimeName;
  readonly version: string;
  readonly cgroups: CgroupMode;
  readonly limitsSwap: boolean;
}

function warningsFor({ name, version, cgroups, limitsSwap }: WarningFacts): string[] {
  const known = advisoriesFor(name, version).join(', ');
  const warnings = [
    known ? `${name} ${version} is known for ${known}, unless your distribution has patched it` : undefined,
    cgroups === 'none' ? 'No control groups are mounted: containers run without limits' : undefined,
    limitsSwap ? undefined : 'No swap limit support',
  ];
  return warnings.filter((warning) => warning !== undefined);
}
