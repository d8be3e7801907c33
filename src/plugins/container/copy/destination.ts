import { posix } from 'node:path';
import { GantryError } from '../../../kernel/index.js';

/** What stands at a path. */
export type FileType = 'file' | 'directory' | undefined;

/** Something that is copied. */
export interface CopySource {
  readonly kind: 'file' | 'directory';
  /** Its own name. */
  readonly name: string;
  /** Whether what is in a folder is meant, and not the folder. */
  readonly isContent: boolean;
}

/** Where it arrives. */
export interface CopyDestination {
  /** Its name is that of the path, in the folder that the path lies in; else it goes into the path, which is a folder. */
  readonly intoParent: boolean;
  /** How the names of its archive begin: `.` for what is in a folder, without that. */
  readonly as: string;
}

/** Whether a path means what is in a folder: `site/.`, and the root. */
export function namesContents(path: string): boolean {
  return /(^|\/)\.$|^\/*$/.test(path);
}

/**
 * The rules of `docker cp`: into a folder that is there, in the place of a file, or under a new name.
 * @throws GantryError `invalid` where the one cannot go in the place of the other, `not found` for a folder that must be there
 */
export function resolveDestination(cargo: CopySource, path: string, standing: FileType): CopyDestination {
  if (standing === 'directory') return { intoParent: false, as: cargo.isContent ? '.' : cargo.name };
  const wantsFolder = /\/\.?$/.test(path);
  if (standing === 'file' && (cargo.kind === 'directory' || wantsFolder)) {
    throw new GantryError('invalid', `cannot copy to ${path}: it is a file`);
  }
  if (wantsFolder && cargo.kind === 'file') {
    throw new GantryError('not found', `cannot copy to ${path}: there is no such directory`);
  }
  return { intoParent: true, as: posix.basename(path.replace(/\/\.$/, '')) };
}
