import type { Readable } from 'node:stream';
import { token } from '../../../kernel/index.js';
import type { Removed } from '../../system/index.js';
import type { Caller } from './caller.js';
import type { Container, ContainerUpdate } from './container.js';
import type { ContainerConfig } from './container-config.js';
import type { ExecRequest, ExecSession } from './exec.js';
import type { LogOptions } from './logs.js';
import type { ContainerStats } from './stats.js';
import type { Attachment, OutputSink, StartOptions } from './streams.js';

/** Reads which containers there are, and how they are. */
export interface ContainerReader {
  /** @throws GantryError `not found` (`No such container: x`), `conflict` for an ambiguous prefix */
  get(reference: string): Container;
  /** Newest first. */
  list(): readonly Container[];
  /** Resolves with the exit code when it is not running; at once for one that never ran. */
  wait(id: string, signal?: AbortSignal): Promise<number>;
  /** The resources that it uses now; undefined unless it runs. */
  stats(id: string): ContainerStats | undefined;
  /** The host's pids of its processes. @throws GantryError `conflict` unless it runs */
  pids(id: string): readonly number[];
}

export interface StopOptions extends Caller {
  /** It is started again afterwards, if need be by a later daemon. */
  readonly restarts?: boolean;
  /** Sent instead of the container's own stop signal. */
  readonly signal?: NodeJS.Signals | number;
}

/**
 * Creates, starts, stops, changes and removes containers. What excludes another call on the same container waits until
 * that is done; `kill`, and `remove` by force, never do.
 */
export interface ContainerLifecycle {
  /** @throws GantryError `not found`: no container can be created with this `network` */
  checkNetwork(mode: string): void;
  /** @throws GantryError `not found` for image or network, `conflict` for a taken name */
  create(config: ContainerConfig, name?: string): Promise<Container>;
  /**
   * Starts it; resolves once its program runs. This process reads its output from now on.
   * @throws GantryError `conflict` when it runs already and is not being stopped, `no such program`, `not executable`, `unavailable`
   */
  start(id: string, options?: StartOptions): Promise<Attachment>;
  /** @throws GantryError `conflict` unless it runs */
  kill(id: string, signal: NodeJS.Signals | number): Promise<void>;
  /**
   * Passes on a signal of the client in whose foreground it runs. One that would end the client ends a program that handles it in
   * no way, too, though the kernel spares the first process of a container.
   * @throws GantryError `conflict` unless it runs
   */
  forwardSignal(id: string, signal: NodeJS.Signals): Promise<void>;
  /**
   * Sends the stop signal, and SIGKILL after the stop timeout. Resolves when it has ended.
   * @param seconds the stop timeout; absent: the container's own
   */
  stop(id: string, seconds?: number, options?: StopOptions): Promise<void>;
  /** @throws GantryError `invalid` for a bad name, `conflict` for a taken one */
  rename(id: string, name: string): void;
  /**
   * Freezes its processes.
   * @throws GantryError `conflict` unless it runs and is not paused
   */
  pause(id: string, caller?: Caller): Promise<void>;
  /** @throws GantryError `conflict` unless it is paused */
  unpause(id: string, caller?: Caller): Promise<void>;
  /**
   * Changes the restart policy and limits, and no other setting; limits of a running container change at once.
   * @throws GantryError `unavailable` where the kernel refuses
   */
  update(id: string, changes: ContainerUpdate, caller?: Caller): Promise<void>;
  /** Stops it with `force`; removes it, its log and its writable layer. @throws GantryError `conflict` when it runs */
  remove(id: string, options: { readonly force: boolean; readonly volumes: boolean } & Caller): Promise<void>;
}

/** Connects callers to the input and output of programs. */
export interface ContainerStreams {
  /** @throws GantryError `conflict` unless it runs */
  attach(id: string, sink: OutputSink): Attachment;
  /**
   * Runs a program in a running container; resolves once its process is being started, with `detach` once it runs.
   * `(await exec(id, { args, sink })).ended` is its exit code, after the sink has received all of its output.
   * @throws GantryError `conflict` unless the container runs, `no such program`, `not executable`, `invalid`, `unavailable`
   */
  exec(id: string, request: ExecRequest): Promise<ExecSession>;
  /**
   * Passes the log to the sink, and with `follow` new output, until the run ends or the signal aborts. Records that are
   * removed from a full log before the sink has received them are skipped.
   * @throws GantryError `conflict` for a container whose output is not kept
   */
  logs(id: string, sink: OutputSink, options: LogOptions): Promise<void>;
}

/** Reads and writes files of a container, whether it runs or not. */
export interface ContainerFilesystem {
  /** The writable layer: an overlay upper folder. */
  upperDir(id: string): string;
  /**
   * Sees to it that the files of a stopped container stay as they are until what is returned is disposed of: no start
   * begins, nothing is copied in.
   * @param options `pause`: a running one is frozen meanwhile, until then or the end of this process. A kill thaws it.
   */
  holdFiles(id: string, options: { readonly pause: boolean } & Caller): Promise<AsyncDisposable>;
  /**
   * Tells whether there is a file or a directory at a path; everything that is no directory counts as a file.
   * @param options `follow`: follows a link at the end of the path; then `path` in the result is its target, and `kind` is
   * undefined where it leads to nothing
   */
  statPath(
    id: string,
    path: string,
    options: { readonly follow: boolean } & Caller,
  ): Promise<{ readonly path: string; readonly kind: 'file' | 'directory' | undefined } | undefined>;
  /**
   * A tar archive of the file or directory at a path. No link leads out of the container, whatever its programs do
   * meanwhile.
   * @param options `follow`: follows a link at the end of the path; `as`: how the names in the archive begin; with `.`, the
   * archive has the contents of the directory
   * @throws GantryError `not found`
   */
  getArchive(
    id: string,
    path: string,
    options: { readonly follow: boolean; readonly as: string } & Caller,
  ): Promise<Readable>;
  /**
   * Unpacks a tar archive, compressed or not, into a directory of the container. Resolves when it is on disk.
   * @throws GantryError `not found`, `invalid` unless there are a directory and an archive
   */
  putArchive(id: string, path: string, archive: Readable, caller?: Caller): Promise<void>;
}

/** Containers that `remove` has removed and `undo` can bring back. */
export interface ContainerUndo {
  /** The newest first. A container that was removed by `--rm` cannot be brought back. */
  removed(): readonly Removed[];
  /** Id of the image of a removed container. @throws GantryError `not found` */
  removedImageOf(id: string): string;
  /**
   * Brings a removed container back with its id and its files. Its image must exist.
   * @throws GantryError `not found`, `conflict` where another container has its name by now
   */
  undo(id: string): Promise<Container>;
  /** Bytes on disk of removed containers. */
  removedBytes(): Promise<number>;
  /** Deletes all removed containers for good. @returns the bytes that this frees */
  emptyTrash(): Promise<number>;
}

/** The runtime program, for `info`. */
export interface RuntimeInfo {
  describe(): Promise<RuntimeDescription>;
}

/** Containers and their lifecycle. References are ids, unambiguous id prefixes, or names. */
export interface Runtime
  extends ContainerReader,
    ContainerLifecycle,
    ContainerStreams,
    ContainerFilesystem,
    ContainerUndo,
    RuntimeInfo {}
export const Runtime = token<Runtime>('Runtime');

export interface RuntimeDescription {
  readonly name: string;
  readonly version: string;
  readonly cgroups: string;
  readonly warnings: readonly string[];
}
