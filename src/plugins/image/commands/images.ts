import {
  Command,
  type CommandContext,
  type CommandHandler,
  Extensions,
  goTime,
  humanSize,
  isUsualTable,
  keptByPlugins,
  Option,
  parseFilters,
  shortId,
  tableWithPlugins,
  write,
  writeFormatted,
} from '../../../kernel/index.js';
import {
  Distribution,
  familiarName,
  Graph,
  type Image,
  type ImageReader,
  parseReference,
  TagStore,
} from '../contracts/index.js';
import {
  createdSince,
  IMAGE_FILTERS,
  IMAGES_COLUMNS,
  imageFilter,
  imageTree,
  isGlob,
  isKnownTime,
  isNamed,
  NO_TIME,
  summaryOf,
} from '../views/index.js';

const NONE = '<none>';
/** Docker's word for what only `system df` counts. */
const NOT_COUNTED = 'N/A';
const HEADERS = {
  ...{ Containers: 'CONTAINERS', CreatedAt: 'CREATED AT', CreatedSince: 'CREATED', Digest: 'DIGEST', ID: 'IMAGE ID' },
  ...{ Repository: 'REPOSITORY', SharedSize: 'SHARED SIZE', Size: 'SIZE', Tag: 'TAG', UniqueSize: 'UNIQUE SIZE' },
  VirtualSize: 'SIZE',
};

interface Row {
  readonly repository: string;
  readonly tag: string;
  readonly image: Image;
  /** A digest by which a registry knows it, in this repository. */
  readonly digest: string | undefined;
  /** All of the image's. */
  readonly names: readonly string[];
}

@Command({
  name: 'images',
  summary: 'List images',
  group: 'Common Commands',
  usage: '[OPTIONS] [REPOSITORY[:TAG]]',
  args: { min: 0, max: 1, complete: ['image'] },
  examples: [['docker images -f reference="me/*"', 'List the images whose repository is of me']],
  effects: ['read'],
})
export class Images implements CommandHandler {
  @Option('-a, --all', 'Show all images (default hides intermediate images)')
  all = false;

  @Option('--digests', 'Show digests')
  digests = false;

  @Option('--tree', 'List images below those that they were made from')
  tree = false;

  @Option('-f, --filter', 'Filter output based on conditions provided', {
    type: 'list',
    value: 'filter',
    complete: IMAGE_FILTERS.map((name) => `${name}=`),
  })
  filter: string[] = [];

  @Option('--format', "Format output: 'table', 'table TEMPLATE', 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('--no-trunc', "Don't truncate output")
  noTrunc = false;

  @Option('-q, --quiet', 'Only show image IDs')
  quiet = false;

  constructor(
    @Graph private readonly graph: ImageReader,
    @TagStore private readonly tags: TagStore,
    @Distribution private readonly distribution: Distribution,
    @Extensions private readonly extensions: Extensions,
  ) {}

  async run(context: CommandContext): Promise<void> {
    const {
      args: [name],
      stdout,
    } = context;
    if (this.tree) return write(stdout, imageTree(this.graph.list(), this.tags, { noTrunc: this.noTrunc }));
    const rows = await this.#chosen(name, context);
    if (this.quiet) return write(stdout, rows.map(({ row }) => `${this.#id(row.image)}\n`).join(''));
    if (!isUsualTable(this.format)) {
      const shown = rows.map(({ row }) => this.#formatRow(row));
      return writeFormatted(stdout, this.format, shown, HEADERS);
    }
    const columns = this.extensions.columns('images');
    const cells = rows.map(({ row }) => this.#cells(row));
    const headers = this.digests ? IMAGES_COLUMNS.toSpliced(2, 0, 'DIGEST') : IMAGES_COLUMNS;
    await write(stdout, await tableWithPlugins({ headers, cells }, columns, rows));
  }

  async #chosen(name: string | undefined, context: CommandContext) {
    const added = this.extensions.filters('images');
    const filters = parseFilters(this.filter, [...IMAGE_FILTERS, ...added.map((filter) => filter.name)]);
    const isMeant = imageFilter(filters, (reference) => this.graph.get(reference), context);
    const hasName = name === undefined ? () => true : this.#named(name);
    const rows = this.#rows()
      .filter((row) => hasName(row) && isMeant(row.image, row.repository === NONE ? undefined : row))
      .map((row) => ({ row, data: summaryOf(row.image, row.names) }));
    return keptByPlugins(added, filters, rows);
  }

  #rows(): Row[] {
    const images = this.graph.list();
    const tagsById = Map.groupBy(this.tags.list(), (tag) => tag.imageId);
    const parents = new Set(images.map((image) => image.parent));
    const digests = this.distribution.digests();
    return images.flatMap((image) => {
      const tags = tagsById.get(image.id) ?? [];
      const names = tags.map(({ repository, tag }) => `${repository}:${tag}`);
      const known = Map.groupBy(digests.get(image.id) ?? [], (one) => familiarName(parseReference(one.repository)));
      const rows = (repository: string, tag: string): Row[] =>
        this.#shown(known.get(repository)).map((digest) => ({ repository, tag, image, names, digest }));
      const tagged = new Set(tags.map(({ repository }) => repository));
      const untagged = [...known.keys()].filter((repository) => !tagged.has(repository));
      if (tags.length > 0 || untagged.length > 0) {
        return [
          ...tags.flatMap(({ repository, tag }) => rows(repository, tag)),
          ...untagged.flatMap((repository) => rows(repository, NONE)),
        ];
      }
      return this.all || !parents.has(image.id) ? rows(NONE, NONE) : [];
    });
  }

  /** The digests of a repository that have a row each; one row for all where none is asked for. */
  #shown(known: readonly { readonly digest: string }[] = []): readonly (string | undefined)[] {
    const areShown = this.digests || this.format.includes('Digest') || this.format === 'json';
    return areShown && known.length > 0 ? known.map(({ digest }) => digest) : [known[0]?.digest];
  }

  #cells(row: Row): string[] {
    const { Repository, Tag, Digest, ID, CreatedSince, Size } = this.#formatRow(row);
    return [Repository, Tag, ...(this.digests ? [Digest] : []), ID, CreatedSince, Size];
  }

  #formatRow({ repository, tag, image, digest }: Row) {
    return {
      Containers: NOT_COUNTED,
      CreatedAt: isKnownTime(image.created) ? goTime(wholeSeconds(image.created)) : NO_TIME,
      CreatedSince: createdSince(image.created),
      Digest: digest ?? NONE,
      ID: this.#id(image),
      Repository: repository,
      SharedSize: NOT_COUNTED,
      Size: humanSize(image.size),
      Tag: tag,
      UniqueSize: NOT_COUNTED,
      VirtualSize: humanSize(image.size),
    };
  }

  #id({ id }: Image): string {
    return this.noTrunc ? id : shortId(id);
  }

  #named(name: string): (row: Row) => boolean {
    if (isGlob(name)) return (row) => row.repository !== NONE && isNamed(row, name);
    const wanted = parseReference(name);
    const repository = familiarName(wanted);
    const id = wanted.digest && this.tags.lookup(name);
    return (row) =>
      row.repository === repository &&
      (wanted.digest ? row.image.id === id : wanted.tag === undefined || row.tag === wanted.tag);
  }
}

function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
