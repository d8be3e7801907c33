import { Command, type CommandContext, type CommandHandler, each } from '../../../kernel/index.js';
import { type ContainerLifecycle, Runtime } from '../contracts/index.js';
import { callerOf } from '../operations/index.js';

@Command({
  name: 'unpause',
  summary: 'Unpause all processes within one or more containers',
  group: 'Commands',
  usage: 'CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['running-container'] },
  effects: ['exec'],
})
export class Unpause implements CommandHandler {
  constructor(@Runtime private readonly runtime: ContainerLifecycle) {}

  run(context: CommandContext): Promise<number> {
    return each(context, (name) => this.runtime.unpause(name, callerOf(context)));
  }
}
