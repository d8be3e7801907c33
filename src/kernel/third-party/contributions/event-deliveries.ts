import type { PluginLoader } from '../loader/index.js';
import type { PluginVersion } from '../process/index.js';

/** An event as it is written down. */
interface StoredEvent {
  readonly id: number;
}

/** Where events wait for those who have subscribed. */
export interface EventSource {
  subscribe(subscriber: string, actions: readonly string[]): void;
  unsubscribe(subscriber: string): void;
  subscribers(): readonly string[];
  pending(subscriber: string, limit: number): readonly StoredEvent[];
  acknowledge(subscriber: string, eventId: number): void;
  onAppended(listener: () => void): () => void;
}

const MOST_AT_ONCE = 500;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const PREFIX = 'plugin ';

/** Delivers events to plugins' handlers: each at least once, whichever process dies in between. */
export class Deliveries {
  readonly #underWay = new Set<string>();
  /** How often each was tried in vain. */
  readonly #failures = new Map<string, number>();
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

  #handlers(): readonly {
    readonly subscriber: string;
    readonly action: string;
    readonly name: string;
    readonly version: PluginVersion;
  }[] {
    return this.loader.active.flatMap(({ version }) =>
      version.manifest.handlers.map(({ name, action }) => {
        return { subscriber: `${PREFIX}${version.id} ${name} ${action}`, action, name, version };
      }),
    );
  }

  #deliver(): void {
    if (this.#stopped) return;
    for (const { subscriber, name, version } of this.#handlers()) {
      for (const event of this.events.pending(subscriber, MOST_AT_ONCE)) {
        const key = `${subscriber} ${event.id}`;
        if (this.#underWay.has(key)) continue;
        this.#underWay.add(key);
        void this.#give(subscriber, key, name, version, event);
      }
    }
  }

  async #give(
    subscriber: string,
    key: string,
    name: string,
    version: PluginVersion,
    event: StoredEvent,
  ): Promise<void> {
    try {
      await version.deliver(name, event);
      if (this.#stopped) return;
      this.events.acknowledge(subscriber, event.id);
      this.#failures.delete(key);
      this.#underWay.delete(key);
    } catch (error) {
      const failures = this.#failures.get(key) ?? 0;
      this.#failures.set(key, failures + 1);
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      this.log(
        `${subscriber}, event ${event.id}: ${error instanceof Error ? error.message : error}; again in ${pause / 1000} s`,
      );
      setTimeout(() => {
        this.#underWay.delete(key);
        this.#deliver();
      }, pause).unref();
    }
  }
}
