import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  isUsualTable,
  Option,
  table,
  truncate,
  write,
  writeFormatted,
} from '../../../kernel/index.js';
import { Registries } from '../contracts/index.js';
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
    const [first = ''] = term.split('/');
    const key = loginKey(domainOf(term.includes('/') && /[.:]|^localhost$/.test(first) ? first : ''));
    const found = await this.registries.search(term, this.limit, { login: async () => logins?.get(key), signal: gone });
    const rows = found.map(({ name, description, stars, official }) => ({
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
