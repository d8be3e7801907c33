import { Command, type CommandContext, type CommandHandler, inspectEach, Option } from '../../../kernel/index.js';
import { checkPlatform } from '../config/index.js';
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
  @Option('--platform', 'Inspect only an image of the given platform: OS/ARCH[/VARIANT]', { type: 'string' })
  platform = '';

  constructor(
    @Graph private readonly graph: ImageReader,
    @TagStore private readonly tags: TagStore,
    @Distribution private readonly distribution: Distribution,
    @ImageRecords private readonly records: ImageRecords,
  ) {}

  run(context: CommandContext): Promise<number> {
    return inspectEach(context, '', (name) => this.#describe(name));
  }

  #describe(name: string): object {
    const image = this.graph.get(name);
    checkPlatform(image, name, this.platform);
    const digests = this.distribution
      .manifestsOf(image.id)
      .map(({ repository, digest }) => `${familiarName(parseReference(repository))}@${digest}`);
    return describeImage(image, this.records.document(image.id), { tags: this.tags.namesOf(image.id), digests });
  }
}
