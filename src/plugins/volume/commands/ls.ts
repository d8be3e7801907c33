import {
  booleanFilter,
  Command,
  type CommandContext,
  type CommandHandler,
  isUsualTable,
  meets,
  meetsLabels,
  namePattern,
  Option,
  parseFilters,
  table,
  write,
  writeFormatted,
} from '../../../kernel/index.js';
import { type Volume, Volumes } from '../contracts.js';

const HEADERS = {
  ...{ Availability: 'AVAILABILITY', Driver: 'DRIVER', Group: 'GROUP', Label: '', Labels: 'LABELS', Links: 'LINKS' },
  ...{ Mountpoint: 'MOUNTPOINT', Name: 'VOLUME NAME', Scope: 'SCOPE', Size: 'SIZE', Status: 'STATUS' },
};
/** Docker's word for what only `system df` counts, and only clusters have. */
const NONE = 'N/A';

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

  @Option('--format', "Format output: 'table', 'table TEMPLATE', 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('-q, --quiet', 'Only display volume names')
  quiet = false;

  constructor(@Volumes private readonly volumes: Volumes) {}

  async run({ stdout }: CommandContext): Promise<void> {
    const chosen = this.#chosen();
    if (this.quiet) return write(stdout, chosen.map(({ name }) => `${name}\n`).join(''));
    const rows = chosen.map(volumeRow);
    if (!isUsualTable(this.format)) return writeFormatted(stdout, this.format, rows, HEADERS);
    await write(
      stdout,
      table(
        ['DRIVER', 'VOLUME NAME'],
        rows.map(({ Driver, Name }) => [Driver, Name]),
      ),
    );
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

/** A volume under the field names of Docker's `--format`. */
function volumeRow({ name, path, labels }: Volume) {
  return {
    ...{ Availability: NONE, Driver: 'local', Group: NONE },
    Label: (key: string): string => (Object.hasOwn(labels, key) ? (labels[key] ?? '') : ''),
    Labels: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    ...{ Links: NONE, Mountpoint: path, Name: name, Scope: 'local', Size: NONE, Status: NONE },
  };
}
