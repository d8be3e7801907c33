import type { ChildProcess } from 'node:child_process';
import { constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  MS_BIND,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
  mount,
  openFileOf,
  spawned,
  spawnProgram,
} from '../../../host/index.js';
import { ContainerTree } from '../../../sysinit/container-tree.js';
import { descriptorPath, lookInRoot } from '../../../sysinit/in-root.js';
import { makeMountPoints, makeRootMountPoints } from '../../../sysinit/mount-points.js';
import type { Graph } from '../../image/index.js';
import type { Volumes } from '../../volume/index.js';
import { type Caller, isActive, type MountRequest } from '../contracts/index.js';
import { inPrivateNamespaces, SHELL } from '../host/index.js';
import type { ContainerFolders, ContainerLocks, ContainerStore, StoredContainer } from '../records/index.js';

const POLL_MS = 20;

interface Dependencies {
  readonly files: ContainerFolders;
  readonly graph: Graph;
  readonly volumes: Volumes;
  readonly store: ContainerStore;
  readonly locks: ContainerLocks;
}

/** A container's root as a folder, until it is disposed of. */
export interface OpenRoot extends Disposable {
  readonly path: string;
}

/** The root of a stopped container, with the mounts of a start, that all calls of this process share. */
interface SharedRoot {
  readonly root: Promise<OpenRoot | undefined>;
  users: number;
}

/**
 * Opens the roots of containers, so that a writable layer is mounted once at a time: that of a running one is its own; a
 * stopped one is mounted under its exclusive lock, on which a start waits.
 */
export class OpenRoots {
  readonly #shared = new Map<string, SharedRoot>();

  constructor(private readonly services: Dependencies) {}

  /** @param use a container that has been stopped is not started again while a copy still `writes` to that run's root */
  async open(reference: string, use: 'reads' | 'writes', caller: Caller): Promise<OpenRoot> {
    const { store, locks } = this.services;
    for (;;) {
      const container = store.find(reference);
      if (!isActive(container)) return this.#share(container, use, caller);
      using taken = new DisposableStack();
      if (use === 'writes') taken.use(await locks.take(container, 'shared', 'cp', caller));
      const init = store.byId(container.id)?.init;
      const root = init && taken.use(openFileOf(init, 'root', constants.O_RDONLY | constants.O_DIRECTORY));
      if (root) {
        const held = taken.move();
        return { path: descriptorPath(root.fd), [Symbol.dispose]: () => held.dispose() };
      }
      // It is starting, or has just ended.
      await this.#moment(caller);
    }
  }

  async #share(container: StoredContainer, use: 'reads' | 'writes', caller: Caller): Promise<OpenRoot> {
    const { id } = container;
    const known = this.#shared.get(id);
    const shared = known ?? { root: this.#mount(container, caller), users: 0 };
    this.#shared.set(id, shared);
    shared.users++;
    const isLast = (): boolean => --shared.users === 0 && this.#shared.delete(id);
    let root: OpenRoot | undefined;
    try {
      root = await shared.root;
    } catch (error) {
      // What failed for another caller, who may have left, is tried again.
      if (!known) throw error;
    } finally {
      if (!root) isLast();
    }
    if (!root) return this.open(id, use, caller);
    return {
      path: root.path,
      [Symbol.dispose]: () => {
        if (isLast()) root[Symbol.dispose]();
      },
    };
  }

  /** Undefined where it has been started meanwhile: what is asked for is in its run. */
  async #mount(container: StoredContainer, caller: Caller): Promise<OpenRoot | undefined> {
    const { store, locks, files, graph, volumes } = this.services;
    using taken = new DisposableStack();
    taken.use(await locks.take(container, 'exclusive', 'cp', caller));
    const { id, config, status } = store.find(container.id);
    if (isActive({ status })) return undefined;
    const { upper, work } = files.create(id);
    const filesystem = graph.rootFilesystem(config.imageId, upper, work);
    const bundle = files.bundleOf(id);
    const { rootfs } = bundle;
    taken.defer(() => bundle.release());
    mkdirSync(rootfs, { recursive: true, mode: 0o700 });
    await filesystem.prepare();
    const mounts = config.mounts
      .map((request) =>
        request.type === 'volume' ? { ...request, source: volumes.ensure(request.source).path } : request,
      )
      .filter(isThere);
    const keeper = await spawned(
      inPrivateNamespaces({ network: false }, () => {
        filesystem.mount(rootfs);
        makePlaces(rootfs, mounts);
        for (const request of mounts) bind(rootfs, request);
        if (config.readOnlyRoot) makeReadOnly(rootfs);
        return spawnKeeper();
      }),
    );
    const held = taken.move();
    // The mounts are there as long as the process is.
    keeper.once('exit', () => held.dispose());
    return { path: `/proc/${keeper.pid}/root${rootfs}`, [Symbol.dispose]: () => void keeper.stdin?.end() };
  }

  async #moment({ gone }: Caller): Promise<void> {
    gone?.throwIfAborted();
    await sleep(POLL_MS);
  }
}

/** A place for what is not there would stay in the container's layer, and be in the way of a later start. */
function isThere({ source, subpath }: MountRequest): boolean {
  return existsSync(source) && (subpath === undefined || lookInRoot(source, subpath, () => true) === true);
}

/** As a start makes them. */
function makePlaces(root: string, mounts: readonly MountRequest[]): void {
  const places = mounts.map(({ source, target, subpath }) => ({
    ...{ source, destination: target },
    isFolder:
      subpath === undefined
        ? statSync(source).isDirectory()
        : lookInRoot(source, subpath, (_fd, stats) => stats.isDirectory()) === true,
  }));
  makeRootMountPoints(new ContainerTree(root, []), places);
  makeMountPoints(root, places, places);
}

function bind(root: string, { source, subpath, target, readOnly }: MountRequest): void {
  const from = (path: string): true | undefined =>
    lookInRoot(root, target, (fd) => {
      mount(path, descriptorPath(fd), null, MS_BIND | MS_REC, null);
      return true;
    });
  const isBound = subpath === undefined ? from(source) : lookInRoot(source, subpath, (fd) => from(descriptorPath(fd)));
  if (isBound && readOnly) lookInRoot(root, target, (fd) => makeReadOnly(descriptorPath(fd)));
}

function makeReadOnly(mounted: string): void {
  mount('none', mounted, null, MS_REMOUNT | MS_BIND | MS_RDONLY, null);
}

/** A process that holds the namespace with the mounts; it ends when this one does. */
function spawnKeeper(): ChildProcess {
  const keeper = spawnProgram(SHELL, ['-c', 'read -r end'], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keeper.on('error', () => {});
  keeper.stdin?.on('error', () => {});
  return keeper;
}
