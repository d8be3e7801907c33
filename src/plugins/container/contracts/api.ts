import { token } from '../../../kernel/index.js';

/** A container as plugins see it: plain data. */
export interface ContainerSummary {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  /** As the user wrote it when the container was created. */
  readonly image: string;
  /** `sha256:` and 64 hex digits. */
  readonly imageId: string;
  /** Program and arguments, entry point first. Never empty. */
  readonly command: readonly string[];
  /** Milliseconds since 1970. */
  readonly created: number;
  /** `starting` lasts from the decision to start until the program runs. */
  readonly status: 'created' | 'starting' | 'running' | 'exited';
  /** Of the last run that ended; 0 before. */
  readonly exitCode: number;
  /** It runs, and its processes are frozen. */
  readonly paused: boolean;
  /** Result of its health checks in the last run; absent where it has none. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy';
  /** Of its first process, as the host sees it; 0 unless running. */
  readonly pid: number;
  /** When the last run began and ended: milliseconds since 1970; absent before. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** Its image's labels with its own over them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Published ports; none unless it runs. */
  readonly ports: readonly {
    /** The host's address that listens. */
    readonly hostIp?: string;
    readonly hostPort: number;
    readonly containerPort: number;
    readonly protocol: 'tcp' | 'udp' | 'sctp';
  }[];
  /** IPv4 address on the bridge; absent unless it runs there. */
  readonly address?: string;
  readonly privileged: boolean;
}

/** Request for a new container. Options that are left out come from the image, or are the defaults of `docker run`. */
export interface CreateOptions {
  /** Name or id of an image that is there. */
  readonly image: string;
  /** Program and arguments, or the arguments of the image's entry point. */
  readonly command?: readonly string[];
  /** Takes the place of the image's entry point; empty: none. */
  readonly entrypoint?: string;
  /** Two characters or more of `[a-zA-Z0-9_.-]`. Left out: one is made up. */
  readonly name?: string;
  /** Variables over the image's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Labels over the image's. */
  readonly labels?: Readonly<Record<string, string>>;
  /** `bridge` (the default), `none` or `host`. */
  readonly network?: string;
  readonly hostname?: string;
  /** `name|uid[:group|gid]`. */
  readonly user?: string;
  /** Absolute. */
  readonly workdir?: string;
  /** Limit in bytes, at least 6 MiB; 0: none. */
  readonly memory?: number;
  readonly readOnly?: boolean;
  /** As in `docker run -p`: `8080:80`, `127.0.0.1::53/udp`. */
  readonly publish?: readonly string[];
  /**
   * As in `docker run -v`, but named and anonymous volumes only: `data:/data:ro`. A plugin cannot mount folders of the
   * host.
   */
  readonly volumes?: readonly string[];
  /** Removes it, and its anonymous volumes, when it exits. */
  readonly autoRemove?: boolean;
}

/**
 * Containers, for plugins. A reference is an id, an unambiguous prefix of one, or a name. Each method rejects with a
 * GantryError: `invalid` for an argument of a wrong type, naming it; `not found` and `conflict` for a reference.
 */
export interface Containers {
  /** The newest first; those that run, or all. */
  list(options?: { readonly all?: boolean }): Promise<readonly ContainerSummary[]>;
  /** @throws GantryError `not found` (`No such container: x`), `conflict` for an ambiguous prefix */
  get(reference: string): Promise<ContainerSummary>;
  /**
   * Reads a container's output, stdout and stderr in the order in which it was written.
   * @param options `tail`: at most so many lines from its end; `limit`: at most so many bytes from its end, default 1
   * MiB
   */
  logs(reference: string, options?: { readonly tail?: number; readonly limit?: number }): Promise<string>;
  /** Resolves with the exit code when it is not running; at once for one that never ran. */
  wait(reference: string): Promise<number>;
  /**
   * Creates a container without starting it.
   * @throws GantryError `not found` for the image, `conflict` for a taken name
   */
  create(options: CreateOptions): Promise<ContainerSummary>;
  /** Resolves once its program runs. @throws GantryError `conflict` when it runs already, `no such program`, `not executable`, `unavailable` */
  start(reference: string): Promise<void>;
  /** Stops it if it runs, and starts it. @param seconds stop timeout, default 10; -1: none */
  restart(reference: string, seconds?: number): Promise<void>;
  /**
   * Sends the stop signal, and SIGKILL after the stop timeout of `seconds` (default 10; -1: none). Resolves when it has
   * ended, at once where it does not run.
   */
  stop(reference: string, seconds?: number): Promise<void>;
  /**
   * @param signal a name or a number: `HUP`, `SIGHUP`, `1`; default KILL.
   * @throws GantryError `conflict` unless it runs
   */
  kill(reference: string, signal?: string): Promise<void>;
  /** @param options `force`: also one that runs; `volumes`: its anonymous ones, too. @throws GantryError `conflict` when it runs */
  remove(reference: string, options?: { readonly force?: boolean; readonly volumes?: boolean }): Promise<void>;
}
export const Containers = token<Containers>('Containers');
