import { EVENTS_KEY } from '../../contracts/index.js';
import { methodDecorator, methodMetadata, type OfMethod } from './method-metadata.js';

/** Something that happened in the engine. */
export interface PluginEvent<Attributes = Readonly<Record<string, string>>> {
  /** Grows with each event. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** `container`, `image`, `volume`. */
  readonly type: string;
  readonly action: string;
  /** Id of the container or image, name of the volume. */
  readonly actor: string;
  readonly attributes: Attributes;
}

/**
 * A method that is called for each event of an action, `start`, `die`. Durably: an event waits until a call has
 * returned, also while the daemon is down or the plugin broken. So it comes at least once, and again after a crash.
 * A call may take as long as it likes; calls for several events run side by side. One that throws is tried again later.
 */
export function On(action: string) {
  type Handler = (event: PluginEvent) => Promise<void> | void;
  return methodDecorator<Handler, { readonly action: string }>('On', EVENTS_KEY, { action });
}

/** @internal */
export function eventsOf(target: object): readonly OfMethod<{ readonly action: string }>[] {
  return methodMetadata(EVENTS_KEY, target);
}
