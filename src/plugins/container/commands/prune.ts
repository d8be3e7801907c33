import {
  Command,
  type CommandContext,
  type CommandHandler,
  humanSize,
  Option,
  parsePruneFilters,
  prune,
  write,
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

  async run(context: CommandContext): Promise<number> {
    const stopped = stoppedContainers(this.runtime, parsePruneFilters(this.filter, context));
    const containers = prunableContainers(this.runtime, stopped, { volumes: false, ...callerOf(context) });
    const exitCode = await prune(context, [containers], this);
    const kept = stopped.length > 0 && exitCode === 0 ? await this.runtime.removedBytes() : 0;
    if (kept > 0) {
      const words = `${humanSize(kept)} are kept for docker undo, until docker system prune frees them\n`;
      await write(context.stderr, words);
    }
    return exitCode;
  }
}
