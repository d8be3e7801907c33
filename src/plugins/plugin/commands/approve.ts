import { Command, type CommandContext, type CommandHandler, Option, PluginHost, write } from '../../../kernel/index.js';

@Command({
  name: 'plugin approve',
  summary: 'Let a plugin do what its newest version asks for',
  group: 'Commands',
  usage: '[OPTIONS] PLUGIN',
  args: { min: 1, max: 1, complete: ['plugin'] },
  examples: [
    ['docker plugin approve --replace ps better-ps', 'Let a plugin take the place of a command of the engine'],
  ],
  effects: ['exec'],
})
export class PluginApprove implements CommandHandler {
  @Option('--replace', "A command of the engine's that it may take the place of", { type: 'list', value: 'command' })
  replace: string[] = [];

  constructor(@PluginHost private readonly plugins: PluginHost) {}

  async run({ args: [id = ''], stdout }: CommandContext): Promise<void> {
    const { approved } = await this.plugins.approve(id, this.replace);
    await write(stdout, `${id}: ${approved.length > 0 ? approved.join(', ') : 'no rights'}\n`);
  }
}
