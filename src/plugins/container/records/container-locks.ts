import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoName, libc, SystemError } from '../../../host/index.js';
import type { Caller } from '../contracts/index.js';
import type { ContainerFolders } from './container-folders.js';
import type { StoredContainer } from './container-row.js';
import { noSuchContainer } from './errors.js';

/** Of <sys/file.h>. */
const LOCK = { shared: 1, exclusive: 2 } as const;
const LOCK_NONBLOCKING = 4;
const RETRY_MS = 20;
const NOTICE_MS = 1000;

/**
 * Serialises operations on one container that exclude each other, between all processes of the engine: flock(2) of the
 * container's folder. A lock ends with its process, however that ends.
 *
 * `exclusive`: what begins a run, freezes one or mounts the writable layer of a stopped container. `shared`: what ends a
 * run, or reads or writes files meanwhile. What must never wait (kill, rm -f) takes none.
 */
export class ContainerLocks {
  /** What this process does under its locks, by container. */
  readonly #work = new Map<string, string[]>();

  /** @param exists whether there is a container with this id */
  constructor(
    private readonly files: ContainerFolders,
    private readonly exists: (id: string) => boolean,
  ) {}

  /**
   * Waits for the lock.
   * @param what the command that wants it, as others are told that they wait for it
   * @throws the reason of `gone`; GantryError `not found` where the container is removed meanwhile
   */
  async take(
    container: Pick<StoredContainer, 'id' | 'name'>,
    mode: keyof typeof LOCK,
    what: string,
    { gone, waits }: Caller = {},
  ): Promise<Disposable> {
    const began = performance.now();
    for (let told = false; ; await sleep(RETRY_MS)) {
      const fd = this.#tryLock(container, mode);
      if (fd !== undefined) return this.#held(container.id, what, fd);
      gone?.throwIfAborted();
      if (told || performance.now() - began < NOTICE_MS) continue;
      told = true;
      waits?.(`Waiting until ${this.#holder(container.id)} is done with container ${container.name}`);
    }
  }

  /** @returns the descriptor that has the lock; `lost` where the folder is: then its row alone decides */
  #tryLock({ id, name }: Pick<StoredContainer, 'id' | 'name'>, mode: keyof typeof LOCK): number | 'lost' | undefined {
    const { folder } = this.files.pathsOf(id);
    const fd = openFolder(folder);
    if (fd === undefined) {
      if (!this.exists(id)) throw noSuchContainer(name);
      return 'lost';
    }
    using opened = new DisposableStack();
    opened.defer(() => closeSync(fd));
    if (libc().flock(fd, LOCK[mode] | LOCK_NONBLOCKING) < 0) {
      const errno = libc().errno();
      if (errnoName(errno) === 'EAGAIN' || errnoName(errno) === 'EINTR') return undefined;
      throw new SystemError('flock', errno, folder);
    }
    // The folder may have been moved away, and another one be here by now.
    if (fstatSync(fd).ino !== statSync(folder, { throwIfNoEntry: false })?.ino) return undefined;
    opened.move();
    return fd;
  }

  #held(id: string, what: string, fd: number | 'lost'): Disposable {
    this.#work.set(id, [...(this.#work.get(id) ?? []), what]);
    return {
      [Symbol.dispose]: () => {
        if (fd !== 'lost') closeSync(fd);
        const work = this.#work.get(id) ?? [];
        const rest = work.toSpliced(work.indexOf(what), 1);
        if (rest.length > 0) this.#work.set(id, rest);
        else this.#work.delete(id);
      },
    };
  }

  #holder(id: string): string {
    const what = this.#work.get(id)?.[0];
    return what === undefined ? 'another process' : `'docker ${what}'`;
  }
}

function openFolder(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
