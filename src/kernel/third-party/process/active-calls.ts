import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type CommandContext, GantryError, type Next } from '../../contracts/index.js';
import type { CallScope } from '../../dry-run/index.js';
import type {
  AcceptedStreams,
  Channel,
  NextParams,
  OpenParams,
  RawParams,
  Scope,
  ServiceParams,
} from '../protocol/index.js';

/** A call that a plugin takes part in, as the engine sees it. */
interface ActiveCall {
  /** Undefined: the engine calls for itself, and the plugin's rights alone count. */
  readonly scope: CallScope | undefined;
  readonly context?: CommandContext;
  readonly next?: Next;
}

/** Requests of a plugin's process that belong to no call. */
interface EngineRequests {
  service(params: ServiceParams, scope: CallScope | undefined): Promise<unknown>;
  accepted(): AcceptedStreams;
}

/** The calls that a plugin takes part in now, and the requests of its process in their name. */
export class ActiveCalls {
  readonly #entries = new Map<Scope, ActiveCall>();
  #next = 1;

  async during<T>(entry: ActiveCall, work: (id: Scope) => Promise<T>): Promise<T> {
    const id = this.#next++;
    this.#entries.set(id, entry);
    try {
      return await work(id);
    } finally {
      this.#entries.delete(id);
    }
  }

  handlers(channel: () => Channel, { service, accepted }: EngineRequests) {
    return {
      service: (params: ServiceParams): Promise<unknown> =>
        service(params, params.scope === 0 ? this.#shared() : this.#entry(params.scope).scope),
      next: ({ scope, changes }: NextParams): Promise<number> | undefined => this.#entry(scope).next?.(changes),
      raw: ({ scope, raw }: RawParams): void => this.#entry(scope).context?.terminal.setRaw(raw),
      signals: ({ scope }: { readonly scope: Scope }): void => {
        const send = (name: NodeJS.Signals): void =>
          void channel()
            .call('signal', { scope, name })
            .catch(() => {});
        this.#entry(scope).context?.onSignal(send);
      },
      open: async ({ scope, path }: OpenParams): Promise<number | undefined> => {
        const file = await this.#entry(scope).context?.openFile(path);
        return file && send(file, channel());
      },
      accepted,
    };
  }

  /**
   * The rights of what names no call: those that all calls under way share. While one of them is a dry run, nothing is done.
   * @throws GantryError `denied` where the engine has called nothing
   */
  #shared(): CallScope | undefined {
    if (this.#entries.size === 0) throw new GantryError('denied', 'services are there for calls of the engine alone');
    const limited = [...this.#entries.values()].flatMap(({ scope }) => scope ?? []);
    const [first] = limited;
    return (
      first && {
        effects: first.effects.filter((effect) => limited.every(({ effects }) => effects.includes(effect))),
        recorder: limited.find(({ recorder }) => recorder)?.recorder,
      }
    );
  }

  #entry(scope: Scope): ActiveCall {
    const found = this.#entries.get(scope);
    if (!found) throw new GantryError('unavailable', 'the call is over');
    return found;
  }
}

function send(file: Readable, channel: Channel): number {
  const id = channel.newStream();
  const output = channel.output(id, () => void pipeline(file, output).catch(() => {}));
  output.once('close', () => file.destroy());
  return id;
}
