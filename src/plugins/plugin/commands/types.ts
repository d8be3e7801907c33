import { Command, type CommandContext, type CommandHandler, PluginHost, write } from '../../../kernel/index.js';

@Command({
  name: 'plugin types',
  summary: "Print the types of all that plugins may import from 'gantry'",
  group: 'Commands',
  usage: '',
  args: { min: 0, max: 0 },
  examples: [['docker plugin types > gantry.d.ts', 'Tell an editor, with the services of the plugins in use']],
  effects: ['read'],
})
export class PluginTypes implements CommandHandler {
  constructor(@PluginHost private readonly plugins: PluginHost) {}

  async run({ stdout }: CommandContext): Promise<void> {
    await write(stdout, await this.plugins.types());
  }
}
