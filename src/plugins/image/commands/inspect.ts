import { Command, type CommandContext, type CommandHandler, inspectEach, Option } from '../../../kernel/index.js';
import { checkPlatform } from '../config/index.js';
import { Distribution, Graph, type ImageReader, type Snapshots, TagStore } from '../contracts/index.js';
import { ImageRecords } from '../records/index.js';
import { describeImage } from '../views/index.js';

@Command({
  name: 'image inspect',
  summary: 'Display detailed information on one or more images',
  group: 'Commands',
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  args: { min: 1, complete: ['image'] },
  examples: [['docker image inspect busybox', 'Print all that is known of an image, as JSON']],
  effects: ['read'],
})
export class Inspect implements CommandHandler {
  @Option('-f, --format', "Format output: 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('--platform', 'Inspect only an image of the given platform: OS/ARCH[/VARIANT]', { type: 'string' })
  platform = '';

  constructor(
    @Graph private readonly graph: ImageReader & Pick<Snapshots, 'storage'>,
    @TagStore private readonly tags: TagStore,
    @Distribution private readonly distribution: Distribution,
    @ImageRecords private readonly records: ImageRecords,
  ) {}

  run(context: CommandContext): Promise<number> {
    return inspectEach(context, this.format, (name) => this.#describe(name));
  }

  #describe(name: string): object {
    const image = this.graph.get(name);
    checkPlatform(image, name, this.platform);
    const names = { tags: this.tags.namesOf(image.id), digests: this.distribution.namesOf(image.id) };
    return describeImage(image, this.records.document(image.id), names, this.graph.storage());
  }
}
