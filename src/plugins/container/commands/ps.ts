import {
  Command,
  type CommandContext,
  type CommandHandler,
  humanDuration,
  Option,
  table,
  truncate,
  write,
} from '../../../kernel/index.js';
import { type Container, Runtime } from '../contracts.js';
import { shortId } from '../identity.js';
import { statusText } from '../status-text.js';
import { hostSide } from './port.js';

const COMMAND_WIDTH = 20;
const HEADER = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'];

@Command({
  name: 'ps',
  summary: 'List containers',
  group: 'Common Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [
    ['docker ps -a', 'List stopped containers too'],
    ['docker ps -lq', 'Print the id of the newest container'],
  ],
  effects: ['read'],
})
export class Ps implements CommandHandler {
  @Option('-a, --all', 'Show all containers (default shows just running)')
  all = false;

  @Option('-q, --quiet', 'Only display container IDs')
  quiet = false;

  @Option('-l, --latest', 'Show the latest created container (includes all states)')
  latest = false;

  @Option('-n, --last', 'Show n last created containers (includes all states)', { type: 'integer', shownDefault: '-1' })
  last = -1;

  @Option('--no-trunc', "Don't truncate output")
  noTrunc = false;

  constructor(@Runtime private readonly runtime: Runtime) {}

  async run({ stdout }: CommandContext): Promise<void> {
    const containers = this.#chosen();
    const text = this.quiet
      ? containers.map(({ id }) => `${this.#id(id)}\n`).join('')
      : table(
          HEADER,
          containers.map((container) => this.#row(container)),
        );
    await write(stdout, text);
  }

  #chosen(): readonly Container[] {
    const all = this.runtime.list();
    const last = this.latest ? 1 : this.last;
    if (last >= 0) return all.slice(0, last);
    return this.all ? all : all.filter(({ status }) => status === 'running');
  }

  #row(container: Container): string[] {
    const { config } = container;
    const command = config.args.join(' ');
    return [
      this.#id(container.id),
      config.image,
      `"${this.noTrunc ? command : truncate(command, COMMAND_WIDTH)}"`,
      `${humanDuration(Date.now() - container.created.getTime())} ago`,
      statusText(container),
      (container.lease?.ports ?? [])
        .map((port) => `${hostSide(port)}->${port.containerPort}/${port.protocol}`)
        .join(', '),
      container.name,
    ];
  }

  #id(id: string): string {
    return this.noTrunc ? id : shortId(id);
  }
}
