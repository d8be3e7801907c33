import { Command, type CommandContext, type CommandHandler, Option, write } from '../../../kernel/index.js';
import { applyChanges, Graph, TagStore } from '../../image/index.js';
import { Events } from '../../system/index.js';
import { Runtime } from '../contracts/index.js';
import { withPaused } from '../operations/index.js';
import { recordEvent } from '../records/index.js';

@Command({
  name: 'commit',
  summary: "Create a new image from a container's changes",
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [REPOSITORY[:TAG]]',
  args: { min: 1, max: 3, complete: ['container', 'image', []] },
  examples: [
    [`docker commit -c 'CMD ["nginx"]' -m 'with our pages' web mysite`, 'Give it a command to run, and a message'],
    ['docker commit web mysite:v2', 'Make an image of what web has become'],
  ],
  effects: ['write'],
})
export class Commit implements CommandHandler {
  @Option('-m, --message', 'Commit message', { type: 'string' })
  message = '';

  @Option('-a, --author', 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', { type: 'string' })
  author = '';

  @Option('-c, --change', 'Apply Dockerfile instruction to the created image', { type: 'list' })
  change: string[] = [];

  @Option('-p, --pause', 'Pause container during commit', { shownDefault: 'true' })
  pause = true;

  constructor(
    @Runtime private readonly runtime: Runtime,
    @Graph private readonly graph: Graph,
    @TagStore private readonly tags: TagStore,
    @Events private readonly events: Events,
  ) {}

  async run({ args: [name = '', repository, tag], stdout }: CommandContext): Promise<void> {
    const container = this.runtime.get(name);
    const { id, config } = container;
    const reference = tag === undefined ? repository : `${repository}:${tag}`;
    if (reference !== undefined) this.tags.lookup(reference);
    const changed = applyChanges(config.process, this.change);
    const create = () =>
      this.graph.create(this.graph.changesArchive(config.imageId, this.runtime.upperDir(id)), {
        ...{ parent: config.imageId, config: changed, comment: this.message },
        ...{ author: this.author, createdBy: config.args.join(' ') },
      });
    const image = await (this.pause ? withPaused(this.runtime, container, create) : create());
    if (reference !== undefined) this.tags.set(reference, image.id);
    recordEvent(this.events, container, 'commit', { comment: this.message, imageID: image.id });
    await write(stdout, `${image.id}\n`);
  }
}
