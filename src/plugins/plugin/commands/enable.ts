import { Command, type CommandContext, type CommandHandler, each, PluginHost } from '../../../kernel/index.js';

@Command({
  name: 'plugin enable',
  summary: 'Bring one or more plugins back that were disabled, or rest after failures',
  group: 'Commands',
  usage: 'PLUGIN [PLUGIN...]',
  args: { min: 1, complete: ['plugin'] },
  effects: ['exec'],
})
export class PluginEnable implements CommandHandler {
  constructor(@PluginHost private readonly plugins: PluginHost) {}

  run(context: CommandContext): Promise<number> {
    return each(context, (id) => this.plugins.enable(id));
  }
}
