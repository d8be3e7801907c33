import { basename } from 'node:path';
import { Command, type CommandContext, type CommandHandler, Option, PluginHost, write } from '../../../kernel/index.js';

@Command({
  name: 'plugin add',
  summary: "Put a plugin's file into the engine's folder of plugins, if it loads",
  group: 'Commands',
  usage: '[OPTIONS] FILE',
  args: { min: 1, max: 1, complete: ['file'] },
  examples: [['docker plugin add greet.ts', 'Add the commands of greet.ts to every client of the daemon']],
  effects: ['write', 'exec'],
})
export class PluginAdd implements CommandHandler {
  @Option('-f, --force', 'Replace a file of the same name')
  force = false;

  constructor(@PluginHost private readonly plugins: PluginHost) {}

  async run(context: CommandContext): Promise<void> {
    const [path = ''] = context.args;
    const content = await context.openFile(path);
    const { id, state, reason } = await this.plugins.add(basename(path), content, { replace: this.force });
    await write(context.stdout, `${id}\n`);
    if (state !== 'ok') await write(context.stderr, `It is ${state}: ${reason}\n`);
  }
}
