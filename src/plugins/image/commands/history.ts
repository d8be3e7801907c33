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
import { historySteps, type Step } from '../history-steps.js';
import { shortId } from '../short-id.js';
import { ImageRecords } from '../tokens.js';

const MISSING = '<missing>';
const HEADER = ['IMAGE', 'CREATED', 'CREATED BY', 'SIZE', 'COMMENT'];
const CREATED_BY_WIDTH = 45;

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
    const steps = historySteps(this.records, this.graph.get(args[0] ?? '').id);
    if (this.quiet) return write(stdout, steps.map(({ image }) => `${this.#id(image)}\n`).join(''));
    await write(
      stdout,
      table(
        HEADER,
        steps.map((step) => this.#cells(step)),
      ),
    );
  }

  #cells({ image, created, created_by: createdBy = '', size, comment = '' }: Step): string[] {
    const age = created === undefined ? 'N/A' : `${humanDuration(Date.now() - Date.parse(created))} ago`;
    const by = this.noTrunc ? createdBy : truncate(createdBy, CREATED_BY_WIDTH);
    return [this.#id(image), age, by, humanSize(size), comment];
  }

  #id(image = MISSING): string {
    return this.noTrunc ? image : shortId(image);
  }
}
