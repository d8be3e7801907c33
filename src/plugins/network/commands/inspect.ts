import {
  Command,
  type CommandContext,
  type CommandHandler,
  each,
  inspectText,
  Option,
  write,
} from '../../../kernel/index.js';
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

  constructor(@Networks private readonly networks: Networks) {}

  async run(context: CommandContext): Promise<number> {
    const found: object[] = [];
    const look = async (reference: string): Promise<void> => {
      const network = listedNetwork(this.networks, reference);
      const endpoints = network.network ? this.networks.endpoints({ network: network.id }) : [];
      found.push(describeNetwork(network, endpoints));
    };
    const exitCode = await each(context, look, { print: false });
    await write(context.stdout, inspectText(found, this.format));
    return exitCode;
  }
}
