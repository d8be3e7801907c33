import { posix } from 'node:path';
import { GantryError } from '../../../kernel/index.js';

/** Type of the file at a path; undefined where there is none. */
type FileType = 'file' | 'directory' | undefined;

/** Source of a copy. */
export interface CopySource {
  readonly kind: 'file' | 'directory';
  /** Its base name. */
  readonly name: string;
  /** Whether the contents of the directory are copied, without the directory itself. */
  readonly isContent: boolean;
}

/** Destination of a copy. */
export interface CopyDestination {
  /**
   * The archive goes into the parent directory, under the path's own name; else into the path, which is a directory.
   */
  readonly intoParent: boolean;
  /** How the names in the archive begin: `.` for the contents of a directory. */
  readonly as: string;
}

/** Whether a path names the contents of a directory: `site/.`, and the root. */
export function namesContents(path: string): boolean {
  return /(^|\/)\.$|^\/*$/.test(path);
}

/** Whether there must be a directory at a path: `site/`, `site/.`. */
export function wantsFolder(path: string): boolean {
  return /\/\.?$/.test(path);
}

/**
 * The rules of `docker cp`: into an existing directory, over an existing file, or under a new name.
 * @throws GantryError `invalid` where one type cannot replace the other, `not found` for a directory that must exist
 */
export function resolveDestination(source: CopySource, path: string, existing: FileType): CopyDestination {
  if (existing === 'directory') return { intoParent: false, as: source.isContent ? '.' : source.name };
  if (existing === 'file' && (source.kind === 'directory' || wantsFolder(path))) {
    throw new GantryError('invalid', `cannot copy to ${path}: it is a file`);
  }
  if (wantsFolder(path) && source.kind === 'file') {
    throw new GantryError('not found', `cannot copy to ${path}: there is no such directory`);
  }
  return { intoParent: true, as: posix.basename(path.replace(/\/\.$/, '')) };
}
