import {
  Command,
  type CommandContext,
  type CommandHandler,
  Option,
  parsePruneFilters,
  prune,
} from '../../../kernel/index.js';
import { Networks } from '../contracts/index.js';
import { prunableNetworks, unusedNetworks } from '../views/index.js';

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

  run(context: CommandContext): Promise<number> {
    const unused = unusedNetworks(this.networks, parsePruneFilters(this.filter, context));
    return prune(context, [prunableNetworks(this.networks, unused)], this);
  }
}
