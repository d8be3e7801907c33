import type { Distribution } from '../../image/index.js';

const MAX_REMEMBERED = 10_000;

/**
 * Which blobs unpack to which layers. A configuration may name any layer beside any blob, so it counts as known only once
 * the blob's bytes have been unpacked to the layer: else one registry could give a blob of its own choice the name of a
 * layer that everybody has, and a later push would spread it.
 */
export class LayerForms {
  /** Of pulls that have recorded nothing yet. */
  readonly #proven = new Set<string>();

  constructor(private readonly distribution: Pick<Distribution, 'blobsOf'>) {}

  prove(diffId: string, digest: string): void {
    if (this.#proven.size >= MAX_REMEMBERED) this.#proven.clear();
    this.#proven.add(`${diffId} ${digest}`);
  }

  isProven(diffId: string, digest: string): boolean {
    if (this.#proven.has(`${diffId} ${digest}`)) return true;
    return this.distribution.blobsOf(diffId).some((blob) => blob.digest === digest);
  }
}
