import { mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureStateFolder, ifThere, isDiskNearlyFull, kindAt, namesIn, Trash } from '../../../host/index.js';
import { type Config } from '../../system/index.js';
import { removeControlGroups } from '../cgroups/index.js';
import { Bundle, killRun } from '../host/index.js';

/** Paths of a container's lasting files. */
export interface ContainerPaths {
  readonly folder: string;
  /** Its writable layer, and overlayfs's own folder beside it. */
  readonly upper: string;
  readonly work: string;
  readonly log: string;
  readonly hosts: string;
  readonly hostname: string;
  readonly resolvConf: string;
  /** Its recovery record. */
  readonly record: string;
}

const TRASH_PREFIX = 'container-';

/** The folders of containers: lasting ones under the root, bundles under the run folder. */
export class ContainerFolders {
  readonly #base: string;
  readonly #root: string;
  readonly #trash: Trash;
  readonly #removed: string;
  readonly #lost: string;
  readonly #bundles: string;
  #deletions: Promise<void> = Promise.resolve();

  constructor(config: Config) {
    this.#base = config.root;
    this.#root = join(config.root, 'containers');
    this.#trash = new Trash(config.root, TRASH_PREFIX);
    this.#removed = join(config.root, 'removed');
    this.#lost = join(config.root, 'lost');
    this.#bundles = join(config.runDir, 'c');
  }

  pathsOf(id: string): ContainerPaths {
    const folder = join(this.#root, id);
    const at = (name: string): string => join(folder, name);
    return {
      folder,
      upper: at('upper'),
      work: at('work'),
      log: at('log'),
      hosts: at('hosts'),
      hostname: at('hostname'),
      resolvConf: at('resolv.conf'),
      record: at('container.json'),
    };
  }

  bundleOf(id: string): Bundle {
    return new Bundle(join(this.#bundles, id));
  }

  create(id: string): ContainerPaths {
    const paths = this.pathsOf(id);
    // The host's users must not reach a set-uid file that a container made (CVE-2021-41091).
    ensureStateFolder(this.#root, 0o700);
    ensureStateFolder(this.#bundles, 0o700);
    mkdirSync(paths.upper, { recursive: true, mode: 0o755 });
    mkdirSync(paths.work, { recursive: true, mode: 0o700 });
    return paths;
  }

  /** Moves a container's folder to the trash at once; resolves when its space is free again. */
  discard(id: string): Promise<void> {
    this.bundleOf(id).release();
    removeControlGroups(id);
    return this.#moveToTrash(this.pathsOf(id).folder, id);
  }

  /** Moves a container's folder to the removed ones, from where `restoreRemoved` brings it back. */
  moveToRemoved(id: string): void {
    this.bundleOf(id).release();
    removeControlGroups(id);
    ensureStateFolder(this.#removed, 0o700);
    rename(this.pathsOf(id).folder, this.removedPath(id));
  }

  /** Path of a removed container's folder. */
  removedPath(id: string): string {
    return join(this.#removed, id);
  }

  restoreRemoved(id: string): void {
    ensureStateFolder(this.#root, 0o700);
    rename(this.removedPath(id), this.pathsOf(id).folder);
  }

  discardRemoved(id: string): Promise<void> {
    return this.#moveToTrash(this.removedPath(id), id);
  }

  #moveToTrash(folder: string, id: string): Promise<void> {
    const entry = ifThere(() => this.#trash.put(folder, id));
    if (entry === undefined) return Promise.resolve();
    const removed = this.#trash.delete(entry);
    // The next daemon deletes a folder that stays in the trash.
    removed.catch(() => {});
    this.#deletions = Promise.allSettled([this.#deletions, removed]).then(() => {});
    return removed;
  }

  /**
   * Puts the folders of containers back that a power cut has left in the trash or among the removed: of a removal it may
   * keep the rename and lose the rows. Call it before `deleteOrphans`.
   */
  putBack(known: (id: string) => boolean, removed: (id: string) => boolean): void {
    for (const entry of this.#trash.entries()) {
      const id = basename(entry).slice(TRASH_PREFIX.length);
      const home = known(id) ? this.pathsOf(id).folder : removed(id) ? this.removedPath(id) : undefined;
      if (home && !kindAt(home)) rename(entry, home);
    }
    for (const id of namesIn(this.#removed)) {
      if (known(id) && !kindAt(this.pathsOf(id).folder)) this.restoreRemoved(id);
    }
  }

  /**
   * Deletes folders of no container, which a crash has left, and ends what still runs in them. Failures are reported, and
   * tried again the next time.
   */
  deleteOrphans(
    known: (id: string) => boolean,
    removed: (id: string) => boolean,
    failed: (error: unknown) => void,
  ): void {
    this.#trash.empty();
    const unknown = [...namesIn(this.#root), ...namesIn(this.#bundles)].filter((id) => !known(id));
    const orphans = unknown.filter((id) => !removed(id));
    const forgotten = namesIn(this.#removed).filter((id) => !removed(id) && !known(id));
    const removals = [
      ...unknown.filter(removed).map(async (id) => {
        await killRun(id, this.bundleOf(id));
        this.moveToRemoved(id);
      }),
      ...orphans.map(async (id) => {
        await killRun(id, this.bundleOf(id));
        await this.discard(id);
      }),
      ...forgotten.map(async (id) => this.discardRemoved(id)),
    ];
    for (const removal of removals) void removal.catch(failed);
  }

  isDiskNearlyFull(): boolean {
    return isDiskNearlyFull(this.#base);
  }

  /** Ids of containers that have a folder. */
  ids(): string[] {
    return namesIn(this.#root);
  }

  /** Ids of removed containers that have a folder. */
  removedIds(): string[] {
    return namesIn(this.#removed);
  }

  bundleIds(): string[] {
    return namesIn(this.#bundles);
  }

  /** Recreates its folders where they are missing. Anything else in their place is quarantined. */
  recreate(id: string): void {
    const { folder, upper, work } = this.pathsOf(id);
    for (const path of [folder, upper, work]) {
      const kind = kindAt(path);
      if (kind && kind !== 'folder') this.#moveToLost(path, `${id}-${basename(path)}`);
    }
    this.create(id);
  }

  /** Quarantines the folder of an unknown container in `lost`, which the engine never deletes. @returns the path */
  quarantine(id: string): string {
    return this.#moveToLost(this.pathsOf(id).folder, id);
  }

  #moveToLost(path: string, name: string): string {
    ensureStateFolder(this.#lost, 0o700);
    const target = join(this.#lost, `${name}-${Date.now()}`);
    rename(path, target);
    return target;
  }

  /** Resolves when all discarded folders are deleted. */
  deletionsDone(): Promise<void> {
    return this.#deletions;
  }
}

/** A missing source is no error: a process may have been killed right after the rename. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
