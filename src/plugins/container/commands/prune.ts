import {
  Command,
  type CommandContext,
  type CommandHandler,
  confirmed,
  humanSize,
  Option,
  parseFilters,
  write,
} from '../../../kernel/index.js';
import { Runtime } from '../contracts/index.js';
import {
  callerOf,
  containerLines,
  deletedText,
  PRUNE_FILTERS,
  removeContainers,
  stoppedContainers,
} from '../operations/index.js';

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

  async run(context: CommandContext): Promise<number> {
    const stopped = stoppedContainers(this.runtime, parseFilters(this.filter, PRUNE_FILTERS));
    if (stopped.length > 0 && !this.force && !(await confirmed(context, containerLines(stopped)))) return 1;
    const reclaimed = await removeContainers(this.runtime, stopped, { volumes: false, ...callerOf(context) });
    const ids = stopped.map(({ id }) => id);
    await write(context.stdout, `${deletedText('Containers', ids)}Total reclaimed space: ${humanSize(reclaimed)}\n`);
    return 0;
  }
}
