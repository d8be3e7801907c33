import { Readable } from 'node:stream';
import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  plain,
  write,
} from '../../../kernel/index.js';
import { Config } from '../../system/index.js';
import { Graph, TagStore } from '../contracts/index.js';
import { loadImages, openArchive } from '../transfer/index.js';
import { ProgressBar } from '../views/index.js';

const watched = (archive: Readable, bar: ProgressBar): Readable =>
  Readable.from(bar.counting(archive as AsyncIterable<Uint8Array>), { objectMode: false });

@Command({
  name: 'load',
  summary: 'Load images from a tar archive or STDIN',
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [
    ['docker load -i web.tar.gz', 'Load the images of an archive, compressed or not'],
    ['podman save web | docker load', 'Take over an image of Podman'],
  ],
  effects: ['write'],
})
export class Load implements CommandHandler {
  @Option('-i, --input', 'Read from tar archive file, instead of STDIN', { type: 'string', complete: 'file' })
  input = '';

  @Option('-q, --quiet', 'Suppress the load output')
  quiet = false;

  @Option('--platform', "Load only the given platform: OS/ARCH[/VARIANT] (default: this host's)", { type: 'string' })
  platform = '';

  constructor(
    @Graph private readonly graph: Graph,
    @TagStore private readonly tags: TagStore,
    @Config private readonly config: Config,
  ) {}

  async run(context: CommandContext): Promise<void> {
    if (this.input === '' && context.terminal.stdin) {
      throw new GantryError('invalid', 'requested load from stdin, but stdin is empty', { hint: 'Use the -i flag' });
    }
    const archive = await openArchive(this.input || '-', context);
    const bar = new ProgressBar('Loading', undefined, context);
    try {
      const read = this.quiet ? archive : watched(archive, bar);
      const leftOut: string[] = [];
      const loaded = await loadImages(this.graph, read, this.config.root, {
        platform: this.platform,
        leftOut: (why) => leftOut.push(why),
      });
      bar.end();
      for (const why of leftOut) await write(context.stderr, `Warning: left out: ${plain(why)}\n`);
      for (const { image, names } of loaded) {
        const lines = names.flatMap((name) => this.#name(name, image.id));
        await write(context.stdout, `${lines.join('\n') || `Loaded image ID: ${image.id}`}\n`);
      }
    } finally {
      bar.end();
    }
  }

  #name(name: string, id: string): string[] {
    const before = this.tags.lookup(name);
    this.tags.set(name, id);
    const told = `Loaded image: ${name}`;
    if (before === undefined || before === id) return [told];
    return [`The image ${name} already exists, renaming the old one with ID ${before} to empty string`, told];
  }
}
