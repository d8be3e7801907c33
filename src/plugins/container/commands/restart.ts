import { Command, type CommandContext, type CommandHandler, each, Option } from '../../../kernel/index.js';
import { Runtime } from '../contracts.js';
import { DEFAULT_GRACE_SECONDS, seconds } from '../grace.js';

@Command({
  name: 'restart',
  summary: 'Restart one or more containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['container'] },
  effects: ['exec', 'destroy'],
})
export class Restart implements CommandHandler {
  @Option('-t, --time, --timeout', 'Seconds to wait before killing the container', {
    type: 'integer',
    shownDefault: '10',
  })
  time = DEFAULT_GRACE_SECONDS;

  constructor(@Runtime private readonly runtime: Runtime) {}

  run(context: CommandContext): Promise<number> {
    const grace = seconds(this.time);
    context.needsDaemon();
    return each(context, async (name) => {
      const { id } = this.runtime.get(name);
      await this.runtime.stop(id, grace);
      await this.runtime.start(id);
    });
  }
}
