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
  type Container,
  type ContainerReader,
  type ContainerStreams,
  type OutputSink,
  type OutputStream,
  Runtime,
} from '../contracts/index.js';
import { LinePrefix, logDetails, timestamp } from '../log-view/index.js';

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
  @Option('--details', 'Show extra details provided to logs')
  details = false;

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
    const containers = context.args.map((reference) => this.runtime.get(reference));
    const width = containers.reduce((longest, { name }) => Math.max(longest, name.length), 0);
    const several = containers.length > 1;
    const options = {
      follow: this.follow,
      tail: linesOf(this.tail),
      since: this.since ? parseTimeFlag(this.since, '--since', context) : undefined,
      until: this.until ? parseTimeFlag(this.until, '--until', context) : undefined,
      waitsForLines: several,
      signal: context.gone,
    };
    const read = async (container: Container): Promise<void> => {
      const name = several ? `${plain(container.name).padEnd(width)} | ` : '';
      const sink = outputOf(context, name, this.timestamps, this.details ? logDetails(container) : undefined);
      await this.runtime.logs(container.id, sink, options);
    };
    if (this.follow) await Promise.all(containers.map(read));
    else for (const container of containers) await read(container);
  }
}

/** A sink that writes to the client, unchanged where there is nothing to put before the lines. */
function outputOf(
  streams: Pick<CommandContext, OutputStream>,
  name: string,
  timestamps: boolean,
  details: string | undefined,
): OutputSink {
  if (!name && !timestamps && details === undefined) return (stream, chunk) => write(streams[stream], chunk);
  const after = details === undefined ? '' : `${details} `;
  const prefix = new LinePrefix((time) => Buffer.from(`${name}${timestamps ? `${timestamp(time)} ` : ''}${after}`));
  return (stream, chunk, time) => write(streams[stream], prefix.apply(stream, chunk, time));
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
