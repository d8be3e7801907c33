import { Command, type CommandContext, type CommandHandler, Option } from '../../../kernel/index.js';
import { Networks } from '../../network/index.js';
import { type ContainerReader, Runtime } from '../contracts/index.js';

@Command({
  name: 'network disconnect',
  summary: 'Disconnect a container from a network',
  group: 'Commands',
  usage: '[OPTIONS] NETWORK CONTAINER',
  args: { min: 2, max: 2, complete: ['network', 'container'] },
  effects: ['write'],
})
export class NetworkDisconnect implements CommandHandler {
  @Option('-f, --force', 'Accepted for the sake of scripts: nothing here needs force')
  force = false;

  constructor(
    @Runtime private readonly runtime: ContainerReader,
    @Networks private readonly networks: Networks,
  ) {}

  async run({ args: [network = '', container = ''] }: CommandContext): Promise<void> {
    await this.networks.leave(this.runtime.get(container).id, network);
  }
}
