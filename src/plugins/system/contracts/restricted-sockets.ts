import { type Effect, token } from '../../../kernel/index.js';

/** A unix socket over which only commands with certain effects can be called. */
export interface RestrictedSocket {
  /** Absolute, at most 106 bytes. */
  readonly path: string;
  /** Effects that commands over this socket may have. `read` always is among them. */
  readonly allow: readonly Effect[];
  /** Permissions of the socket file; its group is `docker` where that exists. */
  readonly mode: number;
}

/** The restricted sockets of this engine. The next daemon opens them again, until they are removed. */
export interface RestrictedSockets {
  /** By path. */
  list(): readonly RestrictedSocket[];
  /** Whether this process listens on it now. */
  isOpen(path: string): boolean;
  /** @throws GantryError `conflict`: something is there; `not found`: no such folder; `invalid`: too long; `unavailable` */
  create(socket: RestrictedSocket): Promise<void>;
  /** Ends calls in progress over it, and deletes the file. @throws GantryError `not found` */
  remove(path: string): Promise<void>;
}
export const RestrictedSockets = token<RestrictedSockets>('RestrictedSockets');

/**
 * Listens on restricted sockets. The process provides it, since plugins know no transport; only a daemon's has an
 * effect.
 */
export interface RestrictedListeners {
  /** @throws GantryError `conflict`, `unavailable` */
  open(socket: RestrictedSocket): Promise<void>;
  close(path: string): Promise<void>;
}
export const RestrictedListeners = token<RestrictedListeners>('RestrictedListeners');
