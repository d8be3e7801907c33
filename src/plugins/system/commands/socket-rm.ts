import { Command, type CommandContext, type CommandHandler, EFFECTS, each } from '../../../kernel/index.js';
import { RestrictedSockets } from '../contracts/index.js';

@Command({
  name: 'socket rm',
  summary: 'Remove one or more sockets with fewer rights',
  group: 'Management Commands',
  usage: 'PATH [PATH...]',
  args: { min: 1 },
  effects: EFFECTS,
})
export class SocketRm implements CommandHandler {
  constructor(@RestrictedSockets private readonly sockets: RestrictedSockets) {}

  run(context: CommandContext): Promise<number> {
    context.needsDaemon();
    return each(context, (path) => this.sockets.remove(context.resolvePath(path)));
  }
}
