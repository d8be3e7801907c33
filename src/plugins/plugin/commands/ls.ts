import {
  Command,
  type CommandContext,
  type CommandHandler,
  Option,
  PluginHost,
  type PluginInfo,
  table,
  truncate,
  write,
} from '../../../kernel/index.js';

const REASON_WIDTH = 100;

@Command({
  name: 'plugin ls',
  summary: 'List plugins, and what is wrong with them',
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [['docker plugin ls -a', 'List what is built in, too']],
  effects: ['read'],
})
export class PluginLs implements CommandHandler {
  @Option('-a, --all', 'List built-in plugins too')
  all = false;

  @Option('-q, --quiet', 'Only display ids')
  quiet = false;

  @Option('--no-trunc', "Don't truncate output")
  noTrunc = false;

  constructor(@PluginHost private readonly plugins: PluginHost) {}

  async run({ stdout }: CommandContext): Promise<void> {
    const listed = [...(this.all ? await this.plugins.builtIn() : []), ...(await this.plugins.list())];
    const text = this.quiet
      ? listed.map(({ id }) => `${id}\n`).join('')
      : table(
          ['ID', 'STATE', 'BRINGS', 'SOURCE', 'REASON'],
          listed.map((plugin) => this.#row(plugin)),
        );
    await write(stdout, text);
  }

  #row({ id, state, brings, source, reason }: PluginInfo): string[] {
    return [id, state.toUpperCase(), this.#cut(inWords(brings), 40), source, this.#cut(reason, REASON_WIDTH)];
  }

  #cut(text: string, width: number): string {
    return this.noTrunc ? text : truncate(text, width);
  }
}

function inWords(brings: readonly string[]): string {
  return brings.join(', ');
}
