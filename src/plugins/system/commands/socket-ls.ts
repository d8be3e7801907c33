import { Command, type CommandContext, type CommandHandler, EFFECTS, table, write } from '../../../kernel/index.js';
import { RestrictedSockets } from '../contracts/index.js';

@Command({
  name: 'socket ls',
  summary: 'List sockets with fewer rights',
  group: 'Management Commands',
  usage: '',
  args: { min: 0, max: 0 },
  effects: EFFECTS,
})
export class SocketLs implements CommandHandler {
  constructor(@RestrictedSockets private readonly sockets: RestrictedSockets) {}

  async run({ stdout }: CommandContext): Promise<void> {
    const rows = this.sockets
      .list()
      .map(({ path, allow, mode }) => [
        path,
        allow.join(','),
        mode.toString(8).padStart(4, '0'),
        this.sockets.isOpen(path) ? 'listening' : 'closed',
      ]);
    await write(stdout, table(['PATH', 'ALLOWS', 'MODE', 'STATUS'], rows));
  }
}
