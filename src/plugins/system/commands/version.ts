import { arch, platform, release } from 'node:os';
import { Command, type CommandContext, type CommandHandler, Option, write } from '../../../kernel/index.js';
import { Config, VERSION } from '../contracts/index.js';

@Command({
  name: 'version',
  summary: 'Show the Gantry version information',
  group: 'Common Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  effects: ['read'],
})
export class Version implements CommandHandler {
  @Option('-q, --quiet', 'Only show the version number')
  quiet = false;

  constructor(@Config private readonly config: Config) {}

  async run({ stdout }: CommandContext): Promise<void> {
    if (this.quiet) return write(stdout, `${VERSION}\n`);
    const rows = [
      ['Version', VERSION],
      ['Plugin API', '1'],
      ['Node', process.version],
      ['OS/Arch', `${platform()}/${arch()}`],
      ['Kernel', release()],
      ['Served by', this.config.daemon ? `the daemon, pid ${process.pid}` : 'this command itself, no daemon'],
    ];
    await write(stdout, `Gantry\n${rows.map(([name, value]) => ` ${`${name}:`.padEnd(13)}${value}\n`).join('')}`);
  }
}
