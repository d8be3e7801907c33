import type { Database, EngineEvent, EventSubscriptions } from '../contracts/index.js';
import { toEvent } from './event-row.js';

/** A trigger makes the deliveries, so that events of a process that knows no subscriber are delivered as well. */
export const SUBSCRIPTIONS_SCHEMA = `
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

/** Events that were dropped, and that the subscriber was not told of. */
export const DROPPED_SCHEMA = `
CREATE TABLE event_drops (subscriber TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** How many may be pending for a subscriber. */
const MOST_PENDING = 10_000;

const QUERIES = {
  subscribe: 'INSERT INTO event_subscribers VALUES (?, ?) ON CONFLICT DO NOTHING',
  unsubscribe: 'DELETE FROM event_subscribers WHERE subscriber = ?',
  dropPending: 'DELETE FROM event_deliveries WHERE subscriber = ?',
  subscribers: `SELECT subscriber FROM event_subscribers UNION SELECT subscriber FROM event_deliveries ORDER BY subscriber`,
  pending: `SELECT e.* FROM event_deliveries d JOIN events e ON e.id = d.event_id
    WHERE d.subscriber = ? AND d.event_id > ? ORDER BY d.event_id LIMIT ?`,
  crowded: `SELECT subscriber, count(*) AS count FROM event_deliveries GROUP BY subscriber HAVING count > ${MOST_PENDING}`,
  drop: `DELETE FROM event_deliveries WHERE subscriber = ?1 AND event_id IN
    (SELECT event_id FROM event_deliveries WHERE subscriber = ?1 ORDER BY event_id LIMIT ?2)`,
  countDrops: `INSERT INTO event_drops VALUES (?, ?)
    ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  drops: 'SELECT count FROM event_drops WHERE subscriber = ?',
  forgetDrops: 'DELETE FROM event_drops WHERE subscriber = ?',
  acknowledge: 'DELETE FROM event_deliveries WHERE subscriber = ? AND event_id = ?',
} as const;

/**
 * Durable subscriptions, in place of a cursor for each subscriber: one row for each event and subscriber, from the
 * event's own insertion until it is acknowledged.
 */
export class SqlEventSubscriptions implements EventSubscriptions {
  constructor(private readonly database: Database) {}

  subscribe(subscriber: string, actions: readonly string[]): void {
    this.database.transaction(() => {
      this.database.prepare(QUERIES.unsubscribe).run(subscriber);
      for (const action of actions) this.database.prepare(QUERIES.subscribe).run(action, subscriber);
    });
  }

  unsubscribe(subscriber: string): void {
    this.database.transaction(() => {
      this.database.prepare(QUERIES.unsubscribe).run(subscriber);
      this.database.prepare(QUERIES.dropPending).run(subscriber);
      this.database.prepare(QUERIES.forgetDrops).run(subscriber);
    });
  }

  subscribers(): readonly string[] {
    const rows = this.database.prepare(QUERIES.subscribers).all();
    return rows.map((row) => String(row['subscriber']));
  }

  pending(subscriber: string, after: number, limit: number): readonly EngineEvent[] {
    return this.database.prepare(QUERIES.pending).all(subscriber, after, limit).map(toEvent);
  }

  takeDropped(subscriber: string): number {
    const dropped = this.database.prepare(QUERIES.drops).get(subscriber)?.['count'];
    if (dropped === undefined) return 0;
    this.database.prepare(QUERIES.forgetDrops).run(subscriber);
    return Number(dropped);
  }

  /** Drops the oldest events of those who take none. */
  dropExcess(): void {
    for (const { subscriber, count } of this.database.prepare(QUERIES.crowded).all()) {
      const excess = Number(count) - MOST_PENDING;
      this.database.prepare(QUERIES.drop).run(String(subscriber), excess);
      this.database.prepare(QUERIES.countDrops).run(String(subscriber), excess);
    }
  }

  acknowledge(subscriber: string, eventId: number): void {
    this.database.prepare(QUERIES.acknowledge).run(subscriber, eventId);
  }
}
