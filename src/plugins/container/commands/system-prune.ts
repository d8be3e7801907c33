import { folderSize } from '../../../host/index.js';
import {
  Command,
  type CommandContext,
  type CommandHandler,
  confirmed,
  humanSize,
  Option,
  parseFilters,
  write,
} from '../../../kernel/index.js';
import { Graph, ImageRecords, removeUnused, TagStore, unusedImages } from '../../image/index.js';
import { Networks, unusedNetworks } from '../../network/index.js';
import { unusedVolumes, Volumes } from '../../volume/index.js';
import { Runtime } from '../contracts/index.js';
import {
  callerOf,
  containerLines,
  deletedText,
  PRUNE_FILTERS,
  removeContainers,
  stoppedContainers,
} from '../operations/index.js';
import { shortId } from '../records/index.js';

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
  @Option('-a, --all', 'Remove all unused images, not just those without a name')
  all = false;

  @Option('--volumes', 'Prune anonymous volumes')
  volumes = false;

  @Option('--filter', 'Provide filter values for containers and networks: until=MOMENT, label=KEY[=VALUE]', {
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

  async run(context: CommandContext): Promise<number> {
    const filters = parseFilters(this.filter, PRUNE_FILTERS);
    const stopped = stoppedContainers(this.runtime, filters);
    const gone = new Set(stopped.map(({ id }) => id));
    const networks = unusedNetworks(this.networks, filters, gone);
    const images = unusedImages(this.graph, this.tags, this.records, { all: this.all, gone });
    const volumes = this.volumes ? unusedVolumes(this.store, { all: false }) : [];
    // With a filter only containers and networks are removed.
    const emptiesTrash = this.filter.length === 0;
    const buried = emptiesTrash ? [...this.runtime.removed(), ...this.graph.removed()] : [];
    const lines = [
      ...containerLines(stopped),
      ...networks.map(({ name }) => `network ${name}`),
      ...images.map(({ name }) => `image ${name}`),
      ...volumes.map(({ name }) => `volume ${name}`),
      ...buried.map(({ name, id }) => `removed ${name || shortId(id)}, which undo could bring back`),
    ];
    if (lines.length > 0 && !this.force && !(await confirmed(context, lines))) return 1;

    const how = { volumes: this.volumes, ...callerOf(context) };
    const removed = await removeContainers(this.runtime, stopped, how);
    // What has just been removed is in the trash, too.
    let reclaimed = emptiesTrash ? await this.runtime.emptyTrash() : removed;
    if (emptiesTrash) reclaimed += await this.graph.emptyTrash();
    for (const { id } of networks) await this.networks.remove(id);
    for (const image of images) reclaimed += await removeUnused(this.graph, this.tags, image);
    for (const { name, path } of volumes) {
      reclaimed += await folderSize(path);
      await this.store.remove(name);
    }
    const text = [
      deletedText('Containers', [...gone]),
      deletedText(
        'Networks',
        networks.map(({ name }) => name),
      ),
      deletedText(
        'Volumes',
        volumes.map(({ name }) => name),
      ),
      deletedText(
        'Images',
        images.map(({ id }) => id),
      ),
    ].join('');
    await write(context.stdout, `${text}Total reclaimed space: ${humanSize(reclaimed)}\n`);
    return 0;
  }
}
