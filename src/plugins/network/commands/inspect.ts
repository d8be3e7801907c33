import { Command, type CommandContext, type CommandHandler, inspectEach, Option } from '../../../kernel/index.js';
import { Networks } from '../contracts/index.js';
import { describeNetwork, listedNetwork } from '../views/index.js';

@Command({
  name: 'network inspect',
  summary: 'Display detailed information on one or more networks',
  group: 'Commands',
  usage: '[OPTIONS] NETWORK [NETWORK...]',
  args: { min: 1, complete: ['network'] },
  effects: ['read'],
})
export class NetworkInspect implements CommandHandler {
  @Option('-f, --format', "Format output: 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('-v, --verbose', 'Accepted for the sake of scripts: networks of one host have no more to show')
  verbose = false;

  constructor(@Networks private readonly networks: Networks) {}

  run(context: CommandContext): Promise<number> {
    return inspectEach(context, this.format, (reference) => {
      const network = listedNetwork(this.networks, reference);
      return describeNetwork(network, network.network ? this.networks.endpoints({ network: network.id }) : []);
    });
  }
}
