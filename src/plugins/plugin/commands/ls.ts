import {
  Command,
  type CommandContext,
  type CommandHandler,
  isUsualTable,
  Option,
  PluginHost,
  type PluginInfo,
  table,
  truncate,
  write,
  writeFormatted,
} from '../../../kernel/index.js';

/** States in which nothing of a plugin works. */
const OFF: readonly string[] = ['disabled', 'failed', 'pending'];
const REASON_WIDTH = 100;
const BRINGS_WIDTH = 40;
/** Docker's fields, and those of the table. */
const HEADERS = {
  ...{ ID: 'ID', Name: 'NAME', Description: 'DESCRIPTION', Enabled: 'ENABLED', PluginReference: 'PLUGIN REFERENCE' },
  ...{ State: 'STATE', Brings: 'BRINGS', Source: 'SOURCE', Reason: 'REASON' },
};

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

  @Option('--format', "Format output: 'table', 'table TEMPLATE', 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('-q, --quiet', 'Only display ids')
  quiet = false;

  @Option('--no-trunc', "Don't truncate output")
  noTrunc = false;

  constructor(@PluginHost private readonly plugins: PluginHost) {}

  async run({ stdout }: CommandContext): Promise<void> {
    const listed = [...(this.all ? await this.plugins.builtIn() : []), ...(await this.plugins.list())];
    if (this.quiet) return write(stdout, listed.map(({ id }) => `${id}\n`).join(''));
    const rows = listed.map((plugin) => this.#row(plugin));
    if (!isUsualTable(this.format)) return writeFormatted(stdout, this.format, rows, HEADERS);
    const cells = rows.map(({ ID, State, Brings, Source, Reason }) => [ID, State, Brings, Source, Reason]);
    await write(stdout, table(['ID', 'STATE', 'BRINGS', 'SOURCE', 'REASON'], cells));
  }

  #row({ id, state, brings, source, reason }: PluginInfo) {
    return {
      ID: id,
      Name: id,
      Description: this.#cut(brings.join(', '), BRINGS_WIDTH),
      Enabled: String(!OFF.includes(state)),
      PluginReference: source,
      State: state.toUpperCase(),
      Brings: this.#cut(brings.join(', '), BRINGS_WIDTH),
      Source: source,
      Reason: this.#cut(reason, REASON_WIDTH),
    };
  }

  #cut(text: string, width: number): string {
    return this.noTrunc ? text : truncate(text, width);
  }
}
