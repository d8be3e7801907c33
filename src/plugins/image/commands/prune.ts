import {
  Command,
  type CommandContext,
  type CommandHandler,
  meetsPruneFilters,
  Option,
  parsePruneFilters,
  prune,
} from '../../../kernel/index.js';
import { Graph, TagStore } from '../contracts/index.js';
import { ImageRecords, prunableImages, type UnusedImage, unusedImages } from '../records/index.js';

const NO_CONTAINERS: ReadonlySet<string> = new Set();

@Command({
  name: 'image prune',
  summary: 'Remove unused images',
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [['docker image prune -af --filter until=240h', 'Remove what no container uses, made over ten days ago']],
  effects: ['destroy'],
})
export class Prune implements CommandHandler {
  @Option('-a, --all', 'Remove all unused images, not just dangling ones')
  all = false;

  @Option('--filter', 'Provide filter values (e.g. "until=<timestamp>", "label=<key>=<value>")', {
    type: 'list',
    value: 'filter',
  })
  filter: string[] = [];

  @Option('-f, --force', 'Do not prompt for confirmation')
  force = false;

  constructor(
    @Graph private readonly graph: Graph,
    @TagStore private readonly tags: TagStore,
    @ImageRecords private readonly records: ImageRecords,
  ) {}

  run(context: CommandContext): Promise<number> {
    const images = this.#unused(context);
    const deleted = images.flatMap(({ id, names }) => [...names.map((name) => `untagged: ${name}`), `deleted: ${id}`]);
    return prune(context, [{ ...prunableImages(this.graph, this.tags, images), deleted }], this);
  }

  /** Unused images that pass the filters; a parent only if its children are removed, too. */
  #unused(context: CommandContext): UnusedImage[] {
    const filters = parsePruneFilters(this.filter, context);
    const staying = new Set<string>();
    return unusedImages(this.graph, this.tags, this.records, { all: this.all, gone: NO_CONTAINERS }).filter(
      ({ id }) => {
        const { created, config, parent } = this.graph.get(id);
        const isMeant = !staying.has(id) && meetsPruneFilters(filters, { created, labels: config.Labels ?? {} });
        if (!isMeant) staying.add(parent);
        return isMeant;
      },
    );
  }
}
