import {
  Command,
  type CommandContext,
  type CommandHandler,
  humanDuration,
  humanSize,
  Option,
  table,
  truncate,
  write,
} from '../../../kernel/index.js';
import { Graph } from '../contracts.js';
import type { HistoryEntry } from '../image-config.js';
import { shortId } from '../short-id.js';
import { ImageRecords } from '../tokens.js';

const MISSING = '<missing>';
const HEADER = ['IMAGE', 'CREATED', 'CREATED BY', 'SIZE', 'COMMENT'];
const CREATED_BY_WIDTH = 45;

interface Step extends HistoryEntry {
  readonly image: string;
  readonly size: number;
}

@Command({
  name: 'history',
  summary: 'Show the history of an image',
  group: 'Commands',
  usage: '[OPTIONS] IMAGE',
  args: { min: 1, max: 1, complete: ['image'] },
  effects: ['read'],
})
export class History implements CommandHandler {
  @Option('--no-trunc', "Don't truncate output")
  noTrunc = false;

  @Option('-q, --quiet', 'Only show image IDs')
  quiet = false;

  constructor(
    @Graph private readonly graph: Graph,
    @ImageRecords private readonly records: ImageRecords,
  ) {}

  async run({ args, stdout }: CommandContext): Promise<void> {
    const steps = this.#steps(this.graph.get(args[0] ?? '').id);
    if (this.quiet) return write(stdout, steps.map(({ image }) => `${this.#id(image)}\n`).join(''));
    await write(
      stdout,
      table(
        HEADER,
        steps.map((step) => this.#cells(step)),
      ),
    );
  }

  /** Newest first. A step whose image is here, being an ancestor, bears its id. */
  #steps(id: string): Step[] {
    const document = this.records.document(id);
    const ids = this.#idsByLength(id);
    let layers = 0;
    return (document?.history ?? [])
      .map((entry, index) => {
        const diffId = entry.empty_layer ? undefined : document?.rootfs.diff_ids[layers++];
        const size = diffId === undefined ? 0 : (this.records.layerSize(diffId) ?? 0);
        return { ...entry, size, image: ids.get(index + 1) ?? MISSING };
      })
      .reverse();
  }

  #idsByLength(id: string): Map<number, string> {
    const ids = new Map<number, string>();
    for (let image = this.records.get(id); image; image = this.records.get(image.parent)) {
      ids.set(this.records.document(image.id)?.history?.length ?? 0, image.id);
    }
    return ids;
  }

  #cells({ image, created, created_by: createdBy = '', size, comment = '' }: Step): string[] {
    const age = created === undefined ? 'N/A' : `${humanDuration(Date.now() - Date.parse(created))} ago`;
    const by = this.noTrunc ? createdBy : truncate(createdBy, CREATED_BY_WIDTH);
    return [this.#id(image), age, by, humanSize(size), comment];
  }

  #id(image: string): string {
    return this.noTrunc ? image : shortId(image);
  }
}
