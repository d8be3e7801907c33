import { Command, type CommandContext, type CommandHandler, each, PluginHost } from '../../../kernel/index.js';

@Command({
  name: 'plugin rm',
  summary: 'Take one or more plugins out of the folders of plugins',
  group: 'Commands',
  usage: 'PLUGIN [PLUGIN...]',
  args: { min: 1, complete: ['plugin'] },
  effects: ['destroy'],
})
export class PluginRm implements CommandHandler {
  constructor(@PluginHost private readonly plugins: PluginHost) {}

  run(context: CommandContext): Promise<number> {
    return each(context, (id) => this.plugins.remove(id));
  }
}
