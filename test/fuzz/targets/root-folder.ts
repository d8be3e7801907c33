import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const IN_MEMORY = '/dev/shm';

/** A new folder, in memory where there is such a place. */
export function temporaryFolder(): string {
  return mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'gantry-fuzz-'));
}

/** A folder that stands for a container's root, in one of its own. Made when it is first asked for, and emptied each time. */
export class RootFolder {
  #base: string | undefined;

  get base(): string {
    this.#base ??= temporaryFolder();
    return this.#base;
  }

  empty(): string {
    const root = join(this.base, 'root');
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root);
    return root;
  }

  remove(): void {
    if (this.#base) rmSync(this.#base, { recursive: true, force: true });
    this.#base = undefined;
  }
}
