import { setTimeout as sleep } from 'node:timers/promises';
import { Command, type CommandContext, type CommandHandler, Option } from '../../../kernel/index.js';
import { type Attachment, Runtime } from '../contracts/index.js';
import { detachKeysFor, requireTerminal, SignalProxy, sinkOf, streamUntilExit } from '../operations/index.js';

const STREAMS = ['stdout', 'stderr'] as const;
/** Time for a full-screen program to notice a size. */
const NUDGE_MS = 50;

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
  @Option('--detach-keys', 'Override the key sequence for detaching a container', { type: 'string' })
  detachKeys = '';

  @Option('--no-stdin', 'Do not attach STDIN')
  noStdin = false;

  @Option('--sig-proxy', 'Proxy all received signals to the process', { shownDefault: 'true' })
  sigProxy = true;

  @Option('-i', 'Attach STDIN, over rcli v1', { hidden: true })
  stdin = false;

  @Option('-o', 'Attach STDOUT', { hidden: true })
  stdout = true;

  @Option('-e', 'Attach STDERR', { hidden: true })
  stderr = true;

  constructor(@Runtime private readonly runtime: Runtime) {}

  async run(context: CommandContext): Promise<number> {
    const { id, config, status } = this.runtime.get(context.args[0] ?? '');
    // The client of 2013 attaches its input when it is told to.
    const withInput = config.openStdin && !this.noStdin && (context.protocol !== 'v1' || this.stdin);
    const keys = detachKeysFor(config, { withInput, detachKeys: this.detachKeys }, context);
    if (config.tty && withInput && status === 'running') requireTerminal(context);
    const streams = STREAMS.filter((stream) => this[stream]);
    const attachment = this.runtime.attach(id, sinkOf(context, streams));
    if (this.sigProxy && !config.tty) new SignalProxy(context).start((signal) => this.runtime.kill(id, signal));
    const { terminal } = context;
    if (config.tty && withInput) terminal.setRaw(true);
    if (config.tty && terminal.size) void nudge(attachment, terminal.size);
    return streamUntilExit(attachment, context, withInput, keys);
  }
}

/**
 * Sets two sizes in turn: a full-screen program repaints its screen, even where the client has the size of the last
 * one.
 */
async function nudge(attachment: Attachment, { columns, rows }: { columns: number; rows: number }): Promise<void> {
  attachment.resize(columns + 1, rows + 1);
  await sleep(NUDGE_MS);
  attachment.resize(columns, rows);
}
