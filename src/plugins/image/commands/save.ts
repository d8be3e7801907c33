import { pipeline } from 'node:stream/promises';
import { Command, type CommandContext, type CommandHandler, Option } from '../../../kernel/index.js';
import { checkPlatform } from '../config/index.js';
import { familiarName, Graph, parseReference, TagStore } from '../contracts/index.js';
import { matchingTag } from '../records/index.js';
import { type ImageToSave, SavedImages, toFileOrPipe } from '../transfer/index.js';
import { ProgressBar } from '../views/index.js';

@Command({
  name: 'save',
  summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
  group: 'Commands',
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  args: { min: 1, complete: ['image'] },
  examples: [
    ['docker save -o web.tar web:1 web:2', 'Save two images into one archive'],
    ['docker save web | ssh host docker load', 'Bring an image to another host'],
  ],
  effects: ['read'],
})
export class Save implements CommandHandler {
  @Option('-o, --output', 'Write to a file, instead of STDOUT', { type: 'string', complete: 'file' })
  output = '';

  @Option('--platform', 'Save only an image of the given platform: OS/ARCH[/VARIANT]', { type: 'string' })
  platform = '';

  constructor(
    @Graph private readonly graph: Graph,
    @TagStore private readonly tags: TagStore,
  ) {}

  async run(context: CommandContext): Promise<void> {
    const wanted = this.#wanted(context.args);
    await toFileOrPipe(context, this.output);
    const archive = new SavedImages(this.graph, wanted);
    const bar = new ProgressBar('Saving', archive.size, context);
    try {
      await pipeline(bar.counting(archive.chunks()), context.stdout, { end: false });
    } finally {
      bar.end();
    }
  }

  /** Each image once, with the names that it was asked for by. A repository without a tag is all its tags. */
  #wanted(references: readonly string[]): ImageToSave[] {
    const byId = new Map<string, ImageToSave>();
    for (const reference of references.flatMap((one) => this.#tagsOf(one))) {
      const image = this.graph.get(reference);
      checkPlatform(image, reference, this.platform);
      const name = matchingTag(this.tags, reference, image);
      const names = new Set([...(byId.get(image.id)?.names ?? []), ...(name ? [name] : [])]);
      byId.set(image.id, { image, names: [...names] });
    }
    return [...byId.values()];
  }

  #tagsOf(reference: string): string[] {
    const tags = this.tags.list().filter(({ repository }) => repository === repositoryOf(reference));
    return tags.length > 0 ? tags.map(({ repository, tag }) => `${repository}:${tag}`) : [reference];
  }
}

/** The repository, where a reference is nothing more. */
function repositoryOf(reference: string): string | undefined {
  try {
    const parsed = parseReference(reference);
    return parsed.tag === undefined && parsed.digest === undefined ? familiarName(parsed) : undefined;
  } catch {
    return undefined;
  }
}
