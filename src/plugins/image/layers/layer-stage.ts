import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { GantryError } from '../../../kernel/index.js';
import type { Database } from '../../system/index.js';
import type { StagedLayer } from '../contracts/index.js';
import type { TempFolder } from '../fs/index.js';
import type { ImageRecords } from '../records/index.js';
import type { LayerStore, UnpackedLayer } from './layer-store.js';

type Open = () => Readable | Promise<Readable>;

/** Pause between two looks whether another caller, of this process or another, has finished the layer. */
const PAUSE_MS = 50;

export interface StageOptions {
  readonly progress?: ((bytes: number) => void) | undefined;
  /** Milliseconds to wait for another caller that unpacks the layer. */
  readonly timeout?: number | undefined;
}

/**
 * Layers that no image has yet. A layer is committed as soon as it is unpacked, so that others find it. Until an image has
 * it, the callers that are about to make one keep it.
 */
export class LayerStage {
  /** @param dropUnused deletes the layer if no image needs it */
  constructor(
    private readonly layers: LayerStore,
    private readonly records: Pick<ImageRecords, 'layerSize'>,
    private readonly database: Database,
    private readonly dropUnused: (diffId: string) => void,
  ) {}

  /** @throws GantryError as `Graph.layerFrom` */
  async from(
    diffId: string | undefined,
    open: Open,
    { progress, timeout = Infinity }: StageOptions,
  ): Promise<StagedLayer> {
    if (diffId === undefined) return this.#unpack(open, progress);
    for (const start = performance.now(); performance.now() - start < timeout; await setTimeout(PAUSE_MS)) {
      const claim = this.layers.claim(diffId);
      const present = this.keep(diffId);
      if (present) {
        if (claim) this.layers.drop(claim);
        return present;
      }
      if (claim) return this.#unpack(open, progress, { diffId, claim });
    }
    return this.#unpack(open, progress, { diffId });
  }

  /** Keeps a layer that is on disk, whether an image has it or not. */
  keep(diffId: string): StagedLayer | undefined {
    const leave = this.layers.keep(diffId);
    const size = leave && (this.records.layerSize(diffId) ?? this.layers.readSize(diffId));
    if (leave && size !== undefined) {
      const release = (): void => {
        leave();
        this.dropUnused(diffId);
      };
      return { diffId, size, release };
    }
    leave?.();
    return undefined;
  }

  async #unpack(
    open: Open,
    progress: StageOptions['progress'],
    wanted?: { readonly diffId: string; readonly claim?: TempFolder },
  ): Promise<StagedLayer> {
    const layer = await this.#openAndUnpack(open, progress, wanted?.claim);
    try {
      if (wanted && layer.diffId !== wanted.diffId) {
        throw new GantryError('invalid', `the layer's digest is ${layer.diffId}, and should be ${wanted.diffId}`);
      }
      return await this.database.patiently(() => this.database.transaction(() => this.#commit(layer)));
    } finally {
      this.layers.discardStaged(layer);
    }
  }

  async #openAndUnpack(
    open: Open,
    progress: StageOptions['progress'],
    claim: TempFolder | undefined,
  ): Promise<UnpackedLayer> {
    let archive: Readable;
    try {
      archive = await open();
    } catch (error) {
      if (claim) this.layers.drop(claim);
      throw error;
    }
    return this.layers.unpack(archive, progress, claim);
  }

  #commit(layer: UnpackedLayer): StagedLayer {
    this.layers.commit(layer);
    const staged = this.keep(layer.diffId);
    if (!staged) throw new Error(`${layer.diffId} is not where it was put`);
    return staged;
  }
}
