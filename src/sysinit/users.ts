import { GantryError } from '../kernel/contracts/index.js';
import { AccountFile } from './account-file.js';
import type { ContainerTree } from './container-tree.js';

/** The user and groups of a container's process, in numbers. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  /** The primary group first: without it a process could shed a group that a file denies rights to (CVE-2022-36109). */
  readonly additionalGids: readonly number[];
  /** Home folder by /etc/passwd; `/` for a user who is not in there. */
  readonly home: string;
  /** Absent for a user who is not in /etc/passwd. */
  readonly name?: string;
}

/**
 * The largest id that runc and Docker allow. It fits a signed 32-bit number, so that none on the way turns it into
 * another user.
 */
const MAX_ID = 2 ** 31 - 1;
/** NGROUPS_MAX of the kernel. */
const MAX_GROUPS = 65_536;

/**
 * Resolves `name`, `uid`, `name:group`, `uid:gid`, and mixtures, by the /etc/passwd and /etc/group of a container,
 * volumes included. Empty is root. Digits are a number, and never a name: an image that lists a user named `4294967296` makes no
 * process root (CVE-2026-46680).
 * @param groups more of them, by name or number
 * @throws GantryError `invalid` with Docker's words
 */
export function resolveUser(tree: ContainerTree, user: string, groups: readonly string[] = []): User {
  const [userWord = '', groupWord] = splitOnce(user, ':');
  const uid = parseId(userWord || '0');
  const passwd = new AccountFile(tree, '/etc/passwd');
  const entry = uid === undefined ? passwd.named(userWord, account) : passwd.numbered(uid, account);
  if (!entry && uid === undefined) {
    throw new GantryError('invalid', `unable to find user ${userWord}: no matching entries in passwd file`);
  }
  const groupFile = lazily(() => new AccountFile(tree, '/etc/group'));
  const gid = groupWord ? resolveGroup(groupFile, groupWord) : (entry?.gid ?? 0);
  const others = groupWord || !entry ? [] : groupFile().listing(entry.name, MAX_GROUPS, groupId);
  const added = groups.map((group) => resolveGroup(groupFile, group));
  return {
    uid: entry?.uid ?? uid ?? 0,
    gid,
    additionalGids: [...new Set([gid, ...others, ...added])].slice(0, MAX_GROUPS),
    home: entry?.home || '/',
    ...(entry && { name: entry.name }),
  };
}

function resolveGroup(groupFile: () => AccountFile, word: string): number {
  const gid = parseId(word);
  if (gid !== undefined) return gid;
  const found = groupFile().named(word, groupId);
  if (found !== undefined) return found;
  throw new GantryError('invalid', `unable to find group ${word}: no matching entries in group file`);
}

/** Makes it when it is asked for, and once. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Parses a numeric user or group; undefined for a name. */
function parseId(word: string): number | undefined {
  if (!/^[+-]?\d+$/.test(word)) return undefined;
  const id = entryId(word);
  if (id === undefined) throw new GantryError('invalid', `uids and gids must be in range 0-${MAX_ID}: ${word}`);
  return id;
}

function entryId(field: string | undefined): number | undefined {
  if (field === undefined || !/^\d+$/.test(field)) return undefined;
  const id = Number(field);
  return id <= MAX_ID ? id : undefined;
}

/** The fields of /etc/passwd; undefined for an entry that is none. */
function account([name, , uidField, gidField, , home]: string[]) {
  const uid = entryId(uidField);
  const gid = entryId(gidField);
  return name && uid !== undefined && gid !== undefined ? { name, uid, gid, home } : undefined;
}

/** The number of an entry of /etc/group; undefined for an entry that is none. */
function groupId([name, , gidField]: string[]): number | undefined {
  return name ? entryId(gidField) : undefined;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
