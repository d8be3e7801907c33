import type { Socket } from 'node:net';
import { peerUid } from '../../host/index.js';
import { descriptorOf, openFilesLimit } from './descriptors.js';

/** Connections to all limited sockets. */
const MOST = 256;

/**
 * How many connections may be open to limited sockets: to all of them, to one, and of one user to one. Whoever may only look must not
 * keep others out, and never the callers of the daemon's own socket: three quarters of the descriptors are for those.
 */
export class CallerLimits {
  readonly #most = Math.min(MOST, Math.floor(openFilesLimit() / 4));
  /** By socket, and by socket and user. */
  readonly #open = new Map<string, number>();
  #all = 0;

  /**
   * Counts a connection until it is closed.
   * @param path of the limited socket
   * @returns false where it is one too many
   */
  admit(path: string, socket: Socket): boolean {
    const descriptor = descriptorOf(socket);
    if (descriptor === undefined) return false;
    const ofUser = `${path} ${peerUid(descriptor)}`;
    const isTooMany =
      this.#all >= this.#most || this.#count(path) >= this.#most / 2 || this.#count(ofUser) >= this.#most / 4;
    if (isTooMany) return false;
    this.#add(path, ofUser, 1);
    socket.once('close', () => this.#add(path, ofUser, -1));
    return true;
  }

  #count(key: string): number {
    return this.#open.get(key) ?? 0;
  }

  #add(path: string, ofUser: string, change: 1 | -1): void {
    this.#all += change;
    for (const key of [path, ofUser]) {
      const count = this.#count(key) + change;
      if (count === 0) this.#open.delete(key);
      else this.#open.set(key, count);
    }
  }
}
