import { checkArgument, checkOptions, GantryError } from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import { Events } from '../../system/index.js';
import { asInvalid, checkCreateOptions, configFromRequest } from '../config/index.js';
import { type ContainerSummary, type Containers, type CreateOptions, NEVER_RUN, Runtime } from '../contracts/index.js';
import { TailBuffer } from '../logs/index.js';
import { killAndWait, restartContainer } from '../operations/index.js';
import { parseSignal, parseStopTimeout } from '../parsers/index.js';
import { nameInUse, newContainerId, randomName } from '../records/index.js';
import { summaryOf } from '../views/index.js';

const DEFAULT_LOG_BYTES = 1 << 20;
const MAX_LOG_BYTES = 16 << 20;

/** The methods of the runtime that plugins can call. */
export type PlainRuntime = Pick<
  Runtime,
  'checkNetwork' | 'create' | 'get' | 'list' | 'logs' | 'wait' | 'start' | 'stop' | 'kill' | 'remove'
>;

/** The API of containers for plugins, over any runtime. */
export class ContainersApi implements Containers {
  constructor(
    private readonly runtime: PlainRuntime,
    private readonly images: Pick<Graph, 'get'>,
    private readonly events: Pick<Events, 'emit'>,
  ) {}

  async list(options: { readonly all?: boolean } = {}): Promise<readonly ContainerSummary[]> {
    checkOptions('options', options, { all: 'boolean' });
    const containers = this.runtime.list();
    return (options.all ? containers : containers.filter(({ status }) => status === 'running')).map(summaryOf);
  }

  async get(reference: string): Promise<ContainerSummary> {
    checkArgument('reference', reference, 'string');
    return summaryOf(this.runtime.get(reference));
  }

  async logs(reference: string, options: { readonly tail?: number; readonly limit?: number } = {}): Promise<string> {
    const { id } = await this.get(reference);
    checkOptions('options', options, { tail: 'number', limit: 'number' });
    const { tail, limit = DEFAULT_LOG_BYTES } = options;
    if (tail !== undefined && tail < 0) throw new GantryError('invalid', "'options.tail' must not be negative");
    if (limit < 1 || limit > MAX_LOG_BYTES) {
      throw new GantryError('invalid', `'options.limit' must be 1 to ${MAX_LOG_BYTES} bytes`);
    }
    const kept = new TailBuffer(limit);
    await this.runtime.logs(id, (_stream, chunk) => void kept.add(chunk), { follow: false });
    return kept.text(tail);
  }

  async wait(reference: string): Promise<number> {
    const { id } = await this.get(reference);
    return this.runtime.wait(id);
  }

  async create(options: CreateOptions): Promise<ContainerSummary> {
    checkCreateOptions(options);
    const config = await configFromRequest(options, this.images.get(options.image));
    return summaryOf(await this.runtime.create(config, options.name));
  }

  /**
   * The container that `create` would make, without its id, and without its name where none is given.
   * @throws like `create`
   */
  async preview(options: CreateOptions): Promise<ContainerSummary> {
    checkCreateOptions(options);
    const config = await configFromRequest(options, this.images.get(options.image));
    this.runtime.checkNetwork(config.network);
    const { name = randomName(0) } = options;
    const owner = this.runtime.list().find((other) => other.name === name);
    if (owner) throw nameInUse(name, owner.id);
    return summaryOf({
      ...NEVER_RUN,
      ...{ id: newContainerId(), name, created: new Date(), config },
    });
  }

  async start(reference: string): Promise<void> {
    const { id } = await this.get(reference);
    await this.runtime.start(id);
  }

  async restart(reference: string, seconds?: number): Promise<void> {
    const { id } = await this.get(reference);
    await restartContainer(
      this.runtime,
      this.events,
      id,
      seconds === undefined ? undefined : checkStopTimeout(seconds),
    );
  }

  async stop(reference: string, seconds?: number): Promise<void> {
    const { id } = await this.get(reference);
    await this.runtime.stop(id, seconds === undefined ? undefined : checkStopTimeout(seconds));
  }

  async kill(reference: string, signal = 'KILL'): Promise<void> {
    await this.get(reference);
    await killAndWait(this.runtime, reference, checkSignal(signal));
  }

  async remove(
    reference: string,
    options: { readonly force?: boolean; readonly volumes?: boolean } = {},
  ): Promise<void> {
    const { id } = await this.get(reference);
    checkOptions('options', options, { force: 'boolean', volumes: 'boolean' });
    const { force = false, volumes = false } = options;
    await this.runtime.remove(id, { force, volumes });
  }
}

/** The API on the engine's own containers. */
export class ContainersService extends ContainersApi {
  constructor(@Runtime runtime: Runtime, @Graph graph: Graph, @Events events: Events) {
    super(runtime, graph, events);
  }
}

/** @throws GantryError `invalid` */
export function checkStopTimeout(value: number): number {
  checkArgument('seconds', value, 'number');
  return orInvalid(() => parseStopTimeout(value));
}

/** @throws GantryError `invalid` */
export function checkSignal(value: string): NodeJS.Signals | number {
  checkArgument('signal', value, 'string');
  return orInvalid(() => parseSignal(value));
}

function orInvalid<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof GantryError ? asInvalid(error) : error;
  }
}
