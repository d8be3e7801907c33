import { closeSync, constants, fchmodSync, fchownSync, ftruncateSync, lstatSync, openSync, writeSync } from 'node:fs';
import { check, libc, SystemError } from '../../../host/index.js';
import { cString, ENGINE_XATTRS, fsPath, type PathBytes, setTime, startWriteback } from '../fs/index.js';
import { EntryError } from './archive-error.js';
import type { Entry, TarReader } from './reader.js';

const NEW_FILE = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
const S_IFCHR = 0o020000;
const S_IFBLK = 0o060000;
const S_IFIFO = 0o010000;
const MAX_MAJOR = 0xfff;
const MAX_MINOR = 0xfffff;
const SET_ID_BITS = 0o6000;
const S_ISGID = 0o2000;
export const DEFAULT_ACCESS_LIST = 'system.posix_acl_default';
/** Attributes by which security modules of one host mark its files. */
const OF_MODULES = /^security\.(?:selinux|ima|evm|apparmor|SMACK64\w*)$/;
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

/** Sets an extended attribute of an archive, where it can be had here. @param isOwn whether for a user, with that user's rights */
export function setXattr(at: PathBytes, name: PathBytes, value: Buffer, isOwn: boolean): void {
  if (ENGINE_XATTRS.test(name) || (isOwn && !name.startsWith('user.'))) return;
  if (libc().lsetxattr(cString(at), cString(name), value, value.length, 0) === 0) return;
  const error = new SystemError('lsetxattr', libc().errno(), name);
  // A filesystem without this kind of attribute, and a label of a security module that is not there.
  if (error.code === 'ENOTSUP' || error.code === 'EOPNOTSUPP') return;
  // One of this host knows neither the label nor the key of the host that it was set on.
  if (OF_MODULES.test(name) && ['EPERM', 'EACCES', 'EINVAL'].includes(error.code ?? '')) return;
  // A file that its user may not write.
  if (!isOwn || (error.code !== 'EACCES' && error.code !== 'EPERM')) throw error;
}

/** Whether files made in a directory inherit its group, or a default access list. */
export function inheritsGroupOrAcl(at: PathBytes): boolean {
  const stat = lstatSync(fsPath(at));
  const hasDefaultList = Number(libc().lgetxattr(cString(at), DEFAULT_ACCESS_LIST, null, 0)) > 0;
  return (stat.mode & S_ISGID) !== 0 || hasDefaultList;
}
