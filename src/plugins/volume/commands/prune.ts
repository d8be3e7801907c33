import {
  booleanFilter,
  Command,
  type CommandContext,
  type CommandHandler,
  meetsLabels,
  Option,
  parseFilters,
  prune,
} from '../../../kernel/index.js';
import { Volumes } from '../contracts.js';
import { prunableVolumes, unusedVolumes } from '../unused-volumes.js';

@Command({
  name: 'volume prune',
  summary: 'Remove unused local volumes',
  group: 'Management Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [['docker volume prune --all --dry-run', 'See which volumes no container uses']],
  effects: ['destroy'],
})
export class VolumePrune implements CommandHandler {
  @Option('-a, --all', 'Remove all unused volumes, not just anonymous ones')
  all = false;

  @Option('--filter', 'Provide filter values: label=KEY[=VALUE], label!=KEY[=VALUE], all=true', {
    type: 'list',
    value: 'filter',
  })
  filter: string[] = [];

  @Option('-f, --force', 'Do not prompt for confirmation')
  force = false;

  constructor(@Volumes private readonly volumes: Volumes) {}

  run(context: CommandContext): Promise<number> {
    const filters = parseFilters(this.filter, ['all', 'label', 'label!']);
    const all = this.all || booleanFilter(filters, 'all') === true;
    const unused = unusedVolumes(this.volumes, { all }).filter(({ labels }) => meetsLabels(filters, labels));
    return prune(context, [prunableVolumes(this.volumes, unused)], this);
  }
}
