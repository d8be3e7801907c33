import type { Socket } from 'node:net';
import { hungUp } from '../../host/index.js';
import { descriptorOf } from './descriptors.js';

const INTERVAL_MS = 500;
/** A command may be busy with what its client sent last. */
const LOOKS_WITHOUT_READING = 4;

interface Watched {
  bytesRead: number;
  /** How many times it was seen that the client has gone, and that the command reads nothing of what it left. */
  looks: number;
}

/**
 * Connections whose client may send all that it wants to send, and then wait. Node stops looking at those, and would only notice by a
 * write that the client has gone: a call that has nothing to say would be under way for ever.
 */
export class HangUps {
  readonly #watched = new Map<Socket, Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** Destroys the connection once its other end has gone, and all that it sent is read, or will not be. */
  watch(socket: Socket): void {
    if (socket.destroyed) return;
    this.#watched.set(socket, { bytesRead: 0, looks: 0 });
    socket.once('close', () => this.#forget(socket));
    this.#timer ??= setInterval(() => this.#look(), INTERVAL_MS).unref();
  }

  #look(): void {
    const byDescriptor = new Map([...this.#watched.keys()].map((socket) => [descriptorOf(socket), socket] as const));
    const descriptors = [...byDescriptor.keys()].filter((fd) => fd !== undefined);
    for (const fd of hungUp(descriptors)) {
      const socket = byDescriptor.get(fd);
      const watched = socket && this.#watched.get(socket);
      if (!watched) continue;
      watched.looks = socket.bytesRead === watched.bytesRead ? watched.looks + 1 : 0;
      watched.bytesRead = socket.bytesRead;
      if (socket.readableEnded || watched.looks >= LOOKS_WITHOUT_READING) socket.destroy();
    }
  }

  #forget(socket: Socket): void {
    this.#watched.delete(socket);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
