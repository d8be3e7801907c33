import type { Effect } from '../../../kernel/command.js';
import { token } from '../../../kernel/token.js';

/** A unix socket whose callers may do less than the daemon's own. */
export interface RestrictedSocket {
  /** Absolute, at most 106 bytes. */
  readonly path: string;
  /** What commands may do that are called over it. `read` always is among them. */
  readonly allow: readonly Effect[];
  /** Of the socket file; its group is `docker` where there is one. */
  readonly mode: number;
}

/** The limited sockets of this engine. They come back with the next daemon until they are removed. */
export interface RestrictedSockets {
  /** By path. */
  list(): readonly RestrictedSocket[];
  /** Whether this process listens on it now. */
  isOpen(path: string): boolean;
  /** @throws GantryError `conflict`: something is there; `not found`: no such folder; `invalid`: too long; `unavailable` */
  create(socket: RestrictedSocket): Promise<void>;
  /** Ends calls under way over it, and takes the file away. @throws GantryError `not found` */
  remove(path: string): Promise<void>;
}
export const RestrictedSockets = token<RestrictedSockets>('RestrictedSockets');

/** Listens for limited callers. Given by the process, since plugins know no transport; only a daemon's does anything. */
export interface RestrictedListeners {
  /** @throws GantryError `conflict`, `unavailable` */
  open(socket: RestrictedSocket): Promise<void>;
  close(path: string): Promise<void>;
}
export const RestrictedListeners = token<RestrictedListeners>('RestrictedListeners');
