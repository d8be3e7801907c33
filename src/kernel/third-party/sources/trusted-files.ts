import { lstatSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GantryError } from '../../contracts/index.js';

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;
/** Of one file of a plugin. */
const MOST_BYTES = 16 << 20;

/**
 * Refuses a file whose content, or whose place, others than root and this process's user could change: each folder above
 * it, and wherever links on the way lead. @param path absolute
 * @throws GantryError `denied`, saying which and why; `not found`; `invalid` for what is no regular file, or too large
 */
export function demandTrusted(path: string): void {
  // A link that leads nowhere, or to itself, ends here.
  demandPlain(realPath(path));
  demandTrustedWay(path, false);
}

/** Looked at before anything opens it: a named pipe or a device could be read for ever. */
function demandPlain(path: string): void {
  const stat = statSync(path);
  if (stat.isDirectory()) return;
  if (!stat.isFile()) throw new GantryError('invalid', `${path} is no regular file`);
  if (stat.size > MOST_BYTES) throw new GantryError('invalid', `${path} has over ${MOST_BYTES >> 20} MiB`);
}

function demandTrustedWay(path: string, isFolderAbove: boolean): void {
  for (let at = path; ; at = dirname(at)) {
    const stat = lstatSync(at);
    const isAbove = isFolderAbove || at !== path;
    const reason = whyDistrusted(stat, isAbove);
    if (reason) throw new GantryError('denied', `${at} ${reason}`, { hint: 'Only root may be able to write there' });
    if (stat.isSymbolicLink()) demandTrustedWay(resolve(dirname(at), readlinkSync(at)), isAbove);
    if (at === dirname(at)) return;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new GantryError('not found', `${path} cannot be found (${code})`, { cause: error });
  }
}

function whyDistrusted(stat: Stats, isFolderAbove: boolean): string | undefined {
  const { uid, gid, mode } = stat;
  const own = process.geteuid?.() ?? 0;
  if (uid !== 0 && uid !== own) return `belongs to user ${uid}`;
  // A link's own mode says nothing.
  if (stat.isSymbolicLink()) return undefined;
  // In a sticky folder only its owner can replace a file.
  if (isFolderAbove && mode & STICKY) return undefined;
  if (mode & WRITABLE_BY_ALL) return 'can be written to by everyone';
  // With an access control list, these bits are the most that any user or group of the list may.
  return mode & WRITABLE_BY_GROUP ? `can be written to by group ${gid}, or by an access control list` : undefined;
}
