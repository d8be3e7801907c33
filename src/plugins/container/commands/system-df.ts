import { folderSize } from '../../../host/index.js';
import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  humanSize,
  isUsualTable,
  Option,
  table,
  write,
  writeFormatted,
} from '../../../kernel/index.js';
import { Graph, ImageRecords, layerBytes, TagStore } from '../../image/index.js';
import { Volumes } from '../../volume/index.js';
import {
  type ContainerFilesystem,
  type ContainerReader,
  type ContainerUndo,
  isActive,
  Runtime,
} from '../contracts/index.js';
import { usageTables } from '../views/index.js';

const HEADERS = { Type: 'TYPE', TotalCount: 'TOTAL', Active: 'ACTIVE', Size: 'SIZE', Reclaimable: 'RECLAIMABLE' };

/** Nothing is built here, so that there is none. */
const BUILD_CACHE = { type: 'Build Cache', total: 0, active: 0, size: 0, reclaimable: 0 };

/** Objects of one kind: how many exist and are in use, the bytes of all, and the bytes of those that are not in use. */
interface DiskUsage {
  readonly type: string;
  readonly total: number;
  readonly active: number;
  readonly size: number;
  readonly reclaimable: number;
}

@Command({
  name: 'system df',
  summary: 'Show docker disk usage',
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  effects: ['read'],
})
export class SystemDf implements CommandHandler {
  @Option('--format', "Format output: 'table', 'table TEMPLATE', 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('-v, --verbose', 'Show detailed information on space usage')
  verbose = false;

  constructor(
    @Runtime private readonly runtime: ContainerFilesystem & ContainerReader & ContainerUndo,
    @Graph private readonly graph: Graph,
    @ImageRecords private readonly records: ImageRecords,
    @Volumes private readonly volumes: Volumes,
    @TagStore private readonly tags: TagStore,
  ) {}

  async run({ stdout }: CommandContext): Promise<void> {
    if (this.verbose) {
      if (this.format !== '') throw new GantryError('usage', 'the verbose and the format option conflict');
      const { runtime, graph, tags, records, volumes } = this;
      return write(stdout, await usageTables({ runtime, graph, tags, records, volumes }));
    }
    const kinds = [this.#images(), await this.#containers(), await this.#volumes(), BUILD_CACHE];
    const rows = [...kinds, ...this.#compressed(), ...(await this.#removed())].map(rowOf);
    if (!isUsualTable(this.format)) return writeFormatted(stdout, this.format, rows, HEADERS);
    await write(stdout, table(Object.values(HEADERS), rows.map(Object.values)));
  }

  /** What `undo` could bring back; without any, there is no line. */
  async #removed(): Promise<DiskUsage[]> {
    const total = this.runtime.removed().length + this.graph.removed().length;
    const size = (await this.runtime.removedBytes()) + this.graph.removedBytes();
    return total === 0 ? [] : [{ type: 'Removed', total, active: 0, size, reclaimable: size }];
  }

  /** Copies of layers that a push sends again; without any, there is no line. */
  #compressed(): DiskUsage[] {
    const { count, bytes } = this.graph.compressedUsage();
    return count === 0 ? [] : [{ type: 'Compressed Layers', total: count, active: 0, size: bytes, reclaimable: bytes }];
  }

  #images(): DiskUsage {
    const images = this.graph.list();
    const used = images.filter(({ id }) => this.records.holdersOf(id).length > 0);
    const size = layerBytes(
      images.flatMap(({ diffIds }) => diffIds),
      this.records,
    );
    const needed = layerBytes(
      used.flatMap(({ diffIds }) => diffIds),
      this.records,
    );
    return { type: 'Images', total: images.length, active: used.length, size, reclaimable: size - needed };
  }

  async #containers(): Promise<DiskUsage> {
    const containers = this.runtime.list().map((container) => ({
      folder: this.runtime.upperDir(container.id),
      isActive: isActive(container),
    }));
    return { type: 'Containers', ...(await measure(containers)) };
  }

  async #volumes(): Promise<DiskUsage> {
    const volumes = this.volumes
      .list()
      .map(({ name, path }) => ({ folder: path, isActive: this.volumes.holdersOf(name).length > 0 }));
    return { type: 'Local Volumes', ...(await measure(volumes)) };
  }
}

async function measure(
  things: readonly { readonly folder: string; readonly isActive: boolean }[],
): Promise<Omit<DiskUsage, 'type'>> {
  let size = 0;
  let reclaimable = 0;
  for (const { folder, isActive } of things) {
    const bytes = await folderSize(folder);
    size += bytes;
    if (!isActive) reclaimable += bytes;
  }
  return { total: things.length, active: things.filter(({ isActive }) => isActive).length, size, reclaimable };
}

function rowOf({ type, total, active, size, reclaimable }: DiskUsage) {
  const percent = size > 0 ? ` (${Math.floor((100 * reclaimable) / size)}%)` : '';
  return {
    Type: type,
    TotalCount: String(total),
    Active: String(active),
    Size: humanSize(size),
    Reclaimable: `${humanSize(reclaimable)}${percent}`,
  };
}
