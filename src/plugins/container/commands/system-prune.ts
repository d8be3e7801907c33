import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  meetsLabels,
  Option,
  type Prunable,
  parsePruneFilters,
  prune,
  shortId,
} from '../../../kernel/index.js';
import { Graph, ImageRecords, prunableImages, TagStore, unusedImages } from '../../image/index.js';
import { Networks, prunableNetworks, unusedNetworks } from '../../network/index.js';
import { prunableVolumes, unusedVolumes, Volumes } from '../../volume/index.js';
import { Runtime } from '../contracts/index.js';
import { callerOf, prunableContainers, stoppedContainers } from '../operations/index.js';

@Command({
  name: 'system prune',
  summary: 'Remove unused data, and what undo could bring back',
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [['docker system prune -a --volumes --dry-run', 'See all that nothing needs any more']],
  effects: ['destroy'],
})
export class SystemPrune implements CommandHandler {
  @Option('-a, --all', 'Remove all unused images, not just those without a name, and compressed copies of layers')
  all = false;

  @Option('--volumes', 'Prune anonymous volumes')
  volumes = false;

  @Option('--filter', 'Provide filter values: until=MOMENT, label=KEY[=VALUE], label!=KEY[=VALUE]', {
    type: 'list',
    value: 'filter',
  })
  filter: string[] = [];

  @Option('-f, --force', 'Do not prompt for confirmation')
  force = false;

  constructor(
    @Runtime private readonly runtime: Runtime,
    @Graph private readonly graph: Graph,
    @TagStore private readonly tags: TagStore,
    @ImageRecords private readonly records: ImageRecords,
    @Volumes private readonly store: Volumes,
    @Networks private readonly networks: Networks,
  ) {}

  run(context: CommandContext): Promise<number> {
    const filters = parsePruneFilters(this.filter, context);
    if (this.volumes && filters.has('until')) {
      throw new GantryError('usage', 'The "until" filter is not supported with "--volumes"');
    }
    const stopped = stoppedContainers(this.runtime, filters);
    const gone = new Set(stopped.map(({ id }) => id));
    const containers = prunableContainers(this.runtime, stopped, { volumes: this.volumes, ...callerOf(context) });
    const networks = prunableNetworks(this.networks, unusedNetworks(this.networks, filters, gone));
    const images = prunableImages(
      this.graph,
      this.tags,
      unusedImages(this.graph, this.tags, this.records, { all: this.all, gone, filters }),
    );
    const unused = this.volumes ? unusedVolumes(this.store, { all: false }) : [];
    const volumes = prunableVolumes(
      this.store,
      unused.filter(({ labels }) => meetsLabels(filters, labels)),
    );
    const prunables =
      this.filter.length > 0
        ? [containers, networks, images, volumes]
        : [
            this.#forGood(containers),
            networks,
            images,
            volumes,
            ...(this.all ? [this.#compressed()] : []),
            this.#trash(),
          ];
    return prune(context, prunables, this, [containers, networks, volumes, images]);
  }

  /** Containers, and with them what undo could bring back: they are in the trash, too, and their space is counted there. */
  #forGood(containers: Prunable): Prunable {
    return {
      ...containers,
      remove: async () => {
        await containers.remove();
        return (await this.runtime.emptyTrash()) + (await this.graph.emptyTrash());
      },
    };
  }

  #compressed(): Prunable {
    const { count } = this.graph.compressedUsage();
    return {
      heading: 'Compressed layers',
      asked:
        count === 0 ? [] : [`compressed copies of ${count} layers, which a push would make again with other digests`],
      deleted: [],
      remove: () => this.graph.dropCompressed(),
    };
  }

  /** What the question says of the trash, which is emptied after the containers. */
  #trash(): Prunable {
    const removed = [...this.runtime.removed(), ...this.graph.removed()];
    return {
      heading: 'Removed',
      asked: removed.map(({ name, id }) => `removed ${name || shortId(id)}, which undo could bring back`),
      deleted: [],
      remove: async () => undefined,
    };
  }
}
