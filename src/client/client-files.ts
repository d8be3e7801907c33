import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { GantryError, type TreeReading, type TreeWriting } from '../kernel/contracts/index.js';
import { plain } from '../kernel/text/index.js';
import { folderTar, unpackForUser } from '../plugins/image/index.js';
import { failure } from '../transport/local/index.js';
import type { LocalTrees, Unpacking } from '../transport/wire/index.js';

/** As many as the kernel follows. */
const MOST_LINKS = 40;

/** Access of a call to files and folders of this process's user: `docker cp`. */
export const CLIENT_TREES: LocalTrees = { look, read, unpack, create };

function look(path: string, { followLink }: { followLink: boolean }): 'file' | 'directory' | undefined {
  const stat = followLink ? statSync : lstatSync;
  const stats = reading(path, () => stat(path, { throwIfNoEntry: false }));
  return stats && (stats.isDirectory() ? 'directory' : 'file');
}

function read(path: string, { as, followLink, owners }: TreeReading): Readable {
  const isContent = as === '.';
  const place = reading(path, () => (followLink || isContent ? realpathSync(path) : resolve(path)));
  const stats = reading<Stats>(path, () => lstatSync(place));
  if (isContent && !stats.isDirectory()) throw new GantryError('invalid', `${path} is not a directory`);
  const name = latin1(as);
  const base = latin1(basename(place));
  return folderTar(isContent ? place : dirname(place), {
    ...(!isContent && { only: base }),
    leaveOut: () => false,
    rename: (found) => (isContent ? `./${found}` : name + found.slice(base.length)),
    ofRoot: !owners,
  });
}

/** The archive comes from a container, and may be hostile: nothing in it leads out of the folder. */
function unpack(path: string, { beside, owners }: TreeWriting): Unpacking {
  const place = beside ? destination(path) : path;
  const folder = beside ? dirname(place) : path;
  const only = beside ? { name: latin1(basename(resolve(path))), as: latin1(basename(place)) } : undefined;
  const fd = reading(folder, () => openFolder(folder));
  const input = new PassThrough();
  input.on('error', () => {});
  const done = (async (): Promise<void> => {
    try {
      for (const what of await unpackForUser(input, fd, { owners, only })) warn(what);
    } catch (error) {
      throw new GantryError('unavailable', `cannot copy to ${path}: ${(error as Error).message}`, { cause: error });
    } finally {
      closeSync(fd);
    }
  })();
  done.catch(() => input.destroy());
  return { input, done };
}

/** A pipe that somebody has put there would be waited for. */
function openFolder(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR') throw error;
    throw new GantryError('invalid', `cannot copy into ${path}: it is not a directory`, { cause: error });
  }
}

/** Where the file is to be that a path names: links lead to it, as they lead programs there. */
function destination(path: string): string {
  let place = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    place = join(
      reading(dirname(place), () => realpathSync(dirname(place))),
      basename(place),
    );
    const stats = reading(place, () => lstatSync(place, { throwIfNoEntry: false }));
    if (!stats?.isSymbolicLink()) {
      if (stats?.isDirectory()) throw new GantryError('denied', `cannot copy over the folder ${path}`);
      if (stats && !stats.isFile()) throw new GantryError('denied', `cannot copy over ${path}: it is no regular file`);
      return place;
    }
    place = resolve(dirname(place), readlinkSync(place));
  }
  throw new GantryError('invalid', `${path}: too many links`);
}

function create(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw failure(path, error as NodeJS.ErrnoException);
    throw new GantryError('conflict', `${path} is there already`);
  }
}

function warn(message: string): void {
  writeSync(2, `Warning: left out: ${plain(message)}\n`);
}

function reading<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw error instanceof GantryError ? error : failure(path, error as NodeJS.ErrnoException);
  }
}

/** Names of files are bytes in archives of ours. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
