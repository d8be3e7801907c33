import {
  booleanFilter,
  Command,
  type CommandContext,
  type CommandHandler,
  meets,
  meetsLabels,
  namePattern,
  Option,
  parseFilters,
  table,
  write,
} from '../../../kernel/index.js';
import { type Volume, Volumes } from '../contracts.js';

@Command({
  name: 'volume ls',
  summary: 'List volumes',
  group: 'Management Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [['docker volume ls -f dangling=true', 'List the volumes that no container uses']],
  effects: ['read'],
})
export class VolumeLs implements CommandHandler {
  @Option('-f, --filter', 'Provide filter values (e.g. "dangling=true")', { type: 'list', value: 'filter' })
  filter: string[] = [];

  @Option('-q, --quiet', 'Only display volume names')
  quiet = false;

  constructor(@Volumes private readonly volumes: Volumes) {}

  async run({ stdout }: CommandContext): Promise<void> {
    const names = this.#chosen().map(({ name }) => name);
    const text = this.quiet
      ? names.map((name) => `${name}\n`).join('')
      : table(
          ['DRIVER', 'VOLUME NAME'],
          names.map((name) => ['local', name]),
        );
    await write(stdout, text);
  }

  #chosen(): Volume[] {
    const filters = parseFilters(this.filter, ['dangling', 'driver', 'label', 'name']);
    const dangling = booleanFilter(filters, 'dangling');
    const names = filters.get('name')?.map((value) => namePattern(value));
    return this.volumes
      .list()
      .filter(
        ({ name, labels }) =>
          (names?.some((matches) => matches(name)) ?? true) &&
          meets(filters, 'driver', (value) => value === 'local') &&
          meetsLabels(filters, labels) &&
          (dangling === undefined || dangling === (this.volumes.holdersOf(name).length === 0)),
      );
  }
}
