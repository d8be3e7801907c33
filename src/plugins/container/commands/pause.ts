import { Command, type CommandContext, type CommandHandler, each } from '../../../kernel/index.js';
import { type ContainerLifecycle, Runtime } from '../contracts/index.js';
import { callerOf } from '../operations/index.js';

@Command({
  name: 'pause',
  summary: 'Pause all processes within one or more containers',
  group: 'Commands',
  usage: 'CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['running-container'] },
  effects: ['exec'],
})
export class Pause implements CommandHandler {
  constructor(@Runtime private readonly runtime: ContainerLifecycle) {}

  run(context: CommandContext): Promise<number> {
    return each(context, (name) => this.runtime.pause(name, callerOf(context)));
  }
}
