import { Command, type CommandContext, type CommandHandler, each, isKind, Option } from '../../../kernel/index.js';
import { Networks } from '../contracts/index.js';

@Command({
  name: 'network rm',
  summary: 'Remove one or more networks',
  group: 'Commands',
  usage: '[OPTIONS] NETWORK [NETWORK...]',
  args: { min: 1, complete: ['network'] },
  effects: ['destroy'],
})
export class NetworkRm implements CommandHandler {
  @Option('-f, --force', 'Do not complain about a network that is not there')
  force = false;

  constructor(@Networks private readonly networks: Networks) {}

  run(context: CommandContext): Promise<number> {
    return each(context, async (name) => {
      try {
        await this.networks.remove(name);
      } catch (error) {
        if (!this.force || !isKind(error, 'not found')) throw error;
      }
    });
  }
}
