import { Command, type CommandContext, type CommandHandler, Option, write } from '../../../kernel/index.js';
import { applyChanges, parsePlatform, tagFromArguments } from '../config/index.js';
import { Graph, TagStore } from '../contracts/index.js';
import { openImportInput } from '../transfer/index.js';
import { ProgressBar } from '../views/index.js';

@Command({
  name: 'import',
  summary: 'Import the contents from a tarball to create a filesystem image',
  group: 'Commands',
  usage: '[OPTIONS] file|URL|- [REPOSITORY[:TAG]]',
  args: { min: 1, max: 3, complete: ['file', 'image', []] },
  examples: [
    ['docker import rootfs.tar.xz debian', 'Make an image of a root filesystem'],
    [`docker import -c 'CMD ["/bin/sh"]' - busybox:1 < rootfs.tar`, 'Give it a command to run, too'],
  ],
  effects: ['write'],
})
export class Import implements CommandHandler {
  @Option('-c, --change', 'Apply Dockerfile instruction to the created image', { type: 'list' })
  change: string[] = [];

  @Option('-m, --message', 'Set commit message for imported image', { type: 'string' })
  message = '';

  @Option('--platform', "Set the platform of the image: OS/ARCH[/VARIANT] (default: this host's)", { type: 'string' })
  platform = '';

  constructor(
    @Graph private readonly graph: Graph,
    @TagStore private readonly tags: TagStore,
  ) {}

  async run(context: CommandContext): Promise<void> {
    const [source = '', repository, tag] = context.args;
    const name = repository === undefined ? undefined : tagFromArguments(repository, tag);
    const config = applyChanges({}, this.change);
    const platform = this.platform === '' ? undefined : parsePlatform(this.platform);
    const { archive, total } = await openImportInput(source, context);
    const bar = new ProgressBar('Importing', total, context);
    try {
      const comment = this.message || `Imported from ${source}`;
      const { id } = await this.graph.create(archive, {
        comment,
        config,
        platform,
        progress: (bytes) => bar.update(bytes),
      });
      if (name !== undefined) this.tags.set(name, id);
      bar.end();
      await write(context.stdout, `${id}\n`);
    } finally {
      bar.end();
    }
  }
}
