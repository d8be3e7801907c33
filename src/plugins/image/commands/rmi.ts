import {
  Command,
  type CommandContext,
  type CommandHandler,
  each,
  GantryError,
  isKind,
  Option,
  shortId,
  write,
} from '../../../kernel/index.js';
import { checkPlatform } from '../config/index.js';
import { Graph, type Image, type ImageReader, type ImageWriter, TagStore } from '../contracts/index.js';
import { HAS_CHILDREN, ImageRecords, matchingTag, removalConflict, usedByContainer } from '../records/index.js';

@Command({
  name: 'rmi',
  summary: 'Remove one or more images',
  group: 'Commands',
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  args: { min: 1, complete: ['image'] },
  effects: ['destroy'],
})
export class Rmi implements CommandHandler {
  @Option('-f, --force', 'Force removal of the image')
  force = false;

  @Option('--no-prune', 'Do not delete untagged parents')
  noPrune = false;

  @Option('--platform', 'Remove only an image of the given platform: OS/ARCH[/VARIANT]', {
    type: 'list',
    value: 'strings',
  })
  platform: string[] = [];

  constructor(
    @Graph private readonly graph: ImageReader & ImageWriter,
    @TagStore private readonly tags: TagStore,
    @ImageRecords private readonly records: ImageRecords,
  ) {}

  run(context: CommandContext): Promise<number> {
    const remove = async (name: string): Promise<void> => {
      for await (const line of this.#remove(name)) await write(context.stdout, `${line}\n`);
    };
    const action = (name: string) => remove(name).catch((error) => this.#forgive(error));
    return each(context, action, { print: false });
  }

  /** With -f, an image that is not there is as good as removed. */
  #forgive(error: unknown): void {
    if (!this.force || !isKind(error, 'not found')) throw error;
  }

  async *#remove(name: string): AsyncGenerator<string> {
    const image = this.graph.get(name);
    for (const platform of this.platform) checkPlatform(image, name, platform);
    const tag = matchingTag(this.tags, name, image);
    const names = this.tags.namesOf(image.id);
    const leaves = tag === undefined ? names : [tag];
    const isLast = leaves.length === names.length;
    if (tag === undefined) this.#refuseById(image, names);
    else if (isLast && !this.force) this.#refuseByName(name, image);
    for (const leaving of leaves) {
      this.tags.delete(leaving);
      yield `Untagged: ${leaving}`;
    }
    if (isLast && this.#isFree(image.id)) yield* this.#delete(image, leaves);
  }

  #refuseByName(name: string, image: Image): void {
    const [holder] = this.records.holdersOf(image.id);
    if (holder === undefined) return;
    throw new GantryError(
      'conflict',
      `conflict: unable to remove repository reference "${name}" (must force) - ` +
        `container ${shortId(holder)} is using its referenced image ${shortId(image.id)}`,
    );
  }

  #refuseById(image: Image, names: readonly string[]): void {
    const [holder] = this.records.holdersOf(image.id);
    if (this.records.childrenOf(image.id).length > 0) throw removalConflict(image.id, HAS_CHILDREN);
    if (holder !== undefined) throw removalConflict(image.id, usedByContainer(holder));
    const repositories = new Set(names.map((name) => name.slice(0, name.lastIndexOf(':'))));
    if (repositories.size > 1 && !this.force) {
      throw removalConflict(image.id, 'image is referenced in multiple repositories', 'must be forced');
    }
  }

  /** The image, then each ancestor that nothing refers to any more. */
  async *#delete(image: Image, names: readonly string[]): AsyncGenerator<string> {
    await this.graph.remove(image.id, { names });
    yield `Deleted: ${image.id}`;
    const parent = this.noPrune ? undefined : this.records.get(image.parent);
    if (parent && this.tags.namesOf(parent.id).length === 0 && this.#isFree(parent.id)) yield* this.#delete(parent, []);
  }

  #isFree(id: string): boolean {
    return this.records.holdersOf(id).length === 0 && this.records.childrenOf(id).length === 0;
  }
}
