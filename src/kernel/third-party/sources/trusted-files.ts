import { lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GantryError } from '../../contracts/index.js';

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

/**
 * Refuses a file whose content, or whose place, others than root and this process's user could change: each folder above
 * it, and wherever links on the way lead. @param path absolute
 * @throws GantryError `denied`, saying which and why; `not found`
 */
export function demandTrusted(path: string): void {
  // A link that leads nowhere, or to itself, ends here.
  realPath(path);
  demandTrustedWay(path, false);
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
  return mode & WRITABLE_BY_GROUP && gid !== 0 ? `can be written to by group ${gid}` : undefined;
}
