import { token } from '../../../kernel/contracts/index.js';

/** Something that happened to a container, an image, a volume or a network, in Docker's words. */
export interface EngineEvent {
  /** Grows with each event; never used twice. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly type: 'container' | 'image' | 'volume' | 'network';
  /** `create`, `start`, `die`, `tag`, ... */
  readonly action: string;
  /** The container's, image's or network's id, the volume's name. */
  readonly actor: string;
  /** Details at that time: its name, its image, its labels, an exit code. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The event log: the last 10,000 events, and older ones that are still pending for a subscriber. */
export interface EventLog {
  /** Writes an event; joins the caller's transaction, so that an event is there exactly if the change is. */
  emit(type: EngineEvent['type'], action: string, actor: string, attributes: Readonly<Record<string, string>>): void;
  /** Events after `id`, oldest first, at most `limit`. */
  after(id: number, limit: number): readonly EngineEvent[];
  /** Id of the newest event; 0 where nothing has happened yet. */
  newest(): number;
  /**
   * Calls back soon after events were written, by this process or another. One call may stand for many events.
   * @returns a function that ends it
   */
  onAppended(listener: () => void): () => void;
}

/**
 * Durable subscriptions: an event is pending for a subscriber until it is acknowledged, whichever process wrote it. Of
 * more than about 10,000 for one subscriber, the oldest are dropped.
 */
export interface EventSubscriptions {
  /**
   * From now on each event of these actions is pending for the subscriber until it is acknowledged. An action is a word
   * (`die`) or one of a type (`container create`). Replaces an earlier subscription of that name; what is pending stays.
   */
  subscribe(subscriber: string, actions: readonly string[]): void;
  /** Ends a subscription, and drops what is pending for it. */
  unsubscribe(subscriber: string): void;
  /** Names of those that are subscribed, or for whom something is pending; sorted. */
  subscribers(): readonly string[];
  /** Events after the id `after` that are pending for a subscriber, oldest first, at most `limit`. */
  pending(subscriber: string, after: number, limit: number): readonly EngineEvent[];
  /** How many were dropped since the last call. */
  takeDropped(subscriber: string): number;
  /** The subscriber has handled an event: it is pending no more. */
  acknowledge(subscriber: string, eventId: number): void;
}

/** The engine's events: the log, and durable subscriptions to it. */
export interface Events extends EventLog, EventSubscriptions {}
export const Events = token<Events>('Events');
