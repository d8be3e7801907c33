import type { Lease } from '../../network/index.js';
import type { ContainerConfig } from './container-config.js';
import type { LifecycleSettings, LimitSettings } from './host-config.js';

/** `starting` lasts from the decision to start until the program runs, so that a crash in between is visible. */
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
  /** Reason why the last start failed; empty if it did not. */
  readonly error: string;
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
  /** Its address and ports on the network while it runs. */
  readonly lease: Lease | undefined;
  /** It runs, and its processes are frozen. */
  readonly paused: boolean;
  /** Restarts by the engine since the user last started it. */
  readonly restarts: number;
  /** Time of the next restart; undefined unless it has ended and its restart policy asks for one. */
  readonly restartAt: Date | undefined;
  /** The kernel ended the last run because it was out of memory. */
  readonly oomKilled: boolean;
  /** Result of its health checks in the last run; undefined where it has none. */
  readonly health: Health | undefined;
}

export interface Health {
  readonly status: 'starting' | 'healthy' | 'unhealthy';
  /** Failures in a row. */
  readonly failingStreak: number;
  /** The last five, oldest first. */
  readonly log: readonly HealthProbe[];
}

export interface HealthProbe {
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** 0: healthy; -1: it timed out. */
  readonly exitCode: number;
  /** The first 4096 bytes. */
  readonly output: string;
}

/** The settings that `update` can change; those that are left out stay. */
export type ContainerUpdate = Partial<LimitSettings & Pick<LifecycleSettings, 'restart'>>;

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

/** Whether it is running or starting. */
export function isActive({ status }: { readonly status: string }): boolean {
  return status === 'running' || status === 'starting';
}
