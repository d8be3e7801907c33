import { token } from '../../kernel/token.js';
import type { ImageConfig } from '../image/index.js';
import type { Lease, PortRequest } from '../network/index.js';

/** A folder of the host, or a named volume, in a container. */
export interface MountRequest {
  readonly type: 'bind' | 'volume';
  /** An absolute path of the host; a volume's name; empty for an anonymous volume. */
  readonly source: string;
  /** Absolute, in the container. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** How a container is to be on its network. */
export interface NetworkWishes {
  readonly aliases: readonly string[];
  readonly address?: string;
  readonly macAddress?: string;
  readonly links: readonly { readonly container: string; readonly alias: string }[];
}

/** What a container is made from: fixed when it is created. */
export interface ContainerConfig {
  /** As the user wrote it. */
  readonly image: string;
  readonly imageId: string;
  /** The image's configuration with the user's wishes laid over it: Env, User, WorkingDir, StopSignal, Labels. */
  readonly process: ImageConfig;
  /** Program and arguments, entry point first. Never empty. */
  readonly args: readonly string[];
  readonly hostname: string;
  readonly tty: boolean;
  readonly openStdin: boolean;
  /** The first attached client's end of input is the container's end of input. */
  readonly stdinOnce: boolean;
  /** Bytes; 0: no limit. */
  readonly memory: number;
  readonly readOnlyRoot: boolean;
  /** Nothing is kept from it but the host's files: all capabilities, system calls and devices. */
  readonly privileged: boolean;
  readonly autoRemove: boolean;
  /** `none`, `host`, `container:ID`, or a network's name. */
  readonly network: string;
  readonly networkWishes?: NetworkWishes;
  readonly ports: readonly PortRequest[];
  readonly mounts: readonly MountRequest[];
}

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
}

export type OutputStream = 'stdout' | 'stderr';

/** Where a container's output goes. Resolves when it can take more. */
export type OutputSink = (stream: OutputStream, chunk: Uint8Array, time: number) => Promise<void> | undefined;

/** How a run ended. */
export interface RunEnd {
  readonly exitCode: number;
  /** Why the program could not be run, or the exit code is not known; empty where it ran to its end. */
  readonly error: string;
}

/** A connection to a container's input and output. */
export interface Attachment {
  /** Writes to the container's input. Resolves when it has been taken, or when the container has ended. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the container's input, where it was made for one client (`stdinOnce`). */
  end(): void;
  resize(columns: number, rows: number): void;
  /** Resolves when the run has ended and all of its output has been given to the sink. */
  readonly ended: Promise<RunEnd>;
  /** Stops listening; the container goes on. */
  detach(): void;
}

export interface StartOptions {
  /** Attached before the program's first byte. */
  readonly sink?: OutputSink;
  /** Terminal size from the first byte. */
  readonly size?: { readonly columns: number; readonly rows: number };
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
  /** Gives what the log holds to the sink, and with `follow` what comes, until the run ends or the signal aborts. */
  logs(
    id: string,
    sink: OutputSink,
    options: { readonly follow: boolean; readonly signal?: AbortSignal },
  ): Promise<void>;
  /** Resolves with the exit code when it is not running; at once for one that never ran. */
  wait(id: string, signal?: AbortSignal): Promise<number>;
  /** @throws GantryError `conflict` unless it runs */
  kill(id: string, signal: NodeJS.Signals | number): Promise<void>;
  /** The stop signal, `seconds` of grace, then SIGKILL. Resolves when it has ended. */
  stop(id: string, seconds: number): Promise<void>;
  /** Stops it with `force`; removes it, its log and its writable layer. @throws GantryError `conflict` when it runs */
  remove(id: string, options: { readonly force: boolean; readonly volumes: boolean }): Promise<void>;
  /** The writable layer: an overlay upper folder. */
  upperOf(id: string): string;
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
