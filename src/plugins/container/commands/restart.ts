import { Command, type CommandContext, type CommandHandler, each, Option } from '../../../kernel/index.js';
import { Events } from '../../system/index.js';
import { Runtime } from '../contracts/index.js';
import { callerOf, MOST_AT_ONCE, restartContainer } from '../operations/index.js';
import { parseSignal, parseStopTimeout, SIGNAL_WORDS } from '../parsers/index.js';

@Command({
  name: 'restart',
  summary: 'Restart one or more containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['container'] },
  effects: ['exec', 'destroy'],
})
export class Restart implements CommandHandler {
  @Option('-s, --signal', 'Signal to send to the container', { type: 'string', complete: SIGNAL_WORDS })
  signal = '';

  @Option('-t, --time, --timeout', 'Seconds to wait before killing the container (default its --stop-timeout, or 10)', {
    type: 'integer',
  })
  time: number | undefined = undefined;

  constructor(
    @Runtime private readonly runtime: Runtime,
    @Events private readonly events: Events,
  ) {}

  run(context: CommandContext): Promise<number> {
    const signal = this.signal === '' ? undefined : parseSignal(this.signal);
    const timeout = this.time === undefined ? undefined : parseStopTimeout(this.time);
    context.needsDaemon();
    const options = { ...callerOf(context), ...(signal !== undefined && { signal }) };
    const restart = (name: string): Promise<void> =>
      restartContainer(this.runtime, this.events, name, timeout, options);
    return each(context, restart, { atOnce: MOST_AT_ONCE });
  }
}
