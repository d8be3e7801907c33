import { Command, type CommandContext, type CommandHandler } from '../../../kernel/index.js';
import { type ContainerLifecycle, Runtime } from '../contracts/index.js';

@Command({
  name: 'rename',
  summary: 'Rename a container',
  group: 'Commands',
  usage: 'CONTAINER NEW_NAME',
  args: { min: 2, max: 2, complete: ['container', []] },
  effects: ['write'],
})
export class Rename implements CommandHandler {
  constructor(@Runtime private readonly runtime: ContainerLifecycle) {}

  async run({ args: [name = '', next = ''] }: CommandContext): Promise<void> {
    this.runtime.rename(name, next);
  }
}
