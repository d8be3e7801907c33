import { Command, type CommandContext, type CommandHandler, each, Option } from '../../../kernel/index.js';
import { isActive, Runtime } from '../contracts/index.js';
import { killAndWait, MOST_AT_ONCE } from '../operations/index.js';
import { parseSignal, SIGNAL_WORDS } from '../parsers/index.js';

@Command({
  name: 'kill',
  summary: 'Kill one or more running containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['running-container'] },
  examples: [['docker kill -s HUP web', 'Send SIGHUP to the first process of web']],
  effects: ['destroy'],
})
export class Kill implements CommandHandler {
  @Option('-s, --signal', 'Signal to send to the container', {
    type: 'string',
    shownDefault: 'KILL',
    complete: SIGNAL_WORDS,
  })
  signal = 'KILL';

  constructor(@Runtime private readonly runtime: Runtime) {}

  run(context: CommandContext): Promise<number> {
    const signal = parseSignal(this.signal || 'KILL');
    return each(
      context,
      async (name) => {
        // In 2013 a container that does not run counted as killed.
        if (context.protocol === 'v1' && !isActive(this.runtime.get(name))) return;
        await killAndWait(this.runtime, name, signal, context.gone);
      },
      { atOnce: MOST_AT_ONCE },
    );
  }
}
