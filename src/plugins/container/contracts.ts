import type { Readable } from 'node:stream';
import { token } from '../../kernel/token.js';
import type { Lease } from '../network/index.js';
import type { Removed } from '../system/index.js';
import type { ContainerConfig } from './container-config-contract.js';
import type { HostConfig } from './host-config.js';

export type * from './container-config-contract.js';

/** `starting` lasts from the decision to start until the program runs: a crash in between shows. */
export type ContainerStatus = 'created' | 'starting' | 'running' | 'exited';

export interface Container {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly created: Date;
  readonly config: ContainerConfig;
  readonly status: ContainerStatus;
  /** Of the container's first process, as the host sees it; 0 unless running. */
  readonly pid: number;
  /** Of the last run that ended; 0 before. */
  readonly exitCode: number;
  /** Why the last start failed; empty else. */
  readonly error: string;
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
  /** Its place on the network while it runs. */
  readonly lease: Lease | undefined;
  /** It runs, and its processes are frozen. */
  readonly paused: boolean;
  /** How often it was started again without its user, since that one started it. */
  readonly restarts: number;
  /** When it will be started again; undefined unless it has ended and its restart policy says so. */
  readonly restartAt: Date | undefined;
  /** The last run was ended by the kernel for want of memory. */
  readonly oomKilled: boolean;
  /** What its health check found in the last run; undefined where there is none. */
  readonly health: Health | undefined;
}

export interface Health {
  readonly status: 'starting' | 'healthy' | 'unhealthy';
  /** Failures in a row. */
  readonly failingStreak: number;
  /** The last five, the oldest first. */
  readonly log: readonly HealthProbe[];
}

export interface HealthProbe {
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** 0: healthy; -1: it took too long. */
  readonly exitCode: number;
  /** The first 4096 bytes. */
  readonly output: string;
}

/** What of a container can be changed later; what is left out stays. */
export type ContainerUpdate = Partial<
  Pick<HostConfig, 'memory' | 'memorySwap' | 'cpus' | 'cpuShares' | 'pidsLimit' | 'restart'>
>;

export type OutputStream = 'stdout' | 'stderr';

/** Where a container's output goes. Resolves when it can take more. */
export type OutputSink = (stream: OutputStream, chunk: Uint8Array, time: number) => Promise<void> | undefined;

/** How a run ended. */
export interface ExitStatus {
  readonly exitCode: number;
  /** Why the program could not be run, or the exit code is not known; empty where it ran to its end. */
  readonly error: string;
  /** The kernel ended it for want of memory. */
  readonly oomKilled?: boolean;
}

/** A connection to a container's input and output. */
export interface Attachment {
  /** Writes to the container's input. Resolves when it has been taken, or when the container has ended. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the container's input, where it was made for one client (`stdinOnce`). */
  end(): void;
  resize(columns: number, rows: number): void;
  /** Resolves when the run has ended and all of its output has been given to the sink. */
  readonly ended: Promise<ExitStatus>;
  /** Stops listening; the container goes on. */
  detach(): void;
}

export interface StartOptions {
  /** Attached before the program's first byte. */
  readonly sink?: OutputSink;
  /** Terminal size from the first byte. */
  readonly size?: { readonly columns: number; readonly rows: number };
}

/** What is run in a container beside its own program. */
export interface ExecRequest {
  /** Program and arguments. Never empty. */
  readonly args: readonly string[];
  /** Over the container's own: `NAME=value`; a bare `NAME` takes one out. */
  readonly env?: readonly string[];
  /** `name|uid[:group|gid]`; absent or empty: the container's. */
  readonly user?: string;
  /** Absolute, must be there; absent or empty: the container's. */
  readonly workdir?: string;
  /** All capabilities. */
  readonly privileged?: boolean;
  readonly tty?: boolean;
  /** Of the terminal, from the first byte. */
  readonly size?: { readonly columns: number; readonly rows: number };
  /** It has an input; else it reads an end at once. */
  readonly openStdin?: boolean;
  /** It belongs to the container from then on: without input and output, and nobody learns how it ends. */
  readonly detach?: boolean;
  /** Takes its output, at its own pace: a program waits for a sink that does not read. Absent: it is thrown away. */
  readonly sink?: OutputSink;
}

/**
 * A program that was run in a container beside its own. It ends with the container, with the engine process that runs
 * it, and by itself. `detach` leaves it running, its output being thrown away from then on; `end` ends its input.
 */
export interface ExecSession extends Attachment {
  /** A signal for the program. Nothing happens where it has ended. */
  kill(signal: NodeJS.Signals | number): Promise<void>;
}

/** A look at what a running container uses. */
export interface ContainerStats {
  /** Of the look, in milliseconds of a clock that only goes on. */
  readonly time: number;
  /** Milliseconds of processor time since it was started. */
  readonly cpu: number;
  /** Bytes, what the kernel could give back at once left out; the limit is the machine's memory where there is none. */
  readonly memory: number;
  readonly memoryLimit: number;
  readonly pids: number;
  /** Bytes since it was started; 0 with the host's network. */
  readonly network: { readonly received: number; readonly sent: number };
  readonly block: { readonly read: number; readonly written: number };
}

export interface LogOptions {
  readonly follow: boolean;
  /** So many lines at its end; absent: all. */
  readonly tail?: number | undefined;
  /** Milliseconds since 1970. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly signal?: AbortSignal;
}

/** Containers and their life. References are ids, unambiguous id prefixes, or names. */
export interface Runtime {
  /** @throws GantryError `not found`: no container can be created with this `network` */
  checkNetwork(mode: string): void;
  /** @throws GantryError `not found` for image or network, `conflict` for a taken name */
  create(config: ContainerConfig, name?: string): Promise<Container>;
  /** @throws GantryError `not found` (`No such container: x`), `conflict` for an ambiguous prefix */
  get(reference: string): Container;
  /** Newest first. */
  list(): readonly Container[];
  /**
   * Starts it; resolves once its program runs. This process reads its output from now on.
   * @throws GantryError `conflict` when it runs already, `no such program`, `not executable`, `unavailable`
   */
  start(id: string, options?: StartOptions): Promise<Attachment>;
  /** @throws GantryError `conflict` unless it runs */
  attach(id: string, sink: OutputSink): Attachment;
  /**
   * Runs a program in a running container; resolves once it is on its way, with `detach` once it runs.
   * `(await exec(id, { args, sink })).ended` is its exit code, with all of its output given to the sink.
   * @throws GantryError `conflict` unless the container runs, `no such program`, `not executable`, `invalid`, `unavailable`
   */
  exec(id: string, request: ExecRequest): Promise<ExecSession>;
  /**
   * Gives what the log holds to the sink, and with `follow` what comes, until the run ends or the signal aborts. What is
   * removed from a full log before the sink has taken it is passed over.
   * @throws GantryError `conflict` for a container whose output is not kept
   */
  logs(id: string, sink: OutputSink, options: LogOptions): Promise<void>;
  /** Resolves with the exit code when it is not running; at once for one that never ran. */
  wait(id: string, signal?: AbortSignal): Promise<number>;
  /** @throws GantryError `conflict` unless it runs */
  kill(id: string, signal: NodeJS.Signals | number): Promise<void>;
  /** The stop signal, `seconds` of grace, the container's own unless told, then SIGKILL. Resolves when it has ended. */
  stop(id: string, seconds?: number): Promise<void>;
  /** @throws GantryError `invalid` for a bad name, `conflict` for a taken one */
  rename(id: string, name: string): void;
  /**
   * Freezes its processes. `passing`: for a moment of the engine's own, which ends with this process at the latest.
   * @throws GantryError `conflict` unless it runs and is not paused
   */
  pause(id: string, options?: { readonly passing?: boolean }): Promise<void>;
  /** @throws GantryError `conflict` unless it is paused */
  unpause(id: string): Promise<void>;
  /** Changes limits, those of a running container at once, and the restart policy. @throws GantryError `unavailable` where the kernel refuses */
  update(id: string, changes: ContainerUpdate): Promise<void>;
  /** The host's pids of its processes. @throws GantryError `conflict` unless it runs */
  pids(id: string): readonly number[];
  /** Stops it with `force`; removes it, its log and its writable layer. @throws GantryError `conflict` when it runs */
  remove(id: string, options: { readonly force: boolean; readonly volumes: boolean }): Promise<void>;
  /** What `remove` took and `undo` can bring back, the newest first. What went by itself, as of `--rm`, is gone. */
  removed(): readonly Removed[];
  /** Id of the image that a removed container is of. @throws GantryError `not found` */
  removedImageOf(id: string): string;
  /**
   * Brings a removed container back, as it was: same id, same files. Its image is there.
   * @throws GantryError `not found`, `conflict` where its name is taken by now
   */
  undo(id: string): Promise<Container>;
  /** Forgets all removed containers. @returns the bytes that this frees */
  emptyTrash(): Promise<number>;
  /** The writable layer: an overlay upper folder. */
  upperDir(id: string): string;
  /**
   * What stands at a path in a container, running or not: a file is all that is no directory.
   * @param follow whether a link at the path's end is followed. Then `path` is where that leads.
   */
  statPath(
    id: string,
    path: string,
    options: { readonly follow: boolean },
  ): Promise<{ readonly path: string; readonly kind: 'file' | 'directory' } | undefined>;
  /**
   * A tar archive of what stands at a path in a container, running or not. Links lead nowhere out of the container,
   * whatever that does meanwhile.
   * @param follow whether a link at the path's end is followed @param as how the names in it begin; with `.`, it holds
   * what is in a folder
   * @throws GantryError `not found`
   */
  getArchive(id: string, path: string, options: { readonly follow: boolean; readonly as: string }): Promise<Readable>;
  /**
   * Unpacks a tar archive, compressed or not, into a folder of a container, running or not. Resolves when it is on disk.
   * @throws GantryError `not found`, `invalid` for what is no folder or no archive
   */
  putArchive(id: string, path: string, archive: Readable): Promise<void>;
  /** What it uses now; undefined unless it runs. */
  stats(id: string): ContainerStats | undefined;
  /** What runs containers here, for `info`. */
  describe(): Promise<RuntimeDescription>;
}
export const Runtime = token<Runtime>('Runtime');

export interface RuntimeDescription {
  readonly name: string;
  readonly version: string;
  readonly cgroups: string;
  readonly warnings: readonly string[];
}
