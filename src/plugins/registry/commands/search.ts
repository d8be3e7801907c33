import {
  booleanFilter,
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  isUsualTable,
  Option,
  parseFilters,
  table,
  truncate,
  write,
  writeFormatted,
} from '../../../kernel/index.js';
import { Registries, type SearchResult } from '../contracts/index.js';
import { domainOf, loginKey } from '../distribution/index.js';

const LONGEST_DESCRIPTION = 45;
const MOST = 100;
const HEADERS = {
  ...{ Description: 'DESCRIPTION', IsAutomated: 'AUTOMATED', IsOfficial: 'OFFICIAL', Name: 'NAME', StarCount: 'STARS' },
};

@Command({
  name: 'search',
  summary: 'Search Docker Hub, or another registry, for images',
  group: 'Common Commands',
  usage: '[OPTIONS] TERM',
  args: { min: 1, max: 1, complete: [[]] },
  examples: [
    ['docker search busybox', 'Look for it on Docker Hub'],
    ['docker search registry.example:5000/app', 'Look for repositories of another registry'],
  ],
  // Callers who may only look must not make the daemon connect to hosts that they name.
  effects: ['write'],
})
export class Search implements CommandHandler {
  @Option('-f, --filter', 'Filter output based on conditions provided: is-official=true, stars=3', {
    type: 'list',
    value: 'filter',
    complete: ['is-official=', 'stars='],
  })
  filter: string[] = [];

  @Option('--format', "Format output: 'table', 'table TEMPLATE', 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('--limit', 'Max number of search results', { type: 'integer', shownDefault: '25' })
  limit = 25;

  @Option('--no-trunc', "Don't truncate output")
  noTrunc = false;

  constructor(@Registries private readonly registries: Registries) {}

  async run({ args: [term = ''], stdout, gone, logins }: CommandContext): Promise<void> {
    if (this.limit < 1 || this.limit > MOST) {
      throw new GantryError('usage', `limit ${this.limit} is outside the range of [1, ${MOST}]`);
    }
    const isMeant = searchFilter(this.filter);
    const [first = ''] = term.split('/');
    const key = loginKey(domainOf(term.includes('/') && /[.:]|^localhost$/.test(first) ? first : ''));
    const found = await this.registries.search(term, this.limit, { login: async () => logins?.get(key), signal: gone });
    const rows = found.filter(isMeant).map(({ name, description, stars, official }) => ({
      Name: name,
      Description: this.noTrunc ? description : truncate(description, LONGEST_DESCRIPTION),
      StarCount: String(stars),
      IsOfficial: official ? '[OK]' : '',
      IsAutomated: '',
    }));
    if (!isUsualTable(this.format)) return writeFormatted(stdout, this.format, rows, HEADERS);
    const cells = rows.map((row) => [row.Name, row.Description, row.StarCount, row.IsOfficial]);
    await write(stdout, table(['NAME', 'DESCRIPTION', 'STARS', 'OFFICIAL'], cells));
  }
}

/** @throws GantryError `invalid` for a value that is none */
function searchFilter(given: readonly string[]): (result: SearchResult) => boolean {
  const filters = parseFilters(given, ['is-automated', 'is-official', 'stars']);
  const official = booleanFilter(filters, 'is-official');
  const automated = booleanFilter(filters, 'is-automated');
  const stars = (filters.get('stars') ?? []).map((value) => {
    if (/^\d{1,9}$/.test(value)) return Number(value);
    throw new GantryError('invalid', `invalid filter 'stars=${value}'`, { hint: 'It is the least number of them' });
  });
  return (result) =>
    automated !== true &&
    (official === undefined || official === result.official) &&
    stars.every((least) => result.stars >= least);
}
