import {
  Command,
  type CommandContext,
  type CommandHandler,
  Option,
  parsePruneFilters,
  prune,
} from '../../../kernel/index.js';
import { Runtime } from '../contracts/index.js';
import { callerOf, prunableContainers, stoppedContainers } from '../operations/index.js';

@Command({
  name: 'container prune',
  summary: 'Remove all stopped containers',
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [['docker container prune --filter until=24h', 'Remove those made more than a day ago']],
  effects: ['destroy'],
})
export class ContainerPrune implements CommandHandler {
  @Option('--filter', 'Provide filter values: until=MOMENT, label=KEY[=VALUE]', { type: 'list', value: 'filter' })
  filter: string[] = [];

  @Option('-f, --force', 'Do not prompt for confirmation')
  force = false;

  constructor(@Runtime private readonly runtime: Runtime) {}

  run(context: CommandContext): Promise<number> {
    const stopped = stoppedContainers(this.runtime, parsePruneFilters(this.filter, context));
    return prune(context, [prunableContainers(this.runtime, stopped, { volumes: false, ...callerOf(context) })], this);
  }
}
