import { folderSize } from '../../../host/index.js';
import {
  Command,
  type CommandContext,
  type CommandHandler,
  type ErrorKind,
  Extensions,
  isUsualTable,
  keptByPlugins,
  Option,
  parseFilters,
  shortId,
  tableWithPlugins,
  unlessKind,
  write,
  writeFormatted,
} from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import { Networks } from '../../network/index.js';
import {
  type Container,
  type ContainerFilesystem,
  type ContainerReader,
  type ContainerSummary,
  Runtime,
} from '../contracts/index.js';
import {
  type ContainerSize,
  PS_COLUMNS,
  PS_FILTERS,
  PS_HEADERS,
  type PsLookups,
  psFilter,
  psRow,
  ShownImages,
  summaryOf,
  wantsStopped,
} from '../views/index.js';

/** What is no valid name is not there, either. */
const MISSING: readonly ErrorKind[] = ['not found', 'invalid'];

interface Row {
  readonly row: Container;
  readonly data: ContainerSummary;
}

@Command({
  name: 'ps',
  summary: 'List containers',
  group: 'Common Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [
    ['docker ps -a', 'List stopped containers too'],
    ['docker ps -lq', 'Print the id of the newest container'],
    ['docker ps -f label=tier=front -f name=web', 'List what bears a label and a name'],
  ],
  effects: ['read'],
})
export class Ps implements CommandHandler {
  @Option('-a, --all', 'Show all containers (default shows just running)')
  all = false;

  @Option('-f, --filter', 'Filter output based on conditions provided', {
    type: 'list',
    value: 'filter',
    complete: PS_FILTERS.map((name) => `${name}=`),
  })
  filter: string[] = [];

  @Option('-q, --quiet', 'Only display container IDs')
  quiet = false;

  @Option('-l, --latest', 'Show the latest created container (includes all states)')
  latest = false;

  @Option('-n, --last', 'Show n last created containers (includes all states)', { type: 'integer', shownDefault: '-1' })
  last = -1;

  @Option('--format', "Format output: 'table', 'table TEMPLATE', 'json', or a Go template", {
    type: 'string',
    complete: ['json', 'table'],
  })
  format = '';

  @Option('--no-trunc', "Don't truncate output")
  noTrunc = false;

  @Option('-s, --size', 'Display total file sizes')
  size = false;

  readonly #images: ShownImages;

  constructor(
    @Runtime private readonly runtime: ContainerFilesystem & ContainerReader,
    @Graph private readonly graph: Graph,
    @Networks private readonly networks: Pick<Networks, 'endpoints' | 'get'>,
    @Extensions private readonly extensions: Extensions,
  ) {
    this.#images = new ShownImages(graph);
  }

  async run({ stdout }: CommandContext): Promise<void> {
    const rows = await this.#chosen();
    if (this.quiet) return write(stdout, rows.map(({ row }) => `${this.#id(row.id)}\n`).join(''));
    if (!isUsualTable(this.format)) {
      const isSized = this.size || /\.Size\b/.test(this.format);
      const shown: ReturnType<typeof psRow>[] = [];
      for (const { row } of rows) {
        const names = this.networks.endpoints({ holder: row.id }).map(({ network }) => network.name);
        const networks = names.length > 0 ? names : [row.config.network];
        const size = isSized ? await this.#sizeOf(row) : undefined;
        shown.push(psRow(row, { noTrunc: this.noTrunc, image: this.#images.of(row), networks, size }));
      }
      return writeFormatted(stdout, this.format, shown, PS_HEADERS);
    }
    const columns = this.extensions.columns('ps');
    const cells: string[][] = [];
    for (const { row } of rows) cells.push(await this.#cells(row));
    const headers = this.size ? [...PS_COLUMNS, 'SIZE'] : PS_COLUMNS;
    await write(stdout, await tableWithPlugins({ headers, cells }, columns, rows));
  }

  async #sizeOf({ id, config }: Container): Promise<ContainerSize> {
    const own = await folderSize(this.runtime.upperDir(id));
    const image = unlessKind(['not found'], () => this.graph.get(config.imageId).size) ?? 0;
    return { own, all: own + image };
  }

  async #chosen(): Promise<readonly Row[]> {
    const added = this.extensions.filters('ps');
    const filters = parseFilters(this.filter, [...PS_FILTERS, ...added.map(({ name }) => name)]);
    const last = this.latest ? 1 : this.last;
    const all = this.all || last >= 0 || wantsStopped(filters);
    const containers = this.runtime.list();
    const isMeant = psFilter(filters, this.#lookupsIn(containers));
    const rows = containers
      .filter((one) => (all || one.status === 'running' || one.restartAt !== undefined) && isMeant(one))
      .map((row) => ({ row, data: summaryOf(row) }));
    const kept = await keptByPlugins(added, filters, rows);
    return last >= 0 ? kept.slice(0, last) : kept;
  }

  /** @param containers all, newest first */
  #lookupsIn(containers: readonly Container[]): PsLookups {
    const places = new Map(containers.map(({ id }, index) => [id, index]));
    const placeOf = ({ id }: Container): number => places.get(id) ?? -1;
    return {
      placeOf,
      place: (reference) => placeOf(this.runtime.get(reference)),
      descends: (image, id) => this.#descends(image, id),
      onNetwork: (network) => this.#onNetwork(network),
    };
  }

  #onNetwork(name: string): (container: Container) => boolean {
    const network = unlessKind(MISSING, () => this.networks.get(name).id);
    return ({ id, config }) =>
      network === undefined
        ? config.network === name
        : this.networks.endpoints({ holder: id }).some((endpoint) => endpoint.network.id === network);
  }

  #descends(image: string, id: string): boolean {
    const found = unlessKind(MISSING, () => {
      const { id: ancestor } = this.graph.get(image);
      let child = id;
      while (child !== ancestor && child !== '') child = this.graph.get(child).parent;
      return child === ancestor;
    });
    return found ?? false;
  }

  async #cells(container: Container): Promise<string[]> {
    const size = this.size ? await this.#sizeOf(container) : undefined;
    const row = psRow(container, { noTrunc: this.noTrunc, image: this.#images.of(container), size });
    const { ID, Image, Command, RunningFor, Status, Ports, Names } = row;
    return [ID, Image, Command, RunningFor, Status, Ports, Names, ...(size ? [row.Size] : [])];
  }

  #id(id: string): string {
    return this.noTrunc ? id : shortId(id);
  }
}
