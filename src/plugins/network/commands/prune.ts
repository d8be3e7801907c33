import {
  Command,
  type CommandContext,
  type CommandHandler,
  confirmed,
  Option,
  parseFilters,
  write,
} from '../../../kernel/index.js';
import { Networks } from '../contracts/index.js';
import { NETWORK_PRUNE_FILTERS, unusedNetworks } from '../views/index.js';

@Command({
  name: 'network prune',
  summary: 'Remove all networks that no container is on',
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [['docker network prune --filter until=24h', 'Remove those made more than a day ago']],
  effects: ['destroy'],
})
export class NetworkPrune implements CommandHandler {
  @Option('--filter', 'Provide filter values: until=MOMENT, label=KEY[=VALUE]', { type: 'list', value: 'filter' })
  filter: string[] = [];

  @Option('-f, --force', 'Do not prompt for confirmation')
  force = false;

  constructor(@Networks private readonly networks: Networks) {}

  async run(context: CommandContext): Promise<number> {
    const unused = unusedNetworks(this.networks, parseFilters(this.filter, NETWORK_PRUNE_FILTERS));
    if (unused.length === 0) return 0;
    const names = unused.map(({ name }) => name);
    const lines = names.map((name) => `network ${name}`);
    if (!this.force && !(await confirmed(context, lines))) return 1;
    for (const { id } of unused) await this.networks.remove(id);
    await write(context.stdout, `Deleted Networks:\n${names.map((name) => `${name}\n`).join('')}\n`);
    return 0;
  }
}
