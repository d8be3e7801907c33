import { arch, release, totalmem } from 'node:os';
import {
  Command,
  type CommandContext,
  type CommandHandler,
  Option,
  write,
  writeObject,
} from '../../../kernel/index.js';
import { Graph, type StorageChoice } from '../../image/index.js';
import { NetworkManager } from '../../network/index.js';
import { Config, VERSION } from '../../system/index.js';
import { type ContainerReader, Runtime, type RuntimeInfo } from '../contracts/index.js';
import { describeHost } from '../views/index.js';

@Command({
  name: 'info',
  summary: 'Display system-wide information',
  group: 'Common Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  effects: ['read'],
})
export class Info implements CommandHandler {
  @Option('-f, --format', "Format output: 'json', or a Go template", { type: 'string' })
  format = '';

  constructor(
    @Config private readonly config: Config,
    @Runtime private readonly runtime: ContainerReader & RuntimeInfo,
    @Graph private readonly graph: Graph,
    @NetworkManager private readonly network: NetworkManager,
  ) {}

  async run(context: CommandContext): Promise<void> {
    const { stdout, stderr } = context;
    const containers = this.runtime.list();
    const running = containers.filter(({ status }) => status === 'running').length;
    const runtime = await this.runtime.describe();
    const storage = this.graph.storage();
    const { bridge, subnet, warnings: ofNetworks } = await this.network.describe();
    const warnings = [...runtime.warnings, ...slowStorage(storage), ...ofNetworks];
    if (this.format !== '') {
      const images = this.graph.list().length;
      const facts = { config: this.config, containers, images, runtime, storage, warnings };
      return writeObject(context, this.format, describeHost(facts));
    }
    const rows: readonly (readonly [string, string | number])[] = [
      ['Containers', containers.length],
      [' Running', running],
      [' Stopped', containers.length - running],
      ['Images', this.graph.list().length],
      ['Server Version', VERSION],
      ['Storage Driver', storage.driver],
      ['Runtime', `${runtime.name} ${runtime.version}`],
      ['Cgroup Version', runtime.cgroups],
      ['Network', `${bridge} ${subnet}`.trim()],
      ['Kernel Version', release()],
      ['Architecture', arch()],
      ['Total Memory', `${(totalmem() / 2 ** 30).toFixed(2)}GiB`],
      ['Root Dir', this.config.root],
    ];
    await write(stdout, rows.map(([name, value]) => `${name}: ${value}\n`).join(''));
    await write(stderr, warnings.map((warning) => `WARNING: ${warning}\n`).join(''));
  }
}

function slowStorage({ driver, why }: StorageChoice): string[] {
  if (driver === 'overlay') return [];
  return [`Storage driver vfs copies the whole image for each container${why ? `: ${why}` : ''}`];
}
