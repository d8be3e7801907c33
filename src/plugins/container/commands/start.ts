import { Command, type CommandContext, type CommandHandler, each, GantryError, Option } from '../../../kernel/index.js';
import { Runtime } from '../contracts/index.js';
import { callerOf, runAttached, unlessRunning } from '../operations/index.js';
import { mayRestart } from '../parsers/index.js';

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

  @Option('--detach-keys', 'Override the key sequence for detaching a container', { type: 'string' })
  detachKeys = '';

  constructor(@Runtime private readonly runtime: Runtime) {}

  async run(context: CommandContext): Promise<number> {
    const [first = '', other] = context.args;
    if (this.attach || this.interactive) {
      if (other !== undefined) {
        throw new GantryError('invalid', 'you cannot start and attach multiple containers at once', { exitCode: 1 });
      }
      const container = this.runtime.get(first);
      if (mayRestart(container.config)) context.needsDaemon();
      const withInput = this.interactive && container.config.openStdin;
      return runAttached(this.runtime, container, context, { withInput, detachKeys: this.detachKeys });
    }
    context.needsDaemon();
    return each(context, async (name) => {
      await unlessRunning(this.runtime, this.runtime.get(name).id, callerOf(context));
    });
  }
}
