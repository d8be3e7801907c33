import { closeSync, constants, openSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Command, type CommandContext, type CommandHandler, Option, plain, write } from '../../../kernel/index.js';
import { Graph, type RootFilesystem, rootTar, toFileOrPipe } from '../../image/index.js';
import { type ContainerFilesystem, type ContainerReader, Runtime } from '../contracts/index.js';
import { inPrivateNamespaces } from '../host/index.js';
import { callerOf } from '../operations/index.js';

@Command({
  name: 'export',
  summary: "Export a container's filesystem as a tar archive",
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER',
  args: { min: 1, max: 1, complete: ['container'] },
  examples: [['docker export web | docker import - web:flat', 'Make an image of one layer of a container']],
  effects: ['read'],
})
export class Export implements CommandHandler {
  @Option('-o, --output', 'Write to a file, instead of STDOUT', { type: 'string', complete: 'file' })
  output = '';

  constructor(
    @Runtime private readonly runtime: ContainerFilesystem & ContainerReader,
    @Graph private readonly graph: Graph,
  ) {}

  async run(context: CommandContext): Promise<void> {
    const { id, config } = this.runtime.get(context.args[0] ?? '');
    await toFileOrPipe(context, this.output);
    await using _held = await this.runtime.holdFiles(id, { pause: false, ...callerOf(context) });
    const upper = this.runtime.upperDir(id);
    const view = this.graph.view(config.imageId, upper);
    await view.prepare();
    const root = openRoot(view, upper);
    try {
      const sockets: string[] = [];
      const archive = rootTar(`/proc/self/fd/${root}`, (path) => sockets.push(path));
      await pipeline(archive, context.stdout, { end: false });
      const warnings = sockets.map((path) => `WARNING: ${plain(path)} is a socket, and was left out\n`);
      await write(context.stderr, warnings.join(''));
    } finally {
      closeSync(root);
    }
  }
}

/**
 * Opens the folder of a root filesystem that is mounted nowhere: it exists as long as the descriptor is open.
 * @param mountPoint any folder; its contents stay as they are
 */
function openRoot(root: RootFilesystem, mountPoint: string): number {
  return inPrivateNamespaces({ network: false }, () => {
    root.mount(mountPoint);
    return openSync(mountPoint, constants.O_RDONLY | constants.O_DIRECTORY);
  });
}
