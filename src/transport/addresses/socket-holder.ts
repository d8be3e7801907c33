import { readdirSync, readlinkSync } from 'node:fs';

/** How long others wait at most while processes are looked through, in milliseconds. */
const TURN_MS = 5;
const NAMESPACES = ['mnt', 'user'] as const;

/** Whose namespaces a process of this host has: the daemon's or those of process 1, or others, as in a container. */
export type Standing = 'host' | 'elsewhere';

/** Looks for the processes that hold sockets. One search answers all that ask at a time. */
export class SocketHolders {
  #waiting = new Map<string, (standing: Standing | undefined) => void>();
  #searching = false;

  /** @param inode of the socket. Undefined where no process is seen to hold it */
  standingOf(inode: string): Promise<Standing | undefined> {
    const { promise, resolve } = Promise.withResolvers<Standing | undefined>();
    this.#waiting.set(inode, resolve);
    void this.#search();
    return promise;
  }

  async #search(): Promise<void> {
    if (this.#searching) return;
    this.#searching = true;
    while (this.#waiting.size > 0) {
      const wanted = this.#waiting;
      this.#waiting = new Map();
      await searchFor(wanted);
      for (const resolve of wanted.values()) resolve(undefined);
    }
    this.#searching = false;
  }
}

/** From the newest process on: that of a client is young. */
async function searchFor(wanted: Map<string, (standing: Standing) => void>): Promise<void> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  let since = performance.now();
  for (const pid of pids.sort((one, other) => Number(other) - Number(one))) {
    for (const inode of socketsOf(pid)) {
      const resolve = wanted.get(inode);
      if (!resolve) continue;
      resolve(standingOf(pid));
      wanted.delete(inode);
    }
    if (wanted.size === 0) return;
    if (performance.now() - since < TURN_MS) continue;
    await new Promise(setImmediate);
    since = performance.now();
  }
}

function socketsOf(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  return quietly(() => readdirSync(folder), []).flatMap((fd) => {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(quietly(() => readlinkSync(`${folder}/${fd}`), '')) ?? [];
    return inode === undefined ? [] : [inode];
  });
}

/** A process that has just ended is nowhere. */
function standingOf(pid: string): Standing {
  const own = namespacesOf(pid);
  const isHost = own !== undefined && [namespacesOf('self'), namespacesOf('1')].includes(own);
  return isHost ? 'host' : 'elsewhere';
}

function namespacesOf(pid: string): string | undefined {
  return quietly(() => NAMESPACES.map((name) => readlinkSync(`/proc/${pid}/ns/${name}`)).join(' '), undefined);
}

function quietly<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
