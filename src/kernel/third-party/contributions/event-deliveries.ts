import type { PluginLoader } from '../loader/index.js';
import type { PluginVersion } from '../process/index.js';

/** An event as it is written down. */
interface StoredEvent {
  readonly id: number;
}

interface Handler {
  readonly subscriber: string;
  readonly action: string;
  readonly name: string;
  readonly version: PluginVersion;
}

/** Where events wait for those who have subscribed. */
export interface EventSource {
  subscribe(subscriber: string, actions: readonly string[]): void;
  unsubscribe(subscriber: string): void;
  subscribers(): readonly string[];
  pending(subscriber: string, after: number, limit: number): readonly StoredEvent[];
  takeDropped(subscriber: string): number;
  acknowledge(subscriber: string, eventId: number): void;
  onAppended(listener: () => void): () => void;
}

const MOST_AT_ONCE = 500;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const PREFIX = 'plugin ';

/** Delivers events to plugins' handlers: each at least once, whichever process dies in between. */
export class Deliveries {
  readonly #queues = new Map<string, Queue>();
  readonly #stopNews: () => void;
  #stopped = false;

  constructor(
    private readonly loader: PluginLoader,
    private readonly events: EventSource,
    private readonly log: (message: string) => void,
  ) {
    this.#stopNews = events.onAppended(() => this.#deliver());
    loader.onChange(() => this.#subscribe());
    this.#subscribe();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopNews();
  }

  /** A handler that no longer exists, because its plugin is gone or has changed, gets no more events. */
  #subscribe(): void {
    const wanted = new Map(this.#handlers().map(({ subscriber, action }) => [subscriber, action]));
    for (const [subscriber, action] of wanted) this.events.subscribe(subscriber, [action]);
    for (const [subscriber, { held }] of this.#queues) {
      if (!wanted.has(subscriber) && held.size === 0) this.#queues.delete(subscriber);
    }
    for (const subscriber of this.events.subscribers()) {
      const isOurs = subscriber.startsWith(PREFIX) && !wanted.has(subscriber);
      if (isOurs && !this.#mayComeBack(subscriber)) this.events.unsubscribe(subscriber);
    }
    this.#deliver();
  }

  /** A plugin that is broken, disabled or not approved keeps what waits for it; so does any, while one's id is not known. */
  #mayComeBack(subscriber: string): boolean {
    const belongsTo = (id: string): boolean => subscriber.startsWith(`${PREFIX}${id} `);
    if (this.loader.active.some(({ version }) => belongsTo(version.id))) return false;
    const away = [...this.loader.slots.values()].filter(({ version }) => !version);
    return away.some(({ manifest }) => !manifest || belongsTo(manifest.id));
  }

  #handlers(): readonly Handler[] {
    return this.loader.active.flatMap(({ version }) =>
      version.manifest.handlers.map(({ name, action }) => {
        return { subscriber: `${PREFIX}${version.id} ${name} ${action}`, action, name, version };
      }),
    );
  }

  #deliver(): void {
    if (this.#stopped) return;
    for (const handler of this.#handlers()) {
      try {
        this.#deliverTo(handler);
      } catch (error) {
        this.log(`${handler.subscriber}: ${String(error)}`);
      }
    }
  }

  #deliverTo(handler: Handler): void {
    const { subscriber } = handler;
    const queue = this.#queues.get(subscriber) ?? new Queue();
    this.#queues.set(subscriber, queue);
    const dropped = this.events.takeDropped(subscriber);
    if (dropped > 0) this.log(`${subscriber}: ${dropped} events were dropped, the oldest of too many that wait`);
    for (let room = queue.room; room > 0; room = queue.room) {
      const events = this.events.pending(subscriber, queue.cursor, room);
      for (const event of events) {
        queue.cursor = event.id;
        if (!queue.held.has(event.id)) void this.#give(handler, queue, event);
      }
      if (events.length < room) return;
    }
  }

  async #give({ subscriber, name, version }: Handler, queue: Queue, event: StoredEvent): Promise<void> {
    queue.held.add(event.id);
    queue.busy++;
    let failure: unknown;
    try {
      await version.handle(name, [event], 'any');
      if (!this.#stopped) this.events.acknowledge(subscriber, event.id);
    } catch (error) {
      failure = error ?? 'it gave no reason';
    }
    queue.busy--;
    if (this.#stopped) return;
    if (failure === undefined) queue.forget(event.id);
    else this.#giveLater(subscriber, queue, event.id, failure);
    this.#deliver();
  }

  /** Those that came after it are not held up by it. */
  #giveLater(subscriber: string, queue: Queue, id: number, reason: unknown): void {
    const failures = queue.failures.get(id) ?? 0;
    queue.failures.set(id, failures + 1);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    const words = reason instanceof Error ? reason.message : String(reason);
    if (failures === 0) this.log(`${subscriber}, event ${id}: ${words}; again in ${pause / 1000} s`);
    setTimeout(() => this.#giveAgain(subscriber, queue, id), pause).unref();
  }

  #giveAgain(subscriber: string, queue: Queue, id: number): void {
    if (this.#stopped) return;
    const handler = this.#handlers().find((one) => one.subscriber === subscriber);
    const [event] = this.events.pending(subscriber, id - 1, 1);
    if (handler && event?.id === id && queue.room > 0) void this.#give(handler, queue, event);
    else if (event?.id !== id) queue.forget(id);
    else if (handler) setTimeout(() => this.#giveAgain(subscriber, queue, id), FIRST_PAUSE_MS).unref();
    else queue.putBack(id);
  }
}

/** The events of one handler. */
class Queue {
  /** Those up to here were given, or are held. */
  cursor = 0;
  /** How many are being handled. */
  busy = 0;
  /** Those that are being handled, and those that wait to be given again. */
  readonly held = new Set<number>();
  /** How often each was tried in vain. */
  readonly failures = new Map<number, number>();

  get room(): number {
    return MOST_AT_ONCE - this.busy;
  }

  forget(id: number): void {
    this.held.delete(id);
    this.failures.delete(id);
  }

  /** Its handler has gone: it is given when that is back. */
  putBack(id: number): void {
    this.forget(id);
    this.cursor = Math.min(this.cursor, id - 1);
  }
}
