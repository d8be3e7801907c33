import type { Stats } from 'node:fs';
import { GantryError } from '../kernel/contracts/index.js';
import { truncate } from '../kernel/text/index.js';
import type { ContainerTree } from './container-tree.js';
import type { User } from './users.js';

export interface ProgramQuery {
  /** The first word of the command line. */
  readonly program: string;
  /** The container's PATH. */
  readonly path: string;
  /** The working directory, absolute. */
  readonly cwd: string;
  readonly user: Pick<User, 'uid' | 'gid' | 'additionalGids'>;
}

const MAX_SHOWN = 256;

/**
 * Finds a program as execvp(3) would from inside the container. Returns its path as the container sees it, links
 * unresolved.
 * @throws GantryError `no such program`, `not executable`, with Docker's words
 */
export function findProgram(tree: ContainerTree, query: ProgramQuery): string {
  const program = truncate(query.program, MAX_SHOWN);
  let denied = false;
  for (const candidate of new Set(candidatesOf(query))) {
    const { missing, stats } = tree.resolve(candidate);
    if (missing.length > 0) continue;
    if (stats.isFile() && mayExecute(stats, query.user)) return candidate;
    denied = true;
  }
  if (denied) throw new GantryError('not executable', `exec: ${JSON.stringify(program)}: permission denied`);
  const reason = program.includes('/')
    ? `stat ${program}: no such file or directory`
    : 'executable file not found in $PATH';
  throw new GantryError('no such program', `exec: ${JSON.stringify(program)}: ${reason}`);
}

function candidatesOf({ program, path, cwd }: ProgramQuery): string[] {
  if (program === '' || program.includes('\0')) return [];
  if (program.includes('/')) return [absolute(cwd, program)];
  return path === '' ? [] : path.split(':').map((folder) => absolute(cwd, folder, program));
}

/** Joins without normalising: `a/../b` is not `b` when `a` is a link. */
function absolute(cwd: string, ...parts: string[]): string {
  const path = parts.filter((part) => part !== '').join('/');
  return parts[0]?.startsWith('/') ? path : `${cwd === '/' ? '' : cwd}/${path}`;
}

function mayExecute(file: Stats, { uid, gid, additionalGids }: ProgramQuery['user']): boolean {
  if (uid === 0) return (file.mode & 0o111) !== 0;
  if (uid === file.uid) return (file.mode & 0o100) !== 0;
  if (gid === file.gid || additionalGids.includes(file.gid)) return (file.mode & 0o010) !== 0;
  return (file.mode & 0o001) !== 0;
}
