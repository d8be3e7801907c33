import { chmodSync, chownSync, type Stats } from 'node:fs';
import { lstat, rename, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { GantryError } from '../../kernel/contracts/index.js';
import { dockerGroupId } from './docker-group.js';

/**
 * Makes a server listen on a socket, of group `docker` where there is one. The socket appears by a rename,
 * so no process can connect before its permissions are set. A socket without a listener is replaced.
 * @returns what removes it again
 * @throws GantryError `conflict`: a process listens there, or it is no socket; `unavailable`
 */
export async function listenOnPath(server: Server, path: string, mode = 0o660): Promise<() => Promise<void>> {
  const draft = join(dirname(path), `.${basename(path)}`);
  await clearStale(path);
  await clearStale(draft);
  await bind(server, draft, path);
  await giveToGroup(draft, mode);
  await rename(draft, path);
  const made = await lstat(path);
  return async () => {
    const now = await statOf(path);
    if (now?.ino === made.ino && now.dev === made.dev) await unlink(path);
  };
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

async function bind(server: Server, draft: string, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  const umask = process.umask(0o177);
  try {
    server.listen({ path: draft, backlog: 4096 }, resolve);
  } finally {
    process.umask(umask);
  }
  await promise
    .catch((cause: Error) => {
      throw new GantryError('unavailable', `Cannot listen on ${path}: ${cause.message}`, { cause });
    })
    .finally(() => server.off('error', reject));
}

async function giveToGroup(path: string, mode: number): Promise<void> {
  const gid = await dockerGroupId();
  try {
    if (gid !== undefined) chownSync(path, -1, gid);
    chmodSync(path, mode);
  } catch (error) {
    // Without root the socket stays its owner's alone.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

function statOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new GantryError('unavailable', `Cannot listen on ${path}: ${cause.message}`, { cause });
  });
}
