import { Command, type CommandContext, type CommandHandler, each, PluginHost } from '../../../kernel/index.js';

@Command({
  name: 'plugin disable',
  summary: 'Leave one or more plugins where they are, and use nothing of them',
  group: 'Commands',
  usage: 'PLUGIN [PLUGIN...]',
  args: { min: 1, complete: ['plugin'] },
  effects: ['write'],
})
export class PluginDisable implements CommandHandler {
  constructor(@PluginHost private readonly plugins: PluginHost) {}

  run(context: CommandContext): Promise<number> {
    return each(context, (id) => this.plugins.disable(id));
  }
}
