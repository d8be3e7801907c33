import type { Lease } from '../../network/index.js';
import type { ContainerConfig } from './container-config.js';
import type { HostConfig } from './host-config.js';

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

/** The state of a container that has never run. */
export const NEVER_RUN: Omit<Container, 'id' | 'name' | 'created' | 'config'> = {
  status: 'created',
  pid: 0,
  exitCode: 0,
  error: '',
  startedAt: undefined,
  finishedAt: undefined,
  lease: undefined,
  paused: false,
  restarts: 0,
  restartAt: undefined,
  oomKilled: false,
  health: undefined,
};

/** Whether a run of it has begun and not ended. */
export function isActive({ status }: { readonly status: string }): boolean {
  return status === 'running' || status === 'starting';
}
