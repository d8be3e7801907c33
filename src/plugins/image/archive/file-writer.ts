import { closeSync, constants, fchmodSync, fchownSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { check, libc } from '../../../host/index.js';
import { cString, fsPath, type PathBytes, setTime, startWriteback } from '../fs/index.js';
import { EntryError } from './archive-error.js';
import type { Entry, TarReader } from './reader.js';

const NEW_FILE = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
const S_IFCHR = 0o020000;
const S_IFBLK = 0o060000;
const S_IFIFO = 0o010000;
const MAX_MAJOR = 0xfff;
const MAX_MINOR = 0xfffff;
const SET_ID_BITS = 0o6000;
/** Writeback of a large file starts while it is still being written, so that the sync at the end is short. */
const WRITEBACK_BYTES = 16 * 1024 * 1024;

/**
 * Writes the entry's bytes to a file that must not exist.
 * @returns bytes written
 */
export function writeFile(
  path: PathBytes,
  entry: Entry,
  reader: TarReader,
  setOwner: boolean,
  setMode: boolean,
): number {
  const fd = openSync(fsPath(path), NEW_FILE, entry.mode);
  try {
    const size = entry.sparse ? writeExtents(fd, entry.sparse, reader) : writeAll(fd, reader);
    if (setOwner) fchownSync(fd, entry.uid, entry.gid);
    // A change of owner takes these bits away, and so may a write.
    if (setMode || (entry.mode & SET_ID_BITS) !== 0) fchmodSync(fd, entry.mode);
    setTime(fd, entry.mtime);
    return size;
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, reader: TarReader): number {
  let written = 0;
  let handedOver = 0;
  for (let chunk = reader.read(); chunk.length > 0; chunk = reader.read()) {
    writeFully(fd, chunk, null);
    written += chunk.length;
    if (written - handedOver >= WRITEBACK_BYTES) {
      startWriteback(fd, handedOver, written - handedOver);
      handedOver = written;
    }
  }
  return written;
}

function writeExtents(fd: number, { size, extents }: NonNullable<Entry['sparse']>, reader: TarReader): number {
  let written = 0;
  for (const { offset, length } of extents) {
    for (let done = 0; done < length; ) {
      const chunk = reader.read(length - done);
      writeFully(fd, chunk, offset + done);
      done += chunk.length;
    }
    written += length;
  }
  ftruncateSync(fd, size);
  return written;
}

function writeFully(fd: number, chunk: Buffer, position: number | null): void {
  for (let done = 0; done < chunk.length; ) {
    done += writeSync(fd, chunk, done, chunk.length - done, position === null ? null : position + done);
  }
}

/** Makes a pipe or a device, which must not be there. */
export function makeNode(path: PathBytes, { type, mode, major, minor }: Entry): void {
  if (type === 'fifo') {
    mknodAt(path, S_IFIFO | mode, 0);
    return;
  }
  if (major === 0 && minor === 0 && type === 'character') throw new EntryError('a device 0:0 would hide a file');
  if (major < 0 || minor < 0 || major > MAX_MAJOR || minor > MAX_MINOR) {
    throw new EntryError(`there is no device ${major}:${minor}`);
  }
  const device = (minor & 0xff) + major * 0x100 + (minor >> 8) * 0x10_0000;
  mknodAt(path, (type === 'block' ? S_IFBLK : S_IFCHR) | mode, device);
}

function mknodAt(path: PathBytes, mode: number, device: number): void {
  check(libc().mknod(cString(path), mode, device), 'mknod', path);
}
