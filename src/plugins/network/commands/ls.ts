import {
  Command,
  type CommandContext,
  type CommandHandler,
  meets,
  meetsLabels,
  Option,
  parseFilters,
  table,
  write,
} from '../../../kernel/index.js';
import { type Network, Networks } from '../contracts.js';

const FILTERS = ['driver', 'id', 'label', 'name'];
const SHORT_ID = 12;

@Command({
  name: 'network ls',
  summary: 'List networks',
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  effects: ['read'],
})
export class NetworkLs implements CommandHandler {
  @Option('-f, --filter', 'Provide filter values (e.g. "name=backend")', { type: 'list' })
  filter: string[] = [];

  @Option('--no-trunc', 'Do not truncate the output')
  noTrunc = false;

  @Option('-q, --quiet', 'Only display network IDs')
  quiet = false;

  constructor(@Networks private readonly networks: Networks) {}

  async run({ stdout }: CommandContext): Promise<void> {
    const filters = parseFilters(this.filter, FILTERS);
    const isAsked = ({ id, name, labels }: Network): boolean =>
      meets(filters, 'id', (value) => id.startsWith(value)) &&
      meets(filters, 'name', (value) => name.includes(value)) &&
      meets(filters, 'driver', (value) => value === 'bridge') &&
      meetsLabels(filters, labels);
    const shown = this.networks.list().filter(isAsked);
    const idOf = ({ id }: Network): string => (this.noTrunc ? id : id.slice(0, SHORT_ID));
    const text = this.quiet
      ? shown.map((network) => `${idOf(network)}\n`).join('')
      : table(
          ['NETWORK ID', 'NAME', 'DRIVER', 'SCOPE'],
          shown.map((network) => [idOf(network), network.name, 'bridge', 'local']),
        );
    await write(stdout, text);
  }
}
