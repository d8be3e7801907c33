import {
  Command,
  type CommandContext,
  type CommandHandler,
  humanDuration,
  humanSize,
  Option,
  table,
  write,
} from '../../../kernel/index.js';
import { familiarName, parseReference } from '../../registry/index.js';
import { Graph, type Image, TagStore } from '../contracts.js';
import { shortId } from '../short-id.js';

const NONE = '<none>';
const HEADER = ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'];

interface Row {
  readonly repository: string;
  readonly tag: string;
  readonly image: Image;
}

@Command({
  name: 'images',
  summary: 'List images',
  group: 'Common Commands',
  usage: '[OPTIONS] [REPOSITORY[:TAG]]',
  args: { min: 0, max: 1, complete: ['image'] },
  effects: ['read'],
})
export class Images implements CommandHandler {
  @Option('-a, --all', 'Show all images (default hides intermediate images)')
  all = false;

  @Option('--no-trunc', "Don't truncate output")
  noTrunc = false;

  @Option('-q, --quiet', 'Only show image IDs')
  quiet = false;

  constructor(
    @Graph private readonly graph: Graph,
    @TagStore private readonly tags: TagStore,
  ) {}

  async run({ args, stdout }: CommandContext): Promise<void> {
    const [name] = args;
    const rows = name === undefined ? this.#rows() : this.#rows().filter(named(name));
    if (this.quiet) return write(stdout, rows.map(({ image }) => `${this.#id(image)}\n`).join(''));
    await write(
      stdout,
      table(
        HEADER,
        rows.map((row) => this.#cells(row)),
      ),
    );
  }

  #rows(): Row[] {
    const images = this.graph.list();
    const tags = Map.groupBy(this.tags.list(), (tag) => tag.imageId);
    const parents = new Set(images.map((image) => image.parent));
    return images.flatMap((image) => {
      const names = tags.get(image.id);
      if (names) return names.map(({ repository, tag }) => ({ repository, tag, image }));
      return this.all || !parents.has(image.id) ? [{ repository: NONE, tag: NONE, image }] : [];
    });
  }

  #cells({ repository, tag, image }: Row): string[] {
    const created = `${humanDuration(Date.now() - image.created.getTime())} ago`;
    return [repository, tag, this.#id(image), created, humanSize(image.size)];
  }

  #id({ id }: Image): string {
    return this.noTrunc ? id : shortId(id);
  }
}

function named(name: string): (row: Row) => boolean {
  const wanted = parseReference(name);
  const repository = familiarName(wanted);
  return (row) => row.repository === repository && (wanted.tag === undefined || row.tag === wanted.tag);
}
