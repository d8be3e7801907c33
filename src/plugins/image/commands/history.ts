import {
  Command,
  type CommandContext,
  type CommandHandler,
  humanSize,
  isUsualTable,
  Option,
  shortId,
  table,
  truncate,
  write,
  writeFormatted,
} from '../../../kernel/index.js';
import { checkPlatform } from '../config/index.js';
import { Graph, type ImageReader } from '../contracts/index.js';
import { historySteps, ImageRecords, type Step } from '../records/index.js';
import { createdSince, isKnownTime, NO_TIME } from '../views/index.js';

const MISSING = '<missing>';
const HEADER = ['IMAGE', 'CREATED', 'CREATED BY', 'SIZE', 'COMMENT'];
const HEADERS = {
  ...{ Comment: 'COMMENT', CreatedAt: 'CREATED AT', CreatedBy: 'CREATED BY', CreatedSince: 'CREATED', ID: 'IMAGE' },
  Size: 'SIZE',
};
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
  @Option('--format', "Format output: 'table', 'table TEMPLATE', 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('-H, --human', 'Print sizes and dates in human readable format', { shownDefault: 'true' })
  human = true;

  @Option('--no-trunc', "Don't truncate output")
  noTrunc = false;

  @Option('-q, --quiet', 'Only show image IDs')
  quiet = false;

  @Option('--platform', 'Show the history of an image of the given platform: OS/ARCH[/VARIANT]', { type: 'string' })
  platform = '';

  constructor(
    @Graph private readonly graph: ImageReader,
    @ImageRecords private readonly records: ImageRecords,
  ) {}

  async run({ args: [name = ''], stdout }: CommandContext): Promise<void> {
    const image = this.graph.get(name);
    checkPlatform(image, name, this.platform);
    const steps = historySteps(this.records, image.id);
    if (this.quiet) return write(stdout, steps.map(({ image }) => `${this.#id(image)}\n`).join(''));
    const rows = steps.map((step) => this.#formatRow(step));
    if (!isUsualTable(this.format)) return writeFormatted(stdout, this.format, rows, HEADERS);
    const cells = rows.map((row) => [
      row.ID,
      this.human ? row.CreatedSince : row.CreatedAt,
      row.CreatedBy,
      row.Size,
      row.Comment,
    ]);
    await write(stdout, table([...(this.human ? HEADER : HEADER.with(1, 'CREATED AT'))], cells));
  }

  #formatRow({ image, created, created_by: createdBy = '', size, comment = '' }: Step) {
    const time = new Date(created ?? Number.NaN);
    const isKnown = created !== undefined && isKnownTime(time);
    return {
      ID: this.#id(image),
      CreatedSince: isKnown ? createdSince(time) : NO_TIME,
      CreatedAt: isKnown ? withoutFraction(created) : NO_TIME,
      CreatedBy: this.noTrunc ? createdBy : truncate(createdBy, CREATED_BY_WIDTH),
      Size: this.human ? humanSize(size) : String(size),
      Comment: comment,
    };
  }

  #id(image = MISSING): string {
    return this.noTrunc ? image : shortId(image);
  }
}

function withoutFraction(time: string): string {
  return time.replace(/\.\d+/, '');
}
