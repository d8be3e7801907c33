import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ifThere } from '../../../host/index.js';
import type { Database } from '../../system/index.js';

const HEX = /^[0-9a-f]{64}$/;

/**
 * Compressed layers as registries have them, `<root>/blobs/<hex of the digest>`: the registry plugin puts them there once
 * they are noted in `Distribution`. They go when nothing notes them: no layer that is here, and no image that can be
 * brought back.
 */
export class BlobSweeper {
  readonly #folder: string;

  constructor(
    root: string,
    private readonly database: Database,
  ) {
    this.#folder = join(root, 'blobs');
  }

  sweep(): void {
    const names = this.#names();
    if (names.length === 0) return;
    // Looked for in this order: one that is there has been noted before.
    const noted = this.database.sql.prepare(
      `SELECT 1 FROM layer_blobs WHERE digest = ?1 UNION ALL SELECT 1 FROM removed_blobs WHERE digest = ?1 LIMIT 1`,
    );
    for (const name of names) {
      if (noted.get(`sha256:${name}`) === undefined) rmSync(join(this.#folder, name), { force: true });
    }
  }

  /** How many there are, and their bytes. */
  usage(): { readonly count: number; readonly bytes: number } {
    const sizes = this.#names().map((name) => statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size ?? 0);
    return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  /** Deletes all. A push makes such a layer anew, with another digest. @returns the bytes that this frees */
  clear(): number {
    const { bytes } = this.usage();
    for (const name of this.#names()) rmSync(join(this.#folder, name), { force: true });
    return bytes;
  }

  #names(): string[] {
    const names = ifThere(() => readdirSync(this.#folder)) ?? [];
    return names.filter((name) => HEX.test(name));
  }
}
