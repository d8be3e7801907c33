import { Command, type CommandContext, type CommandHandler, each, Option } from '../../../kernel/index.js';
import { type ContainerLifecycle, Runtime } from '../contracts/index.js';
import { callerOf, MOST_AT_ONCE } from '../operations/index.js';
import { parseSignal, parseStopTimeout, SIGNAL_WORDS } from '../parsers/index.js';

@Command({
  name: 'stop',
  summary: 'Stop one or more running containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['running-container'] },
  examples: [['docker stop -t 2 web', 'Ask web to end, and end it after two seconds']],
  effects: ['destroy'],
})
export class Stop implements CommandHandler {
  @Option('-s, --signal', 'Signal to send to the container', { type: 'string', complete: SIGNAL_WORDS })
  signal = '';

  @Option('-t, --time, --timeout', 'Seconds to wait before killing the container (default its --stop-timeout, or 10)', {
    type: 'integer',
  })
  time: number | undefined = undefined;

  constructor(@Runtime private readonly runtime: ContainerLifecycle) {}

  run(context: CommandContext): Promise<number> {
    const signal = this.signal === '' ? undefined : parseSignal(this.signal);
    const timeout = this.time === undefined ? undefined : parseStopTimeout(this.time);
    const options = { ...callerOf(context), ...(signal !== undefined && { signal }) };
    return each(context, (name) => this.runtime.stop(name, timeout, options), { atOnce: MOST_AT_ONCE });
  }
}
