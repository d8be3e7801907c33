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

const QUERIES = {
  subscribe: 'INSERT INTO event_subscribers VALUES (?, ?) ON CONFLICT DO NOTHING',
  unsubscribe: 'DELETE FROM event_subscribers WHERE subscriber = ?',
  dropPending: 'DELETE FROM event_deliveries WHERE subscriber = ?',
  subscribers: `SELECT subscriber FROM event_subscribers UNION SELECT subscriber FROM event_deliveries ORDER BY subscriber`,
  pending: `SELECT e.* FROM event_deliveries d JOIN events e ON e.id = d.event_id
    WHERE d.subscriber = ? ORDER BY d.event_id LIMIT ?`,
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
    });
  }

  subscribers(): readonly string[] {
    const rows = this.database.prepare(QUERIES.subscribers).all();
    return rows.map((row) => String(row['subscriber']));
  }

  pending(subscriber: string, limit: number): readonly EngineEvent[] {
    return this.database.prepare(QUERIES.pending).all(subscriber, limit).map(toEvent);
  }

  acknowledge(subscriber: string, eventId: number): void {
    this.database.prepare(QUERIES.acknowledge).run(subscriber, eventId);
  }
}
