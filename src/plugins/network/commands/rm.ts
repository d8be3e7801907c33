import { Command, type CommandContext, type CommandHandler, each } from '../../../kernel/index.js';
import { Networks } from '../contracts/index.js';

@Command({
  name: 'network rm',
  summary: 'Remove one or more networks',
  group: 'Commands',
  usage: 'NETWORK [NETWORK...]',
  args: { min: 1, complete: ['network'] },
  effects: ['destroy'],
})
export class NetworkRm implements CommandHandler {
  constructor(@Networks private readonly networks: Networks) {}

  run(context: CommandContext): Promise<number> {
    return each(context, (name) => this.networks.remove(name));
  }
}
