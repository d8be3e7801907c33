import { Command, type CommandContext, type CommandHandler, write } from '../../../kernel/index.js';
import { Runtime } from '../contracts.js';

@Command({
  name: 'wait',
  summary: 'Block until one or more containers stop, then print their exit codes',
  group: 'Commands',
  usage: 'CONTAINER [CONTAINER...]',
  args: { min: 1 },
  examples: [['docker wait web', 'Print the exit code of web once it has ended']],
  effects: ['read'],
})
export class Wait implements CommandHandler {
  constructor(@Runtime private readonly runtime: Runtime) {}

  async run({ args, stdout, gone }: CommandContext): Promise<void> {
    for (const name of args) await write(stdout, `${await this.runtime.wait(name, gone)}\n`);
  }
}
