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
import { Distribution, Graph, type Image, type ImageReader, type ImageWriter, TagStore } from '../contracts/index.js';
import { HAS_CHILDREN, ImageRecords, matchingName, removalConflict, usedByContainer } from '../records/index.js';

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
    @Distribution private readonly distribution: Pick<Distribution, 'namesOf' | 'untag'>,
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
    const names = this.#namesOf(image.id);
    const leaves = this.#leaving(name, image, names);
    const isLast = leaves.length === names.length;
    if (leaves === names) this.#refuseById(image, names);
    else if (isLast && !this.force) this.#refuseByName(name, image);
    const goes = isLast && this.#isFree(image.id);
    const tags = leaves.filter((leaving) => !isDigestName(leaving));
    for (const leaving of leaves) {
      if (!isDigestName(leaving)) this.tags.delete(leaving);
      // With the image it goes by itself, and is back after an undo.
      else if (!goes) this.distribution.untag(leaving);
      yield `Untagged: ${leaving}`;
    }
    if (goes) yield* this.#delete(image, tags);
  }

  #namesOf(id: string): readonly string[] {
    return [...this.tags.namesOf(id), ...this.distribution.namesOf(id)];
  }

  /** A tag, and with the last one of a repository the digests in it; a digest; or all names of an image that is named by its id. */
  #leaving(name: string, image: Image, names: readonly string[]): readonly string[] {
    const meant = matchingName(names, name, image);
    if (meant === undefined) return names;
    if (isDigestName(meant)) return [meant];
    const others = names.filter((known) => known !== meant && repositoryOf(known) === repositoryOf(meant));
    return [meant, ...(others.every(isDigestName) ? others : [])];
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
    const repositories = new Set(names.map(repositoryOf));
    if (repositories.size > 1 && !this.force) {
      throw removalConflict(image.id, 'image is referenced in multiple repositories', 'must be forced');
    }
  }

  /** The image, then each ancestor that nothing refers to any more. */
  async *#delete(image: Image, names: readonly string[]): AsyncGenerator<string> {
    await this.graph.remove(image.id, { names });
    yield `Deleted: ${image.id}`;
    const parent = this.noPrune ? undefined : this.records.get(image.parent);
    if (parent && this.#namesOf(parent.id).length === 0 && this.#isFree(parent.id)) yield* this.#delete(parent, []);
  }

  #isFree(id: string): boolean {
    return this.records.holdersOf(id).length === 0 && this.records.childrenOf(id).length === 0;
  }
}

function isDigestName(name: string): boolean {
  return name.includes('@');
}

function repositoryOf(name: string): string {
  return isDigestName(name) ? name.slice(0, name.indexOf('@')) : name.slice(0, name.lastIndexOf(':'));
}
