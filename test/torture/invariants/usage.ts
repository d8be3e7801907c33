import { readFileSync, readlinkSync as readlink } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { lasting } from './lasting.js';
import { names, processesOfNamespace } from './processes.js';

/** What an engine without containers uses: it has to be the same before and after. */
export class Usage {
  private constructor(
    private readonly descriptors: readonly string[],
    private readonly mounts: number,
    private readonly processes: number,
  ) {}

  static of(daemon: number): Usage {
    return new Usage(descriptorsOf(daemon), linesOf(`/proc/${daemon}/mounts`), processesOfNamespace().length);
  }

  /** What there is more of than before. */
  growthSince(before: Usage): string[] {
    const descriptors = this.descriptors.length - before.descriptors.length;
    const kinds = surplus(this.descriptors, before.descriptors).join(', ');
    return [
      ...(descriptors > 0 ? [`the daemon has ${descriptors} descriptors more: ${kinds}`] : []),
      ...(this.mounts > before.mounts ? [`the daemon has ${this.mounts - before.mounts} mounts more`] : []),
      ...(this.processes > before.processes ? [`there are ${this.processes - before.processes} processes more`] : []),
    ];
  }
}

/** A released bundle keeps a descriptor for a second. */
const REST_MS = 1500;

export async function usageAtRest(daemon: number): Promise<Usage> {
  await sleep(REST_MS);
  return Usage.of(daemon);
}

export function growthSince(before: Usage, daemon: number): Promise<string[]> {
  return lasting(() => Usage.of(daemon).growthSince(before));
}

/** What each descriptor is, without the numbers that differ. SQLite keeps one of its file that it may not close yet. */
function descriptorsOf(pid: number): string[] {
  return names(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlink(`/proc/${pid}/fd/${fd}`).replace(/:\[\d+\]$/, '')].filter(
        (name) => !name.endsWith('/gantry.db'),
      );
    } catch {
      return [];
    }
  });
}

function surplus(now: readonly string[], before: readonly string[]): string[] {
  const left = [...before];
  return now.filter((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function linesOf(path: string): number {
  return readFileSync(path, 'latin1').split('\n').length;
}
