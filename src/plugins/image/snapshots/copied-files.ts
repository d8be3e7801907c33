import { readFileSync, writeFileSync } from 'node:fs';
import { ifThere } from '../../../host/index.js';
import { type TreeEntry, walk } from '../fs/index.js';

/**
 * Which file of a copied image is where, and since when it is as it is: inode and change time by path. A file that still
 * has both at its path has not been touched, whatever the clock says; any other has to be compared.
 */
export class CopiedFiles {
  readonly #known: ReadonlySet<string>;

  private constructor(private readonly text: string) {
    this.#known = new Set(text.split('\0'));
  }

  /** Of a copy that no container has yet. */
  static in(folder: string): CopiedFiles {
    const lines: string[] = [];
    for (const entry of walk(folder, { leaveOut: () => false })) {
      if (!entry.stat.isDirectory()) lines.push(lineOf(entry));
    }
    return new CopiedFiles(lines.join('\0'));
  }

  /** Of a container's folder; knows nothing where nothing was written. */
  static of(upper: string): CopiedFiles {
    return new CopiedFiles(ifThere(() => readFileSync(fileOf(upper), 'latin1')) ?? '');
  }

  write(upper: string): void {
    writeFileSync(fileOf(upper), this.text, 'latin1');
  }

  hasUntouched(entry: TreeEntry): boolean {
    return this.#known.has(lineOf(entry));
  }
}

function fileOf(upper: string): string {
  return `${upper}.copied`;
}

function lineOf({ path, stat }: TreeEntry): string {
  return `${stat.ino} ${stat.ctimeNs} ${path}`;
}
