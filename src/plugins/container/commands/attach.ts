import { Command, type CommandContext, type CommandHandler, Option } from '../../../kernel/index.js';
import { join, SignalRelay, sinkOf } from '../attached-client.js';
import { Runtime } from '../contracts.js';

@Command({
  name: 'attach',
  summary: 'Attach local standard input, output, and error streams to a running container',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER',
  args: { min: 1, max: 1, complete: ['running-container'] },
  effects: ['exec'],
  failureExitCode: 1,
})
export class Attach implements CommandHandler {
  @Option('--no-stdin', 'Do not attach STDIN')
  noStdin = false;

  constructor(@Runtime private readonly runtime: Runtime) {}

  async run(context: CommandContext): Promise<number> {
    const { id, config } = this.runtime.get(context.args[0] ?? '');
    const withInput = config.openStdin && !this.noStdin;
    const attachment = this.runtime.attach(id, sinkOf(context));
    new SignalRelay(this.runtime, id, context).open();
    const { terminal } = context;
    if (config.tty && withInput) terminal.setRaw(true);
    if (terminal.size) attachment.resize(terminal.size.columns, terminal.size.rows);
    return join(attachment, context, withInput);
  }
}
