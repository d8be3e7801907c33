import { Command, type CommandContext, type CommandHandler, Option, write } from '../../../kernel/index.js';
import { Networks } from '../contracts.js';

@Command({
  name: 'network prune',
  summary: 'Remove all networks that no container is on',
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  effects: ['destroy'],
})
export class NetworkPrune implements CommandHandler {
  @Option('-f, --force', 'Do not prompt for confirmation')
  force = false;

  constructor(@Networks private readonly networks: Networks) {}

  async run({ stdout }: CommandContext): Promise<void> {
    const unused = this.networks
      .list()
      .filter(({ id, isDefault }) => !isDefault && this.networks.endpoints({ network: id }).length === 0);
    for (const { id } of unused) await this.networks.remove(id);
    if (unused.length === 0) return;
    await write(stdout, `Deleted Networks:\n${unused.map(({ name }) => `${name}\n`).join('')}\n`);
  }
}
