import { Command, type CommandContext, type CommandHandler, each, GantryError, Option } from '../../../kernel/index.js';
import { discardUnsupported } from '../cgroups/index.js';
import { type ContainerLifecycle, Runtime } from '../contracts/index.js';
import { LimitFlags } from '../flags/index.js';
import { limitSettings } from '../limits/index.js';
import { callerOf, warn } from '../operations/index.js';
import { parseRestartPolicy } from '../parsers/index.js';

@Command({
  name: 'update',
  summary: 'Update configuration of one or more containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['container'] },
  examples: [
    ['docker update -m 512m --cpus 1.5 web', 'Give web other limits, at once'],
    ['docker update --restart unless-stopped web', 'Start web again from now on, whenever it ends'],
  ],
  effects: ['write'],
})
export class Update extends LimitFlags implements CommandHandler {
  @Option('--restart', 'Restart policy to apply when a container exits', {
    type: 'string',
    complete: ['no', 'on-failure', 'always', 'unless-stopped'],
  })
  restart = '';

  constructor(@Runtime private readonly runtime: ContainerLifecycle) {
    super();
  }

  async run(context: CommandContext): Promise<number> {
    const { kept: limits, warnings } = discardUnsupported(limitSettings(this));
    const changes = { ...limits, ...(this.restart !== '' && { restart: parseRestartPolicy(this.restart) }) };
    if (Object.keys(changes).length + warnings.length === 0) {
      throw new GantryError('usage', 'you must provide one or more flags when using this command');
    }
    await warn(warnings, context);
    return each(context, (name) => this.runtime.update(name, changes, callerOf(context)));
  }
}
