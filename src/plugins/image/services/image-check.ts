import { kindAt } from '../../../host/index.js';
import { type Check, type CheckOptions, type Finding, isKind, shortId } from '../../../kernel/index.js';
import { Config, copyPath, Database } from '../../system/index.js';
import { digestOf, Graph, TagStore } from '../contracts/index.js';
import { checkInitLayer, LayerStore, layerArchive } from '../layers/index.js';
import { ImageRecords, RemovedImageRecords } from '../records/index.js';

/** Checks images against their rows: configurations, layers, and tar-split data. */
export class ImageCheck implements Check {
  readonly #layers: LayerStore;

  constructor(
    @Config private readonly config: Config,
    @Database private readonly database: Database,
    @Graph private readonly graph: Graph,
    @TagStore private readonly tags: TagStore,
    @ImageRecords private readonly records: ImageRecords,
  ) {
    this.#layers = new LayerStore(config.root);
  }

  async *findings(options: CheckOptions): AsyncIterable<Finding> {
    yield* this.#initLayer();
    yield* this.#damagedRows();
    const faults = new Map<string, string | undefined>();
    for (const { id, diffIds } of this.graph.list()) {
      for (const diffId of new Set(diffIds)) {
        if (!faults.has(diffId)) faults.set(diffId, await this.#layerFault(diffId, options));
        const fault = faults.get(diffId);
        if (fault !== undefined) yield this.#unusable(id, `its layer ${shortId(diffId)} ${fault}`, diffId);
      }
    }
    yield* this.#orphans();
  }

  /** Checks the init layer, which is above every image: without it no container starts. */
  *#initLayer(): Iterable<Finding> {
    const fault = checkInitLayer(this.#layers.initPath);
    if (fault === undefined) return;
    const repair = { does: 'make it anew', did: 'made anew', run: () => this.#layers.recreateInitLayer() };
    yield { object: "the engine's own layer", problem: fault, repair };
  }

  /** A configuration is intact if its digest is its id, so the one in the database's copy can be restored safely. */
  *#damagedRows(): Iterable<Finding> {
    const rows = this.database.sql.prepare('SELECT id, config FROM images').all();
    for (const row of rows.filter(({ id, config }) => digestOf(config as Uint8Array) !== id)) {
      const id = String(row['id']);
      const problem = 'its configuration is not what its id says';
      const whole = configInCopy(this.config, id);
      const run = (): void => this.records.restore(id, whole ?? new Uint8Array());
      const repair = { does: 'take it from the copy', did: 'taken from the copy', run };
      yield { ...this.#unusable(id, problem), ...(whole && { repair }) };
    }
  }

  async #layerFault(diffId: string, { digests }: CheckOptions): Promise<string | undefined> {
    if (kindAt(this.#layers.path(diffId)) !== 'folder') return 'is missing';
    if (kindAt(this.#layers.tarSplitPath(diffId)) !== 'folder')
      return 'cannot be saved or pushed: what its archive is made of is missing';
    return digests ? this.#contentFault(diffId) : undefined;
  }

  async #contentFault(diffId: string): Promise<string | undefined> {
    try {
      for await (const _chunk of layerArchive(this.#layers, diffId));
      return undefined;
    } catch (error) {
      if (isKind(error, 'unavailable')) return 'is not what its digest says';
      throw error;
    }
  }

  #unusable(id: string, problem: string, damagedLayer?: string): Finding {
    const [name] = this.tags.namesOf(id);
    const object = `image ${name === undefined ? shortId(id) : `${name} (${shortId(id)})`}`;
    const finding = { object, problem, hint: 'Pull or load it again: what is missing comes back' };
    if (damagedLayer === undefined || !this.#isWhole(damagedLayer)) return finding;
    const repair = {
      does: 'put the layer aside, for a pull or load to bring it back',
      did: 'put aside; pull or load the image again',
      run: () => this.#layers.quarantine(damagedLayer),
    };
    return { ...finding, repair };
  }

  /** Whether both folders exist, damaged or not. A pull replaces a layer that lacks one of them without a repair. */
  #isWhole(diffId: string): boolean {
    return [this.#layers.path(diffId), this.#layers.tarSplitPath(diffId)].every((path) => kindAt(path) === 'folder');
  }

  /** Finds orphans of killed processes. The start of the next daemon deletes them, too. */
  *#orphans(): Iterable<Finding> {
    const removed = new RemovedImageRecords(this.database);
    const isStray = (diffId: string): boolean =>
      this.records.layerSize(diffId) === undefined && !removed.hasLayer(diffId);
    for (const diffId of this.#layers.diffIds().filter(isStray)) {
      const run = (): void =>
        this.database.transaction(() => {
          if (isStray(diffId)) this.#layers.discard(diffId);
        });
      yield orphan(`layer ${shortId(diffId)}`, 'belongs to no image', run);
    }
    for (const path of this.#layers.orphanedTempFolders()) {
      yield orphan(`folder ${path}`, 'was being filled by a process that is no more', () => this.#layers.prepare());
    }
  }
}

function orphan(object: string, problem: string, run: () => void): Finding {
  return { object, problem, repair: { does: 'delete it', did: 'deleted', run } };
}

function configInCopy(config: Config, id: string): Uint8Array | undefined {
  try {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    using copy = new DatabaseSync(copyPath(config), { readOnly: true });
    const found = copy.prepare('SELECT config FROM images WHERE id = ?').get(id)?.['config'] as Uint8Array | undefined;
    return found && digestOf(found) === id ? found : undefined;
  } catch {
    return undefined;
  }
}
