import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  inspectText,
  plain,
  write,
} from '../../../kernel/index.js';
import { Distribution, familiarName, Graph, type ImageReader, parseReference, TagStore } from '../contracts/index.js';
import { ImageRecords } from '../records/index.js';
import { describeImage } from '../views/index.js';

@Command({
  name: 'image inspect',
  summary: 'Display detailed information on one or more images',
  group: 'Commands',
  usage: 'IMAGE [IMAGE...]',
  args: { min: 1, complete: ['image'] },
  examples: [['docker image inspect busybox', 'Print all that is known of an image, as JSON']],
  effects: ['read'],
})
export class Inspect implements CommandHandler {
  constructor(
    @Graph private readonly graph: ImageReader,
    @TagStore private readonly tags: TagStore,
    @Distribution private readonly distribution: Distribution,
    @ImageRecords private readonly records: ImageRecords,
  ) {}

  async run({ args, stdout, stderr }: CommandContext): Promise<number> {
    const found: object[] = [];
    const missing: string[] = [];
    for (const name of args) {
      try {
        found.push(this.#describe(name));
      } catch (error) {
        if (!(error instanceof GantryError)) throw error;
        missing.push(`Error: ${plain(error.message)}\n`);
      }
    }
    await write(stdout, inspectText(found));
    await write(stderr, missing.join(''));
    return missing.length > 0 ? 1 : 0;
  }

  #describe(name: string): object {
    const image = this.graph.get(name);
    const digests = this.distribution
      .manifestsOf(image.id)
      .map(({ repository, digest }) => `${familiarName(parseReference(repository))}@${digest}`);
    return describeImage(image, this.records.document(image.id), { tags: this.tags.namesOf(image.id), digests });
  }
}
