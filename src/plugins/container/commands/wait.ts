import { Command, type CommandContext, type CommandHandler, each, write } from '../../../kernel/index.js';
import { type ContainerReader, Runtime } from '../contracts/index.js';

@Command({
  name: 'wait',
  summary: 'Block until one or more containers stop, then print their exit codes',
  group: 'Commands',
  usage: 'CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['container'] },
  examples: [['docker wait web', 'Print the exit code of web once it has ended']],
  effects: ['read'],
})
export class Wait implements CommandHandler {
  constructor(@Runtime private readonly runtime: ContainerReader) {}

  run(context: CommandContext): Promise<number> {
    const wait = async (name: string): Promise<void> =>
      write(context.stdout, `${await this.runtime.wait(name, context.gone)}\n`);
    return each(context, wait, { print: false });
  }
}
