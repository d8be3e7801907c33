import { Command, type CommandContext, type CommandHandler, each, Option } from '../../../kernel/index.js';
import { runAttached } from '../attached-client.js';
import { Runtime } from '../contracts.js';
import { mayRestart } from '../restart-policy.js';

@Command({
  name: 'start',
  summary: 'Start one or more stopped containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['stopped-container'] },
  examples: [['docker start -a job', 'Run job again, with its output here']],
  effects: ['exec'],
  failureExitCode: 125,
})
export class Start implements CommandHandler {
  @Option('-a, --attach', 'Attach STDOUT/STDERR and forward signals')
  attach = false;

  @Option('-i, --interactive', "Attach container's STDIN")
  interactive = false;

  constructor(@Runtime private readonly runtime: Runtime) {}

  async run(context: CommandContext): Promise<number> {
    const [first = '', other] = context.args;
    if ((this.attach || this.interactive) && other === undefined) {
      const container = this.runtime.get(first);
      if (mayRestart(container.config)) context.needsDaemon();
      return runAttached(this.runtime, container, context, this.interactive);
    }
    context.needsDaemon();
    return each(context, async (name) => {
      const { id, status } = this.runtime.get(name);
      if (status !== 'running' && status !== 'starting') await this.runtime.start(id);
    });
  }
}
