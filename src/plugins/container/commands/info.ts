import { arch, release, totalmem } from 'node:os';
import { Command, type CommandContext, type CommandHandler, write } from '../../../kernel/index.js';
import { Graph, type StorageChoice } from '../../image/index.js';
import { NetworkManager } from '../../network/index.js';
import { Config, VERSION } from '../../system/index.js';
import { type ContainerReader, Runtime, type RuntimeInfo } from '../contracts/index.js';

@Command({
  name: 'info',
  summary: 'Display system-wide information',
  group: 'Common Commands',
  usage: '',
  args: { min: 0, max: 0 },
  effects: ['read'],
})
export class Info implements CommandHandler {
  constructor(
    @Config private readonly config: Config,
    @Runtime private readonly runtime: ContainerReader & RuntimeInfo,
    @Graph private readonly graph: Graph,
    @NetworkManager private readonly network: NetworkManager,
  ) {}

  async run({ stdout, stderr }: CommandContext): Promise<void> {
    const containers = this.runtime.list();
    const running = containers.filter(({ status }) => status === 'running').length;
    const runtime = await this.runtime.describe();
    const storage = this.graph.storage();
    const { bridge, subnet, warnings } = await this.network.describe();
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
    await write(
      stderr,
      [...runtime.warnings, ...slowStorage(storage), ...warnings].map((warning) => `WARNING: ${warning}\n`).join(''),
    );
  }
}

function slowStorage({ driver, why }: StorageChoice): string[] {
  if (driver === 'overlay') return [];
  return [`Storage driver vfs copies the whole image for each container${why ? `: ${why}` : ''}`];
}
