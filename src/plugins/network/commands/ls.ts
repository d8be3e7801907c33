import {
  Command,
  type CommandContext,
  type CommandHandler,
  isUsualTable,
  Option,
  parseFilters,
  shortId,
  table,
  write,
  writeFormatted,
} from '../../../kernel/index.js';
import { Networks } from '../contracts/index.js';
import { filteredNetworks, type ListedNetwork, NETWORK_FILTERS, networkRow } from '../views/index.js';

const HEADERS = {
  ...{ CreatedAt: 'CREATED AT', Driver: 'DRIVER', ID: 'NETWORK ID', IPv4: 'IPV4', IPv6: 'IPV6', Internal: 'INTERNAL' },
  ...{ Label: '', Labels: 'LABELS', Name: 'NAME', Scope: 'SCOPE' },
};

@Command({
  name: 'network ls',
  summary: 'List networks',
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [["docker network ls -f type=custom --format '{{.Name}}'", "Print the names of the user's own"]],
  effects: ['read'],
})
export class NetworkLs implements CommandHandler {
  @Option('-f, --filter', 'Provide filter values (e.g. "name=backend")', {
    type: 'list',
    value: 'filter',
    complete: NETWORK_FILTERS.map((name) => `${name}=`),
  })
  filter: string[] = [];

  @Option('--format', "Format output: 'table', 'table TEMPLATE', 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('--no-trunc', 'Do not truncate the output')
  noTrunc = false;

  @Option('-q, --quiet', 'Only display network IDs')
  quiet = false;

  constructor(@Networks private readonly networks: Networks) {}

  async run({ stdout }: CommandContext): Promise<void> {
    const shown = filteredNetworks(this.networks, parseFilters(this.filter, NETWORK_FILTERS));
    const idOf = ({ id }: ListedNetwork): string => (this.noTrunc ? id : shortId(id));
    if (this.quiet) return write(stdout, shown.map((network) => `${idOf(network)}\n`).join(''));
    if (!isUsualTable(this.format)) {
      const rows = shown.map((network) => networkRow(network, idOf(network)));
      return writeFormatted(stdout, this.format, rows, HEADERS);
    }
    const cells = shown.map((network) => [idOf(network), network.name, network.driver, 'local']);
    await write(stdout, table(['NETWORK ID', 'NAME', 'DRIVER', 'SCOPE'], cells));
  }
}
