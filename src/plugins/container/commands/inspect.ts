import {
  Command,
  type CommandContext,
  type CommandHandler,
  type ErrorKind,
  GantryError,
  inspectEach,
  Option,
  unlessKind,
} from '../../../kernel/index.js';
import { describeImage, Graph, ImageRecords, TagStore } from '../../image/index.js';
import { Networks } from '../../network/index.js';
import { Volumes } from '../../volume/index.js';
import { type ContainerFilesystem, type ContainerReader, Runtime } from '../contracts/index.js';
import { describeContainer } from '../inspection/index.js';

/** What is no valid name is not there, either. */
const MISSING: readonly ErrorKind[] = ['not found', 'invalid'];

@Command({
  name: 'inspect',
  summary: 'Return low-level information on containers and images',
  group: 'Commands',
  usage: '[OPTIONS] NAME|ID [NAME|ID...]',
  args: { min: 1, complete: ['container|image'] },
  examples: [
    ['docker inspect web', 'Print all that is known of web, as JSON'],
    ["docker inspect -f '{{.State.Pid}}' web", 'Print one thing of it'],
  ],
  effects: ['read'],
})
export class Inspect implements CommandHandler {
  @Option('-f, --format', "Format output: 'json', or a Go template", { type: 'string' })
  format = '';

  constructor(
    @Runtime private readonly runtime: ContainerFilesystem & ContainerReader,
    @Graph private readonly graph: Graph,
    @ImageRecords private readonly records: ImageRecords,
    @TagStore private readonly tags: TagStore,
    @Volumes private readonly volumes: Volumes,
    @Networks private readonly networks: Networks,
  ) {}

  run(context: CommandContext): Promise<number> {
    return inspectEach(context, this.format, (name) => {
      const described = this.#describe(name);
      if (!described) throw new GantryError('not found', `No such object: ${name}`);
      return described;
    });
  }

  #pathOf(volume: string): string {
    return unlessKind(MISSING, () => this.volumes.get(volume).path) ?? '';
  }

  #describe(name: string): object | undefined {
    const container = unlessKind(MISSING, () => this.runtime.get(name));
    if (container) {
      return describeContainer(container, {
        upper: this.runtime.upperDir(container.id),
        storage: this.graph.storage().driver,
        image: this.graph.get(container.config.imageId).config,
        endpoints: this.networks.endpoints({ holder: container.id }),
        pathOfVolume: (volume) => this.#pathOf(volume),
      });
    }
    const image = unlessKind(MISSING, () => this.graph.get(name));
    if (!image) return undefined;
    const document = this.records.document(image.id);
    return describeImage(image, document, { tags: this.tags.namesOf(image.id), digests: [] }, this.graph.storage());
  }
}
