import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  inspectEach,
  isKind,
  Option,
  write,
} from '../../../kernel/index.js';
import { Distribution, describeImage, Graph, ImageRecords, TagStore } from '../../image/index.js';
import { describeNetwork, listedNetwork, Networks } from '../../network/index.js';
import { describeVolume, Volumes } from '../../volume/index.js';
import { type ContainerFilesystem, type ContainerReader, Runtime } from '../contracts/index.js';
import { inspectContainer } from '../inspection/index.js';

/** What a name may stand for, in the order in which it is looked for. */
const TYPES = ['container', 'image', 'network', 'volume'] as const;
type Type = (typeof TYPES)[number];

@Command({
  name: 'inspect',
  summary: 'Return low-level information on containers, images, networks and volumes',
  group: 'Commands',
  usage: '[OPTIONS] NAME|ID [NAME|ID...]',
  args: { min: 1, complete: ['container|image|network|volume'] },
  examples: [
    ['docker inspect web', 'Print all that is known of web, as JSON'],
    ["docker inspect -f '{{.State.Pid}}' web", 'Print one thing of it'],
    ['docker inspect --type volume data', 'Print what is known of the volume data, whatever else has that name'],
  ],
  effects: ['read'],
})
export class Inspect implements CommandHandler {
  @Option('-f, --format', "Format output: 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('-s, --size', 'Display total file sizes if the type is container')
  size = false;

  @Option('--type', 'Only inspect objects of the given type', { type: 'string', complete: TYPES })
  type = '';

  constructor(
    @Runtime private readonly runtime: ContainerFilesystem & ContainerReader,
    @Graph private readonly graph: Graph,
    @ImageRecords private readonly records: ImageRecords,
    @TagStore private readonly tags: TagStore,
    @Distribution private readonly distribution: Distribution,
    @Volumes private readonly volumes: Volumes,
    @Networks private readonly networks: Networks,
  ) {}

  async run(context: CommandContext): Promise<number> {
    const type = typeOf(this.type);
    if (this.size && type !== undefined && type !== 'container') {
      await write(context.stderr, `WARNING: --size ignored for ${type}s\n`);
    }
    return inspectEach(context, this.format, (name) => (type ? this.#describe[type](name) : this.#any(name)));
  }

  get #sources() {
    const { runtime, graph, volumes, networks } = this;
    return { runtime, graph, volumes, networks };
  }

  async #any(name: string): Promise<object> {
    for (const type of TYPES) {
      try {
        return await this.#describe[type](name);
      } catch (error) {
        // What is no valid name is not there, either.
        if (!isKind(error, 'not found') && !isKind(error, 'invalid')) throw error;
      }
    }
    throw new GantryError('not found', `No such object: ${name}`);
  }

  readonly #describe: Readonly<Record<Type, (name: string) => object | Promise<object>>> = {
    container: (name) => inspectContainer(name, this.#sources, { size: this.size }),
    image: (name) => {
      const image = this.graph.get(name);
      const document = this.records.document(image.id);
      const names = { tags: this.tags.namesOf(image.id), digests: this.distribution.namesOf(image.id) };
      return describeImage(image, document, names, this.graph.storage());
    },
    network: (name) => {
      const network = listedNetwork(this.networks, name);
      return describeNetwork(network, network.network ? this.networks.endpoints({ network: network.id }) : []);
    },
    volume: (name) => describeVolume(this.volumes.get(name), this.volumes.holdersOf(name)),
  };
}

/** @throws GantryError `usage`, in Docker's words */
function typeOf(text: string): Type | undefined {
  const type = TYPES.find((known) => known === text);
  if (type || text === '') return type;
  throw new GantryError('usage', `${JSON.stringify(text)} is not a valid value for --type`, {
    hint: `Give one of ${TYPES.join(', ')}`,
  });
}
