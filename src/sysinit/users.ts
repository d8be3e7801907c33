import { GantryError } from '../kernel/contracts/index.js';
import { readInRoot } from './in-root.js';

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
 * Resolves `name`, `uid`, `name:group`, `uid:gid`, and mixtures, by the /etc/passwd and /etc/group of a container's
 * root. Empty is root. Digits are a number, and never a name: an image that lists a user named `4294967296` makes no
 * process root (CVE-2026-46680).
 * @param groups more of them, by name or number
 * @throws GantryError `invalid` with Docker's words
 */
export function resolveUser(root: string, user: string, groups: readonly string[] = []): User {
  const [userWord = '', groupWord] = splitOnce(user, ':');
  const uid = parseId(userWord || '0');
  const entry = readPasswd(root).find((each) => (uid === undefined ? each.name === userWord : each.uid === uid));
  if (!entry && uid === undefined) {
    throw new GantryError('invalid', `unable to find user ${userWord}: no matching entries in passwd file`);
  }
  const gid = groupWord ? resolveGroup(root, groupWord) : (entry?.gid ?? 0);
  const others = groupWord || !entry ? [] : groupsOf(root, entry.name);
  const added = groups.map((group) => resolveGroup(root, group));
  return {
    uid: entry?.uid ?? uid ?? 0,
    gid,
    additionalGids: [...new Set([gid, ...others, ...added])].slice(0, MAX_GROUPS),
    home: entry?.home || '/',
    ...(entry && { name: entry.name }),
  };
}

function resolveGroup(root: string, word: string): number {
  const gid = parseId(word);
  if (gid !== undefined) return gid;
  const entry = readGroups(root).find(({ name }) => name === word);
  if (entry) return entry.gid;
  throw new GantryError('invalid', `unable to find group ${word}: no matching entries in group file`);
}

function groupsOf(root: string, name: string): number[] {
  return readGroups(root)
    .filter(({ members }) => members.includes(name))
    .map(({ gid }) => gid);
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

function readPasswd(root: string) {
  return entriesOf(root, '/etc/passwd').flatMap(([name, , uidField, gidField, , home]) => {
    const uid = entryId(uidField);
    const gid = entryId(gidField);
    return name && uid !== undefined && gid !== undefined ? [{ name, uid, gid, home }] : [];
  });
}

function readGroups(root: string) {
  return entriesOf(root, '/etc/group').flatMap(([name, , gidField, members = '']) => {
    const gid = entryId(gidField);
    return name && gid !== undefined ? [{ name, gid, members: members.split(',') }] : [];
  });
}

function entriesOf(root: string, path: string): string[][] {
  const lines = readInRoot(root, path)?.split('\n') ?? [];
  return lines.map((line) => line.trim().split(':'));
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
