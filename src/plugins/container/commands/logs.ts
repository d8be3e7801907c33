import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  parseTimeFlag,
  plain,
  write,
} from '../../../kernel/index.js';
import {
  type ContainerReader,
  type ContainerStreams,
  type OutputSink,
  type OutputStream,
  Runtime,
} from '../contracts/index.js';
import { LinePrefix, timestamp, WholeLines } from '../logs/index.js';

const STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];
const LONGEST_WHOLE_LINE = 1 << 20;

@Command({
  name: 'logs',
  summary: 'Fetch the logs of one or more containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['container'] },
  examples: [
    ['docker logs -f web', 'Print what web has written, and go on with what it writes'],
    ['docker logs -f -n 10 web db', 'Follow two containers, with their names before the lines'],
    ['docker logs -t --since 10m web', 'Print the last ten minutes, with times'],
  ],
  effects: ['read'],
})
export class Logs implements CommandHandler {
  @Option('-f, --follow', 'Follow log output')
  follow = false;

  @Option(
    '--since',
    'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
    {
      type: 'string',
    },
  )
  since = '';

  @Option('-n, --tail', 'Number of lines to show from the end of the logs', { type: 'string', shownDefault: '"all"' })
  tail = 'all';

  @Option('-t, --timestamps', 'Show timestamps')
  timestamps = false;

  @Option(
    '--until',
    'Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
    { type: 'string' },
  )
  until = '';

  constructor(@Runtime private readonly runtime: ContainerReader & ContainerStreams) {}

  async run(context: CommandContext): Promise<void> {
    const options = {
      follow: this.follow,
      tail: linesOf(this.tail),
      since: this.since ? parseTimeFlag(this.since, '--since') : undefined,
      until: this.until ? parseTimeFlag(this.until, '--until') : undefined,
      signal: context.gone,
    };
    const containers = context.args.map((reference) => this.runtime.get(reference));
    const width = Math.max(...containers.map(({ name }) => name.length));
    const several = containers.length > 1;
    const read = async ({ id, name }: { id: string; name: string }): Promise<void> => {
      const output = new LogOutput(context, several ? `${plain(name).padEnd(width)} | ` : '', this.timestamps);
      await this.runtime.logs(id, output.sink, options);
      await output.end();
    };
    if (this.follow) await Promise.all(containers.map(read));
    else for (const container of containers) await read(container);
  }
}

/** Writes one container's log to the client, unchanged where there is nothing to add. */
class LogOutput {
  readonly sink: OutputSink;
  readonly #whole = new WholeLines(LONGEST_WHOLE_LINE);

  constructor(
    private readonly streams: Pick<CommandContext, OutputStream>,
    private readonly name: string,
    timestamps: boolean,
  ) {
    const prefix = new LinePrefix((time) => Buffer.from(`${name}${timestamps ? `${timestamp(time)} ` : ''}`));
    if (!name && !timestamps) this.sink = (stream, chunk) => write(streams[stream], chunk);
    else if (!name) this.sink = (stream, chunk, time) => write(streams[stream], prefix.apply(stream, chunk, time));
    else {
      this.sink = (stream, chunk, time) =>
        write(streams[stream], this.#whole.add(stream, prefix.apply(stream, chunk, time)));
    }
  }

  async end(): Promise<void> {
    if (!this.name) return;
    for (const stream of STREAMS) await write(this.streams[stream], this.#whole.remainder(stream));
  }
}

/** @throws GantryError `usage` */
function linesOf(tail: string): number | undefined {
  if (tail === 'all') return undefined;
  if (!/^-?\d{1,15}$/.test(tail)) {
    throw new GantryError('usage', `invalid value ${JSON.stringify(tail)} for --tail`, {
      hint: "Give a number of lines, or 'all'",
    });
  }
  return tail.startsWith('-') ? undefined : Number(tail);
}
