import {
  Command,
  type CommandContext,
  type CommandHandler,
  isUsualTable,
  Option,
  table,
  write,
  writeFormatted,
} from '../../../kernel/index.js';
import { type Container, type ContainerReader, type ContainerStats, Runtime } from '../contracts/index.js';
import { cellsOf, STATS_HEADER, STATS_HEADERS, type StatsRow, statsRow } from '../views/index.js';

const INTERVAL_MS = 1000;
const CLEAR_SCREEN = '\x1b[H\x1b[J';

@Command({
  name: 'stats',
  summary: 'Display a live stream of container(s) resource usage statistics',
  group: 'Commands',
  usage: '[OPTIONS] [CONTAINER...]',
  args: { min: 0, complete: ['running-container'] },
  examples: [['docker stats --no-stream --format json', 'Print what each running container uses, once']],
  effects: ['read'],
})
export class Stats implements CommandHandler {
  @Option('-a, --all', 'Show all containers (default shows just running)')
  all = false;

  @Option('--format', "Format output: 'table', 'table TEMPLATE', 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('--no-stream', 'Disable streaming stats and only pull the first result')
  noStream = false;

  @Option('--no-trunc', 'Do not truncate output')
  noTrunc = false;

  constructor(@Runtime private readonly runtime: ContainerReader) {}

  async run({ args, stdout, terminal, gone }: CommandContext): Promise<void> {
    const before = new Map<string, ContainerStats>();
    this.#sample(args, before);
    for (;;) {
      await paused(gone);
      const rows = this.#sample(args, before);
      const live = terminal.stdout && !this.noStream && /^\s*(table|$)/.test(this.format);
      if (live) await write(stdout, CLEAR_SCREEN);
      if (isUsualTable(this.format)) await write(stdout, table(STATS_HEADER, rows.map(cellsOf)));
      else await writeFormatted(stdout, this.format, rows, STATS_HEADERS);
      if (this.noStream) return;
    }
  }

  /** Rows with the usage since the last sample. */
  #sample(references: readonly string[], before: Map<string, ContainerStats>): StatsRow[] {
    return this.#containers(references).map((container) => {
      const now = this.runtime.stats(container.id);
      const row = statsRow(container, { before: before.get(container.id), now }, this.noTrunc);
      if (now) before.set(container.id, now);
      else before.delete(container.id);
      return row;
    });
  }

  #containers(references: readonly string[]): readonly Container[] {
    if (references.length > 0) return references.map((reference) => this.runtime.get(reference));
    return this.runtime.list().filter(({ status }) => this.all || status === 'running');
  }
}

/** @throws the reason of `gone` */
async function paused(gone: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, INTERVAL_MS);
    function done(): void {
      clearTimeout(timer);
      gone.removeEventListener('abort', done);
      resolve();
    }
    if (gone.aborted) done();
    else gone.addEventListener('abort', done);
  });
  gone.throwIfAborted();
}
