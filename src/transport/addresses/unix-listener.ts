import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, rename, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { libc } from '../../host/index.js';
import { GantryError, isKind } from '../../kernel/contracts/index.js';
import { dockerGroupId } from './docker-group.js';

/**
 * Makes a server listen on a socket, of group `docker` where there is one. The socket appears by a rename,
 * so no process can connect before it listens. It has its permissions from the beginning: whoever may write in the folder, as a
 * container in which it is mounted, could put another file in its place. A socket without a listener is replaced.
 * @returns what removes it again
 * @throws GantryError `conflict`: a process listens there, or it is no socket; `unavailable`
 */
export async function listenOnPath(server: Server, path: string, mode = 0o660): Promise<() => Promise<void>> {
  await requireFolder(dirname(path), path);
  await clearStale(path);
  const draft = await freeDraft(path);
  await bind(server, draft, path, mode);
  await rename(draft, path);
  const made = await lstat(path);
  return async () => {
    const now = await statOf(path);
    if (now?.ino === made.ino && now.dev === made.dev) await unlink(path);
  };
}

/** The system's own word for it would be that the permission is missing. */
async function requireFolder(folder: string, path: string): Promise<void> {
  if ((await statOf(folder)) !== undefined) return;
  throw new GantryError('unavailable', `Cannot listen on ${path}: there is no folder ${folder}`, {
    hint: 'make it first, or listen elsewhere',
  });
}

async function clearStale(path: string): Promise<void> {
  const found = await statOf(path);
  if (!found) return;
  if (!found.isSocket()) {
    throw new GantryError('conflict', `${path} is in the way: it is not a socket`, {
      hint: 'move it away or listen elsewhere',
    });
  }
  if (await answers(path)) {
    throw new GantryError('conflict', `Somebody already listens on ${path}`, {
      hint: 'stop that daemon or listen elsewhere',
    });
  }
  await unlink(path);
}

/** Only a refused connection proves that no process listens. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}

const OWNER = 0o700;
/** Asks for the group without changing it. */
const NO_GROUP = 0xffff_ffff;

/** A name beside the path. That of a daemon that was killed before the rename is used again. */
async function freeDraft(path: string): Promise<string> {
  const draft = join(dirname(path), `.${basename(path)}`);
  try {
    await clearStale(draft);
    return draft;
  } catch (error) {
    if (!isKind(error, 'conflict')) throw error;
    return join(dirname(path), `.${randomBytes(6).toString('base64url')}`);
  }
}

async function bind(server: Server, draft: string, path: string, mode: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  const begin = (permissions: number): void => {
    const umask = process.umask(0o777 & ~permissions);
    try {
      server.listen({ path: draft, backlog: 4096 }, resolve);
    } finally {
      process.umask(umask);
    }
  };
  const gid = await dockerGroupId();
  if (gid === undefined) begin(mode);
  // Without root the socket stays its owner's alone.
  else inFileGroup(gid, (isGiven) => begin(isGiven ? mode : mode & OWNER));
  await promise
    .catch((cause: Error) => {
      throw new GantryError('unavailable', `Cannot listen on ${path}: ${cause.message}`, { cause });
    })
    .finally(() => server.off('error', reject));
}

/**
 * Makes files of a group's: no path has to be named again for that, which could lead elsewhere by then.
 * @param make must not wait: the group is this thread's. It is told whether this process may give files to the group
 */
function inFileGroup<T>(gid: number, make: (isGiven: boolean) => T): T {
  const former = libc().setfsgid(gid);
  try {
    return make(libc().setfsgid(NO_GROUP) === gid);
  } finally {
    libc().setfsgid(former);
  }
}

function statOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new GantryError('unavailable', `Cannot listen on ${path}: ${cause.message}`, { cause });
  });
}
