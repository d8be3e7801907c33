import type { Service } from '../../../kernel/index.js';
import { Database, type EngineEvent, type Events, Log } from '../contracts/index.js';
import { toEvent } from './event-row.js';
import { DROPPED_SCHEMA, SqlEventSubscriptions, SUBSCRIPTIONS_SCHEMA } from './subscriptions.js';

const SCHEMA = `
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  type TEXT NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  attributes TEXT NOT NULL
) STRICT;
`;

const KEPT = 10_000;
/** Old events are deleted once in so many new ones. */
const SWEEP_EVERY = 256;
/** How often a process with listeners checks for events of other processes. */
const POLL_MS = 200;

const QUERIES = {
  emit: 'INSERT INTO events (time, type, action, actor, attributes) VALUES (?, ?, ?, ?, ?)',
  sweep: 'DELETE FROM events WHERE id <= ? AND id NOT IN (SELECT event_id FROM event_deliveries)',
  after: 'SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?',
  newest: "SELECT seq FROM sqlite_sequence WHERE name = 'events'",
  version: 'PRAGMA data_version',
} as const;

/** Events in the database, shared by all processes of the engine. */
export class SqlEvents implements Events, Service {
  readonly #listeners = new Set<() => void>();
  readonly #subscriptions: SqlEventSubscriptions;
  #poll: NodeJS.Timeout | undefined;
  #seen = 0;
  #isNotifyQueued = false;

  constructor(
    @Database private readonly database: Database,
    @Log private readonly log: Log,
  ) {
    this.#subscriptions = new SqlEventSubscriptions(database);
  }

  async onStart(): Promise<void> {
    this.database.migrate('events', [SCHEMA + SUBSCRIPTIONS_SCHEMA, DROPPED_SCHEMA]);
  }

  async onStop(): Promise<void> {
    this.#listeners.clear();
    clearInterval(this.#poll);
  }

  emit(type: EngineEvent['type'], action: string, actor: string, attributes: EngineEvent['attributes']): void {
    const { lastInsertRowid } = this.database
      .prepare(QUERIES.emit)
      .run(Date.now(), type, action, actor, JSON.stringify(attributes));
    const id = Number(lastInsertRowid);
    if (id % SWEEP_EVERY === 0) this.#sweep(id);
    if (this.#listeners.size > 0) this.#notifySoon();
  }

  #sweep(newest: number): void {
    this.database.transaction(() => {
      this.#subscriptions.dropExcess();
      this.database.prepare(QUERIES.sweep).run(newest - KEPT);
    });
  }

  after(id: number, limit: number): readonly EngineEvent[] {
    return this.database.prepare(QUERIES.after).all(id, limit).map(toEvent);
  }

  newest(): number {
    return Number(this.database.prepare(QUERIES.newest).get()?.['seq'] ?? 0);
  }

  onAppended(listener: () => void): () => void {
    // A wrapper for each caller: a set holds a function once, and two callers may pass the same one.
    const own = (): void => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#startPolling();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) clearInterval(this.#poll);
    };
  }

  subscribe(subscriber: string, actions: readonly string[]): void {
    this.#subscriptions.subscribe(subscriber, actions);
  }

  unsubscribe(subscriber: string): void {
    this.#subscriptions.unsubscribe(subscriber);
  }

  subscribers(): readonly string[] {
    return this.#subscriptions.subscribers();
  }

  pending(subscriber: string, after: number, limit: number): readonly EngineEvent[] {
    return this.#subscriptions.pending(subscriber, after, limit);
  }

  takeDropped(subscriber: string): number {
    return this.#subscriptions.takeDropped(subscriber);
  }

  acknowledge(subscriber: string, eventId: number): void {
    this.#subscriptions.acknowledge(subscriber, eventId);
  }

  /** Notifies in the next turn: transactions are synchronous, so this one is over by then. */
  #notifySoon(): void {
    if (this.#isNotifyQueued) return;
    this.#isNotifyQueued = true;
    queueMicrotask(() => {
      this.#isNotifyQueued = false;
      this.#notifyIfNew();
    });
  }

  /** SQLite's data version changes when another process writes anything. */
  #startPolling(): void {
    const version = (): unknown => this.database.prepare(QUERIES.version).get()?.['data_version'];
    let seen = version();
    this.#seen = this.newest();
    this.#poll = setInterval(() => {
      const now = version();
      if (now === seen) return;
      seen = now;
      this.#notifyIfNew();
    }, POLL_MS);
  }

  #notifyIfNew(): void {
    const newest = this.newest();
    if (newest === this.#seen) return;
    this.#seen = newest;
    for (const listener of [...this.#listeners]) this.#call(listener);
  }

  /** One that fails is not the others' business, and not that of whoever emitted the event. */
  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.log.warn(`a listener for events: ${String(error)}`);
    }
  }
}
