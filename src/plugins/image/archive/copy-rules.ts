import { type Stats, statSync } from 'node:fs';
import { fsPath, isMountPoint, type PathBytes, PLACES_OF_ROOT, type Places, printable } from '../fs/index.js';
import { ArchiveError, EntryError } from './archive-error.js';
import type { Entry } from './reader.js';

const MOST_WORDS = 20;
export const SPECIAL_BITS = 0o7000;

/** How an archive that is no layer comes into a tree that is there. */
export interface CopyRules {
  readonly places: Places;
  /**
   * Whether files get owner, set-id bits, devices and attributes of the archive. Else they are this user's, and give nobody
   * more rights than that user gives.
   */
  readonly owners: boolean;
  /** Only entries below this first name are made, below another one. */
  readonly only?: { readonly name: PathBytes; readonly as: PathBytes } | undefined;
}

/** Into a container or a volume. */
export const COPY_OF_ROOT: CopyRules = { places: PLACES_OF_ROOT, owners: true };

/** Undefined for a path that is not asked for. */
export function copiedPath(path: PathBytes, { only }: CopyRules): PathBytes | undefined {
  if (!only) return path;
  return path === only.name || path.startsWith(`${only.name}/`) ? only.as + path.slice(only.name.length) : undefined;
}

/** Devices are not made for a user: whoever may open one, has more rights than before. */
export class LeftOutDevices {
  readonly #paths = new Set<PathBytes>();
  readonly #first: string[] = [];

  /** Of the first ones, and how many more there are. */
  get words(): readonly string[] {
    const more = this.#paths.size - this.#first.length;
    return more > 0 ? [...this.#first, `and ${more} more`] : this.#first;
  }

  /** Whether an entry is a device, or a link to one. */
  has(path: PathBytes, { type, name }: Entry, target: () => PathBytes | undefined): boolean {
    const isDevice = type === 'character' || type === 'block';
    if (!isDevice && (type !== 'link' || !this.#paths.has(target() ?? ''))) return false;
    this.#paths.add(path);
    if (this.#first.length < MOST_WORDS) this.#first.push(`${printable(name)}: a device is not copied without -a`);
    return true;
  }
}

/** The links of a container lead to nothing but its own folders; those of a user are not followed. */
export function mayFollow(at: PathBytes, existing: Stats, { places }: CopyRules): boolean {
  if (places !== PLACES_OF_ROOT || !existing.isSymbolicLink()) return false;
  return statSync(fsPath(at), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A folder is not replaced, nor made of what is none. @throws EntryError */
export function refuseToReplace(at: PathBytes, existing: Stats, kind: 'directory' | undefined): void {
  if (existing.isDirectory()) throw new EntryError('a directory is in its place');
  if (kind === 'directory') throw new EntryError('what is in its place is no directory');
  if (isMountPoint(at)) throw new EntryError('something is mounted in its place');
}

const KINDS: Readonly<Partial<Record<Entry['type'], (stats: Stats) => boolean>>> = {
  directory: (stats) => stats.isDirectory(),
  fifo: (stats) => stats.isFIFO(),
  character: (stats) => stats.isCharacterDevice(),
  block: (stats) => stats.isBlockDevice(),
};

/** @throws ArchiveError where another user has put something else in its place, such as a link */
export function chmodPlace(places: Places, path: PathBytes, mode: number, type: Entry['type']): void {
  if (places.setMode(path, mode, (stats) => KINDS[type]?.(stats) === true)) return;
  throw new ArchiveError(`${printable(path)}: it was replaced while it was copied`);
}
