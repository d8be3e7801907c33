import {
  Command,
  type CommandContext,
  type CommandHandler,
  each,
  PluginHost,
  printableJson,
  write,
} from '../../../kernel/index.js';

@Command({
  name: 'plugin inspect',
  summary: 'Tell all that is known of one or more plugins, as JSON',
  group: 'Commands',
  usage: 'PLUGIN [PLUGIN...]',
  args: { min: 1, complete: ['plugin'] },
  effects: ['read'],
})
export class PluginInspect implements CommandHandler {
  constructor(@PluginHost private readonly plugins: PluginHost) {}

  async run(context: CommandContext): Promise<number> {
    const found: object[] = [];
    const look = async (id: string): Promise<void> => {
      const { stack, output, ...plugin } = await this.plugins.get(id);
      found.push({ ...plugin, stack: linesOf(stack), output: linesOf(output) });
    };
    const exitCode = await each(context, look, { print: false });
    await write(context.stdout, `${printableJson(found, 4)}\n`);
    return exitCode;
  }
}

function linesOf(text: string): readonly string[] {
  return text ? text.split('\n') : [];
}
