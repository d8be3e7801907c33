import { folderSize } from '../../../host/index.js';
import {
  Command,
  type CommandContext,
  type CommandHandler,
  confirmed,
  humanSize,
  meetsLabels,
  Option,
  parseFilters,
  write,
} from '../../../kernel/index.js';
import { Volumes } from '../contracts.js';
import { unusedVolumes } from '../unused-volumes.js';

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

  @Option('--filter', 'Provide filter values: label=KEY[=VALUE]', { type: 'list', value: 'filter' })
  filter: string[] = [];

  @Option('-f, --force', 'Do not prompt for confirmation')
  force = false;

  constructor(@Volumes private readonly volumes: Volumes) {}

  async run(context: CommandContext): Promise<number> {
    const filters = parseFilters(this.filter, ['label']);
    const unused = unusedVolumes(this.volumes, this).filter(({ labels }) => meetsLabels(filters, labels));
    const names = unused.map(({ name }) => name);
    if (
      names.length > 0 &&
      !this.force &&
      !(await confirmed(
        context,
        names.map((name) => `volume ${name}`),
      ))
    )
      return 1;
    let reclaimed = 0;
    for (const { name, path } of unused) {
      reclaimed += await folderSize(path);
      await this.volumes.remove(name);
    }
    const deleted = names.length > 0 ? `Deleted Volumes:\n${names.map((name) => `${name}\n`).join('')}\n` : '';
    await write(context.stdout, `${deleted}Total reclaimed space: ${humanSize(reclaimed)}\n`);
    return 0;
  }
}
