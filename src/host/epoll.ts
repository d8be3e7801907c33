import { closeSync, writeSync } from 'node:fs';
import { arch } from 'node:os';
import { promisify } from 'node:util';
import { check, libc } from './libc.js';

const CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 0x1;
/** The kernel packs `struct epoll_event` on x86-64 alone. */
const DATA_AT = arch() === 'x64' ? 4 : 8;
const EVENT_BYTES = DATA_AT + 8;
const MOST_EVENTS = 256;

/**
 * Notifies when descriptors can be read, and reads nothing itself: Node's own streams consume the bytes at once. One
 * thread of libuv's pool waits in `epoll_wait` for all descriptors, while there are any.
 */
export class Epoll {
  #wait: EpollThread | undefined;
  readonly #listeners = new Map<number, () => void>();

  /** Calls back repeatedly while there is something to read, or the other side has closed. */
  watch(fd: number, listener: () => void): void {
    this.#watch(fd, EPOLLIN, listener);
  }

  /** Calls back repeatedly once the other side has closed. */
  watchEnd(fd: number, listener: () => void): void {
    this.#watch(fd, 0, listener);
  }

  #watch(fd: number, events: number, listener: () => void): void {
    this.#wait ??= new EpollThread((ready) => this.#listeners.get(ready)?.());
    this.#wait.add(fd, events);
    this.#listeners.set(fd, listener);
  }

  /** Stops watching a descriptor. Call it before the descriptor is closed. */
  forget(fd: number): void {
    if (!this.#listeners.delete(fd)) return;
    this.#wait?.remove(fd);
    if (this.#listeners.size > 0) return;
    this.#wait?.end();
    this.#wait = undefined;
  }
}

/** The one of this process: each has a thread of the pool of its own. */
export const epoll = new Epoll();

/** One epoll instance, and the thread that waits for it. */
class EpollThread {
  readonly #epoll = check(libc().epollCreate1(CLOEXEC), 'epoll_create1', '');
  readonly #wake = check(libc().eventfd(0, CLOEXEC), 'eventfd', '');
  #isOver = false;
  /** A process that exits waits for the threads of the pool. */
  readonly #atExit = (): void => this.end();

  constructor(private readonly onReady: (fd: number) => void) {
    this.add(this.#wake, EPOLLIN);
    process.once('exit', this.#atExit);
    void this.#run();
  }

  /** @param events the end of the other side is reported in any case */
  add(fd: number, events: number): void {
    check(libc().epollCtl(this.#epoll, EPOLL_CTL_ADD, fd, eventFor(fd, events)), 'epoll_ctl', String(fd));
  }

  remove(fd: number): void {
    libc().epollCtl(this.#epoll, EPOLL_CTL_DEL, fd, eventFor(fd, 0));
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    writeSync(this.#wake, new BigUint64Array([1n]));
  }

  async #run(): Promise<void> {
    const events = Buffer.alloc(EVENT_BYTES * MOST_EVENTS);
    const wait = promisify(libc().epollWait.async) as (...args: unknown[]) => Promise<number>;
    while (!this.#isOver) {
      const count = await wait(this.#epoll, events, MOST_EVENTS, -1);
      for (let at = 0; at < count && !this.#isOver; at++) {
        this.onReady(events.readInt32LE(at * EVENT_BYTES + DATA_AT));
      }
    }
    process.off('exit', this.#atExit);
    closeSync(this.#epoll);
    closeSync(this.#wake);
  }
}

function eventFor(fd: number, events: number): Buffer {
  const event = Buffer.alloc(EVENT_BYTES);
  event.writeUInt32LE(events, 0);
  event.writeInt32LE(fd, DATA_AT);
  return event;
}
