import { Readable } from 'node:stream';
import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
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
      for (const { image, names } of await loadImages(this.graph, read, this.config.root)) {
        for (const name of names) this.tags.set(name, image.id);
        bar.end();
        const lines =
          names.length > 0 ? names.map((name) => `Loaded image: ${name}`) : [`Loaded image ID: ${image.id}`];
        await write(context.stdout, `${lines.join('\n')}\n`);
      }
    } finally {
      bar.end();
    }
  }
}
