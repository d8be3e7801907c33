import { closeSync, readdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { libc, MS_BIND, MS_RDONLY, MS_REMOUNT, mount, removeTree, SystemError } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import type { RootFilesystem } from '../contracts/index.js';
import { cString, makeTempFolder, orphanedTempFolders, syncFilesystem, toPathBytes } from '../fs/index.js';
import { unpackInto } from '../unpack/index.js';
import { copyAttributes, type LayerFolder } from './attributes.js';
import { CopiedFiles } from './copied-files.js';
import { mergedChunks } from './tree-tar.js';

/** Marks a container's folder as a copy of its image. Engines of old had a number there. */
const COPIED_XATTR = 'trusted.gantry.copied';
const COPIED = Buffer.from('1');

/**
 * The storage driver `vfs`: a container's upper folder becomes a copy of its image, for filesystems that overlayfs
 * cannot work on.
 */
export class VfsSnapshot implements RootFilesystem {
  /** @param lowers highest first. @param detail.root the directory that the root is like, where it is not the usual one */
  constructor(
    private readonly lowers: readonly string[],
    private readonly upper: string,
    private readonly detail: { readonly readOnly?: boolean; readonly root?: () => LayerFolder | undefined } = {},
  ) {}

  async prepare(): Promise<void> {
    if (isCopy(this.upper)) return;
    this.#refuseUnlessEmpty();
    await this.#removeOrphans();
    const copy = makeTempFolder(dirname(this.upper));
    try {
      const archive = Readable.from(mergedChunks(this.lowers), { objectMode: false });
      await unpackInto(archive, copy.fd, '/');
      const root = this.detail.root?.();
      if (root) copyAttributes(root, copy.fd);
      // Before it is marked as complete: after a power cut, the mark could be on disk without the copied files.
      await syncFilesystem(copy.fd);
      mark(copy.path);
      this.#commit(copy.path);
    } finally {
      // What stays is an orphan, which the next copy removes.
      await removeTree(copy.path).catch(() => {});
      closeSync(copy.fd);
    }
  }

  mount(target: string): void {
    if (!isCopy(this.upper)) throw new Error(`${this.upper} is not prepared`);
    mount(this.upper, target, null, MS_BIND, null);
    if (this.detail.readOnly) mount(this.upper, target, null, MS_REMOUNT | MS_BIND | MS_RDONLY, null);
  }

  /** In one step, over the empty folder, unless another process was faster. */
  #commit(copy: string): void {
    const files = CopiedFiles.in(copy);
    try {
      renameSync(copy, this.upper);
    } catch (error) {
      if (!isCopy(this.upper)) throw error;
      return;
    }
    files.write(this.upper);
  }

  #refuseUnlessEmpty(): void {
    if (readdirSync(this.upper).length === 0) return;
    throw new GantryError('conflict', 'the container has changes that were made with the storage driver overlay', {
      hint: 'Give the engine --storage-driver overlay again, or docker commit the container and run the image',
    });
  }

  /** Removes incomplete copies of killed processes. */
  async #removeOrphans(): Promise<void> {
    for (const { path, fd } of orphanedTempFolders(dirname(this.upper))) {
      await removeTree(path);
      closeSync(fd);
    }
  }
}

/** Whether a container's folder is a copy of its image; else it is an upper folder of overlayfs. */
export function isCopy(upper: string): boolean {
  return Number(libc().lgetxattr(cString(toPathBytes(upper)), COPIED_XATTR, null, 0)) > 0;
}

function mark(folder: string): void {
  const done = libc().lsetxattr(cString(toPathBytes(folder)), COPIED_XATTR, COPIED, COPIED.length, 0);
  if (done < 0) throw new SystemError('lsetxattr', libc().errno(), folder);
}
