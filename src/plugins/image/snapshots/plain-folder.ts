import { closeSync, constants, linkSync, lstatSync, mkdirSync, openSync, rmSync, symlinkSync } from 'node:fs';
import { fsPath, isOpaque, makeOpaque, namesIn, openBeneath, type PathBytes } from '../fs/index.js';
import { copyAttributes, copyTime, type LayerFolder } from './attributes.js';
import { TooMuchWork } from './layer-paths.js';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Each level has a descriptor. */
const MAX_LEVELS = 256;
/** What making an entry takes, in characters of paths that are looked at. */
const WORK_OF_ENTRY = 512;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * A folder of the host that is filled with what an image holds, links with any target among it. Each step finds its way anew from
 * the open folder, and through no link.
 */
export class PlainFolder {
  /** @param spend called with the characters of the paths that are looked at */
  constructor(
    private readonly root: number,
    private readonly spend: (characters: number) => void,
  ) {}

  makeFolder(path: PathBytes): void {
    this.#at(path, (at) => mkdirSync(fsPath(at)));
  }

  /** An empty file, in the place of what is there. */
  makeFile(path: PathBytes): void {
    this.#at(path, (at) => {
      rmSync(fsPath(at), { recursive: true, force: true });
      closeSync(openSync(fsPath(at), NEW_FILE, 0o644));
    });
  }

  makeLink(path: PathBytes, target: PathBytes): void {
    this.#at(path, (at) => symlinkSync(fsPath(target), fsPath(at)));
  }

  copyAttributes(folder: LayerFolder, path: PathBytes): void {
    within(this.root, path, (fd) => copyAttributes(folder, fd));
  }

  copyTime(folder: LayerFolder, path: PathBytes): void {
    within(this.root, path, (fd) => copyTime(folder, fd));
  }

  /** Adds a tree of a layer to a folder, its files as links; what is in its place already goes. */
  merge(from: PathBytes, path: PathBytes): void {
    within(this.root, path, (fd) => this.#merge(from, fd, 1));
  }

  #merge(from: PathBytes, to: number, level: number): void {
    if (level > MAX_LEVELS) throw new TooMuchWork();
    for (const name of namesIn(from)) {
      const [source, target] = [`${from}/${name}`, `/proc/self/fd/${to}/${name}`];
      this.spend(source.length + WORK_OF_ENTRY);
      const stat = lstatSync(fsPath(source), { bigint: true });
      const existing = lstatSync(fsPath(target), { throwIfNoEntry: false });
      const areFolders = stat.isDirectory() && existing?.isDirectory();
      if (existing && !areFolders) rmSync(fsPath(target), { recursive: true });
      if (!stat.isDirectory()) {
        linkSync(fsPath(source), fsPath(target));
        continue;
      }
      if (!areFolders) mkdirSync(fsPath(target));
      within(to, name, (fd) => {
        if (isOpaque(source)) makeOpaque(`/proc/self/fd/${fd}/.`);
        this.#merge(source, fd, level + 1);
        copyAttributes({ stat, at: source }, fd);
        copyTime({ stat, at: source }, fd);
      });
    }
  }

  #at(path: PathBytes, act: (at: PathBytes) => void): void {
    const slash = path.lastIndexOf('/');
    within(this.root, path.slice(0, Math.max(0, slash)), (fd) => act(`/proc/self/fd/${fd}/${path.slice(slash + 1)}`));
  }
}

function within(root: number, path: PathBytes, act: (fd: number) => void): void {
  const fd = openBeneath(root, path || '.', FOLDER);
  try {
    act(fd);
  } finally {
    closeSync(fd);
  }
}
