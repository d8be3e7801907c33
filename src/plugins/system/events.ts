import type { StatementSync } from 'node:sqlite';
import type { Service } from '../../kernel/index.js';
import { Database, type EngineEvent, type Events } from './contracts.js';
import { parseJsonColumn } from './row-text.js';

/** A delivery is the trigger's work: a process that knows of no subscriber feeds them as well. */
const SCHEMA = `
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  type TEXT NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  attributes TEXT NOT NULL
) STRICT;
CREATE TABLE event_subscribers (
  action TEXT NOT NULL,
  subscriber TEXT NOT NULL,
  PRIMARY KEY (action, subscriber)
) STRICT, WITHOUT ROWID;
CREATE TABLE event_deliveries (
  subscriber TEXT NOT NULL,
  event_id INTEGER NOT NULL REFERENCES events (id),
  PRIMARY KEY (subscriber, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_deliveries_by_event ON event_deliveries (event_id);
CREATE TRIGGER events_deliver AFTER INSERT ON events BEGIN
  INSERT INTO event_deliveries
    SELECT DISTINCT subscriber, NEW.id FROM event_subscribers
    WHERE action IN (NEW.action, NEW.type || ' ' || NEW.action);
END;
`;

const KEPT = 10_000;
/** Old events are deleted once in so many new ones. */
const SWEEP_EVERY = 256;
/** How often a process with listeners looks for what others wrote. */
const POLL_MS = 200;

const QUERIES = {
  emit: 'INSERT INTO events (time, type, action, actor, attributes) VALUES (?, ?, ?, ?, ?)',
  sweep: 'DELETE FROM events WHERE id <= ? AND id NOT IN (SELECT event_id FROM event_deliveries)',
  after: 'SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?',
  newest: "SELECT seq FROM sqlite_sequence WHERE name = 'events'",
  version: 'PRAGMA data_version',
  subscribe: 'INSERT INTO event_subscribers VALUES (?, ?) ON CONFLICT DO NOTHING',
  unsubscribe: 'DELETE FROM event_subscribers WHERE subscriber = ?',
  forget: 'DELETE FROM event_deliveries WHERE subscriber = ?',
  subscribers: `SELECT subscriber FROM event_subscribers UNION SELECT subscriber FROM event_deliveries ORDER BY subscriber`,
  waiting: `SELECT e.* FROM event_deliveries d JOIN events e ON e.id = d.event_id
    WHERE d.subscriber = ? ORDER BY d.event_id LIMIT ?`,
  done: 'DELETE FROM event_deliveries WHERE subscriber = ? AND event_id = ?',
} as const;

/** Events in the database, shared by all processes of the engine. */
export class SqlEventLog implements Events, Service {
  readonly #statements = new Map<string, StatementSync>();
  readonly #listeners = new Set<() => void>();
  #poll: NodeJS.Timeout | undefined;
  #seen = 0;
  #isNotifyQueued = false;

  constructor(@Database private readonly database: Database) {}

  async onStart(): Promise<void> {
    this.database.migrate('events', [SCHEMA]);
  }

  async onStop(): Promise<void> {
    this.#listeners.clear();
    clearInterval(this.#poll);
  }

  emit(type: EngineEvent['type'], action: string, actor: string, attributes: EngineEvent['attributes']): void {
    const { lastInsertRowid } = this.#query('emit').run(Date.now(), type, action, actor, JSON.stringify(attributes));
    const id = Number(lastInsertRowid);
    if (id % SWEEP_EVERY === 0) this.#query('sweep').run(id - KEPT);
    if (this.#listeners.size > 0) this.#notifySoon();
  }

  after(id: number, limit: number): readonly EngineEvent[] {
    return this.#query('after').all(id, limit).map(fromRow);
  }

  newest(): number {
    return Number(this.#query('newest').get()?.['seq'] ?? 0);
  }

  onAppended(listener: () => void): () => void {
    // A set has a function once, and two may give the same one.
    const own = (): void => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#startPolling();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) clearInterval(this.#poll);
    };
  }

  subscribe(subscriber: string, actions: readonly string[]): void {
    this.database.transaction(() => {
      this.#query('unsubscribe').run(subscriber);
      for (const action of actions) this.#query('subscribe').run(action, subscriber);
    });
  }

  unsubscribe(subscriber: string): void {
    this.database.transaction(() => {
      this.#query('unsubscribe').run(subscriber);
      this.#query('forget').run(subscriber);
    });
  }

  subscribers(): readonly string[] {
    const rows = this.#query('subscribers').all();
    return rows.map((row) => String(row['subscriber']));
  }

  pending(subscriber: string, limit: number): readonly EngineEvent[] {
    return this.#query('waiting').all(subscriber, limit).map(fromRow);
  }

  acknowledge(subscriber: string, eventId: number): void {
    this.#query('done').run(subscriber, eventId);
  }

  /** Transactions are synchronous: by the next turn this one is over. */
  #notifySoon(): void {
    if (this.#isNotifyQueued) return;
    this.#isNotifyQueued = true;
    queueMicrotask(() => {
      this.#isNotifyQueued = false;
      this.#notifyIfNew();
    });
  }

  /** SQLite's data version says that another process wrote something, whatever it was. */
  #startPolling(): void {
    const version = (): unknown => this.#query('version').get()?.['data_version'];
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
    for (const listener of this.#listeners) listener();
  }

  #query(name: keyof typeof QUERIES): StatementSync {
    const prepared = this.#statements.get(name) ?? this.database.sql.prepare(QUERIES[name]);
    this.#statements.set(name, prepared);
    return prepared;
  }
}

function fromRow(row: Record<string, unknown>): EngineEvent {
  return {
    id: Number(row['id']),
    time: Number(row['time']),
    type: String(row['type']) as EngineEvent['type'],
    action: String(row['action']),
    actor: String(row['actor']),
    attributes: parseJsonColumn<Record<string, string>>(row['attributes'], {}),
  };
}
