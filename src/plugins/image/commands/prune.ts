import {
  Command,
  type CommandContext,
  type CommandHandler,
  confirmed,
  humanSize,
  meets,
  meetsLabels,
  Option,
  parseFilters,
  write,
} from '../../../kernel/index.js';
import { parseTimeFlag } from '../../system/index.js';
import { Graph, TagStore } from '../contracts/index.js';
import { ImageRecords, removeUnused, type UnusedImage, unusedImages } from '../records/index.js';

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

  async run(context: CommandContext): Promise<number> {
    const images = this.#unused();
    const asked = images.length === 0 || this.force;
    if (
      !asked &&
      !(await confirmed(
        context,
        images.map(({ name }) => `image ${name}`),
      ))
    )
      return 1;
    let lines = '';
    let reclaimed = 0;
    for (const image of images) {
      reclaimed += await removeUnused(this.graph, this.tags, image);
      lines += `${image.names.map((name) => `untagged: ${name}\n`).join('')}deleted: ${image.id}\n`;
    }
    if (lines !== '') lines = `Deleted Images:\n${lines}\n`;
    await write(context.stdout, `${lines}Total reclaimed space: ${humanSize(reclaimed)}\n`);
    return 0;
  }

  /** Unused images that pass the filters; a parent only if its children are removed, too. */
  #unused(): UnusedImage[] {
    const filters = parseFilters(this.filter, ['label', 'until']);
    const staying = new Set<string>();
    return unusedImages(this.graph, this.tags, this.records, { all: this.all, gone: NO_CONTAINERS }).filter(
      ({ id }) => {
        const { created, config, parent } = this.graph.get(id);
        const isMeant =
          !staying.has(id) &&
          meets(filters, 'until', (moment) => created.getTime() < parseTimeFlag(moment, '--filter until')) &&
          meetsLabels(filters, config.Labels ?? {});
        if (!isMeant) staying.add(parent);
        return isMeant;
      },
    );
  }
}
