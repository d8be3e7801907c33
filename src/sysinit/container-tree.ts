import { constants, lstatSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { posix } from 'node:path';
import { GantryError } from '../kernel/contracts/index.js';
import { descriptorPath, lookInRoot } from './in-root.js';

/** A folder or file that the runtime will mount into the container. */
export interface VolumeMount {
  /** Absolute, on the host; exists. */
  readonly source: string;
  /** Absolute, in the container. */
  readonly destination: string;
}

/** The target of a path. */
interface Resolved {
  /** The part that exists, as the container sees it, free of links. */
  readonly path: string;
  /** The names after it that do not exist. Empty: the whole path exists. */
  readonly missing: readonly string[];
  /** Of the file at `path`. */
  readonly stats: Stats;
}

/** No filesystem has a longer name. */
const NAME_BYTES = 255;
/** As many as the kernel follows. */
const MAX_LINKS = 40;
/** Of the kernel: PATH_MAX, the zero byte at the end included. */
const MAX_PATH_BYTES = 4096;
/**
 * Folders that may be looked into, on all paths together: some 20 microseconds each, in which the engine does nothing else.
 * An image decides where its paths lead.
 */
const MAX_LOOKS = 2048;
const LOOKS_PER_VOLUME = 32;

/**
 * A container's files as its first process will see them, before the runtime has mounted the volumes. Walks every path
 * name by name, so that links lead neither out of the container nor into /proc, which is not mounted here.
 */
export class ContainerTree {
  readonly #volumes: VolumeMount[] = [];
  #looksLeft: number;

  constructor(
    readonly root: string,
    volumes: readonly VolumeMount[],
  ) {
    this.#looksLeft = MAX_LOOKS + LOOKS_PER_VOLUME * volumes.length;
    for (const { source, destination } of volumes) {
      const { path, missing } = this.resolve(destination);
      this.#volumes.push({ source, destination: posix.join(path, ...missing) });
    }
  }

  /**
   * @param path absolute
   * @throws GantryError `invalid` where all that was asked for so far takes too many steps
   */
  resolve(path: string): Resolved {
    if (Buffer.byteLength(path) >= MAX_PATH_BYTES) return this.#nowhere(path);
    const names = path.split('/');
    let current = '/';
    let stats = this.#folderStats(current);
    for (let links = 0; names.length > 0; ) {
      const name = names.shift() ?? '';
      // Nothing is below a file: neither `..` nor, where a path ends in a slash, itself.
      if (!stats.isDirectory()) return { path: current, missing: [name, ...names], stats };
      if (name === '' || name === '.') continue;
      const next = posix.join(current, name);
      const entry = name === '..' ? this.#folderStats(next) : this.#entry(current, next);
      if (entry === undefined || links > MAX_LINKS) {
        return { path: current, missing: realNames([name, ...names]), stats };
      }
      if (typeof entry !== 'string') {
        current = next;
        stats = entry;
      } else {
        links++;
        names.unshift(...entry.split('/'));
        if (entry.startsWith('/')) current = '/';
        stats = this.#folderStats(current);
      }
    }
    return { path: current, missing: [], stats };
  }

  /** What the kernel refuses as too long leads nowhere. */
  #nowhere(path: string): Resolved {
    return { path: '/', missing: realNames(path.split('/')), stats: this.#folderStats('/') };
  }

  /** Whether a path is in a volume, and not in the container's own layer. */
  isInVolume(path: string): boolean {
    return this.#locate(path).root !== this.root;
  }

  /** Opens a folder, given by a path free of links, for the time of `work`. Undefined where it is no folder. */
  inFolder<T>(path: string, work: (descriptor: number, stats: Stats) => T): T | undefined {
    if (--this.#looksLeft < 0) {
      throw new GantryError('invalid', 'the paths of the image or container lead through too many folders and links');
    }
    const place = this.#locate(path);
    return lookInRoot(place.root, place.path, work, constants.O_DIRECTORY);
  }

  /**
   * Looks at what is at the end of a path, mounts and links followed. Undefined where nothing is.
   * @param look is given a descriptor that was opened to look (O_PATH), for the time of its call
   */
  inFile<T>(path: string, look: (descriptor: number, stats: Stats) => T): T | undefined {
    const { path: real, missing } = this.resolve(path);
    if (missing.length > 0) return undefined;
    const place = this.#locate(real);
    if (place.path !== '') return lookInRoot(place.root, place.path, look);
    const source = realpathSync(place.root);
    return lookInRoot(posix.dirname(source), posix.basename(source), look);
  }

  #folderStats(path: string): Stats {
    return this.inFolder(path, (_descriptor, stats) => stats) ?? statSync(this.root);
  }

  /** The target of the link at `path`, a direct entry of `folder`, or the status of what else is there. */
  #entry(folder: string, path: string): string | Stats | undefined {
    const mounted = this.#volumes.findLast(({ destination }) => destination === path);
    if (mounted) return statSync(mounted.source);
    const found = this.inFolder(folder, (descriptor) => {
      const name = posix.basename(path);
      if (Buffer.byteLength(name) > NAME_BYTES) return undefined;
      const entry = posix.join(descriptorPath(descriptor), name);
      const stats = lstatSync(entry, { throwIfNoEntry: false });
      return stats?.isSymbolicLink() ? readlinkSync(entry) : stats;
    });
    const willBeMade = this.#volumes.some(({ destination }) => destination.startsWith(`${path}/`));
    return found ?? (willBeMade ? statSync(this.root) : undefined);
  }

  #locate(path: string): { readonly root: string; readonly path: string } {
    const covering = this.#volumes.filter(
      ({ destination }) => path === destination || path.startsWith(`${destination}/`),
    );
    const volume = covering.reduce<VolumeMount | undefined>((deepest, each) => deeper(deepest, each), undefined);
    if (!volume) return { root: this.root, path };
    return { root: volume.source, path: path.slice(volume.destination.length) };
  }
}

function realNames(names: readonly string[]): string[] {
  return names.filter((name) => name !== '' && name !== '.');
}

function deeper(one: VolumeMount | undefined, other: VolumeMount): VolumeMount {
  return one && one.destination.length > other.destination.length ? one : other;
}
