import { readFileSync, writeFileSync } from 'node:fs';
import { detectCgroups } from './cgroup-mode.js';

const ROOT = '/sys/fs/cgroup';

/** The freezer of a container's control group, whoever froze it, and whatever its row says. */
export class Freezer {
  readonly #file: string;
  readonly #thawed: string;

  constructor(id: string, { mode } = detectCgroups()) {
    const isV2 = mode === 'v2';
    this.#file = isV2 ? `${ROOT}/gantry/${id}/cgroup.freeze` : `${ROOT}/freezer/gantry/${id}/freezer.state`;
    this.#thawed = isV2 ? '0' : 'THAWED';
  }

  /** Also where it is being frozen. A container without processes is not frozen. */
  get isFrozen(): boolean {
    const state = this.#read()?.trim();
    return state !== undefined && state !== this.#thawed;
  }

  /** A container that has ended meanwhile is no error. */
  thaw(): void {
    try {
      writeFileSync(this.#file, this.#thawed, { flag: 'r+' });
    } catch (error) {
      if (!hasEnded(error)) throw error;
    }
  }

  #read(): string | undefined {
    try {
      return readFileSync(this.#file, 'latin1');
    } catch (error) {
      if (hasEnded(error)) return undefined;
      throw error;
    }
  }
}

function hasEnded(error: unknown): boolean {
  return ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');
}
