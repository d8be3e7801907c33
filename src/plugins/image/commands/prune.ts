import {
  Command,
  type CommandContext,
  type CommandHandler,
  Option,
  parsePruneFilters,
  prune,
} from '../../../kernel/index.js';
import { Graph, TagStore } from '../contracts/index.js';
import { ImageRecords, prunableImages, unusedImages } from '../records/index.js';

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
    const filters = parsePruneFilters(this.filter, context);
    const how = { all: this.all, gone: NO_CONTAINERS, filters };
    const images = unusedImages(this.graph, this.tags, this.records, how);
    const deleted = images.flatMap(({ id, names }) => [...names.map((name) => `untagged: ${name}`), `deleted: ${id}`]);
    return prune(context, [{ ...prunableImages(this.graph, this.tags, images), deleted }], this);
  }
}
