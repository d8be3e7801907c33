import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  isKind,
  Option,
  write,
} from '../../../kernel/index.js';
import { applyChanges, Graph, type Image, TagStore } from '../../image/index.js';
import { Events } from '../../system/index.js';
import { type Container, Runtime } from '../contracts/index.js';
import { callerOf } from '../operations/index.js';
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

  async run(context: CommandContext): Promise<void> {
    const [name = '', repository, tag] = context.args;
    const container = this.runtime.get(name);
    const reference = tag === undefined ? repository : `${repository}:${tag}`;
    if (reference !== undefined) this.tags.lookup(reference);
    await using _held = await this.runtime.holdFiles(container.id, { pause: this.pause, ...callerOf(context) });
    const image = await this.#create(container);
    try {
      this.#requireStill(container);
      context.gone.throwIfAborted();
      if (reference !== undefined) this.tags.set(reference, image.id);
    } catch (error) {
      // Nobody is told its id.
      await this.graph.remove(image.id).catch(() => {});
      throw error;
    }
    recordEvent(this.events, container, 'commit', { comment: this.message, imageID: image.id });
    await write(context.stdout, `${image.id}\n`);
  }

  async #create(container: Container): Promise<Image> {
    const { id, config } = container;
    const changed = applyChanges(config.process, this.change);
    try {
      return await this.graph.create(this.graph.changesArchive(config.imageId, this.runtime.upperDir(id)), {
        ...{ parent: config.imageId, config: changed, comment: this.message },
        ...{ author: this.author, createdBy: config.args.join(' ') },
      });
    } catch (error) {
      this.#requireStill(container);
      throw error;
    }
  }

  /** A forced removal waits for nobody: what was read may be a part of what there was. */
  #requireStill({ id, name }: Container): void {
    try {
      this.runtime.get(id);
    } catch (cause) {
      if (!isKind(cause, 'not found')) throw cause;
      throw new GantryError('conflict', `Container ${name} was removed while it was being committed`, { cause });
    }
  }
}
