import { Command, type CommandContext, type CommandHandler, Option } from '../../../kernel/index.js';
import { tagFromArguments } from '../config/index.js';
import { Graph, type ImageReader, TagStore } from '../contracts/index.js';
import { matchingTag } from '../records/index.js';

@Command({
  name: 'tag',
  summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
  group: 'Commands',
  usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  args: { min: 2, max: 3, complete: ['image', 'image', []] },
  effects: ['write'],
})
export class Tag implements CommandHandler {
  @Option('-f, --force', 'Accepted for old scripts: a tag is always moved', { hidden: true })
  force = false;

  constructor(
    @Graph private readonly graph: ImageReader,
    @TagStore private readonly tags: TagStore,
  ) {}

  async run({ args }: CommandContext): Promise<void> {
    const [source = '', target = '', tag] = args;
    const name = tagFromArguments(target, tag);
    const image = this.graph.get(source);
    const from = matchingTag(this.tags, source, image);
    this.tags.set(name, image.id, from === undefined ? digestOf(source) : this.tags.manifestOf(from));
  }
}

/** Of a reference by digest. */
function digestOf(reference: string): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1];
}
