import { arch, platform, release } from 'node:os';
import {
  buildName,
  Command,
  type CommandContext,
  type CommandHandler,
  Option,
  programName,
  VERSION,
  write,
  writeObject,
} from '../../../kernel/index.js';
import { Config } from '../contracts/index.js';
import { describeVersions } from '../views/index.js';

@Command({
  name: 'version',
  summary: 'Show the Gantry version information',
  group: 'Common Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  effects: ['read'],
})
export class Version implements CommandHandler {
  @Option('-f, --format', "Format output: 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('-q, --quiet', 'Only show the version number')
  quiet = false;

  constructor(@Config private readonly config: Config) {}

  async run(context: CommandContext): Promise<void> {
    const { stdout, program } = context;
    if (this.quiet) return write(stdout, `${VERSION}\n`);
    if (this.format !== '') return writeObject(context, this.format, describeVersions());
    const rows = [
      ['Version', VERSION],
      ['Build', buildName() || 'not bundled'],
      ...(program === undefined ? [] : [['Client', program]]),
      ['Plugin API', '1'],
      ['Node', process.version],
      ['OS/Arch', `${platform()}/${arch()}`],
      ['Kernel', release()],
      ['Served by', this.config.daemon ? `the daemon, pid ${process.pid}` : 'this command itself, no daemon'],
    ];
    await write(stdout, `Gantry\n${rows.map(([name, value]) => ` ${`${name}:`.padEnd(13)}${value}\n`).join('')}`);
    if (program === undefined || program === programName()) return;
    await write(
      stdout,
      '\nThe daemon is of another build than the client. Start it anew to have one: containers run on.\n',
    );
  }
}
