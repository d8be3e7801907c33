import type { HostConfig } from '../contracts/index.js';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 60_000;
/** After a run of that length the delay begins at the first again. */
const RESET_AFTER_MS = 10_000;

/** A restart that a policy asks for. */
export interface ScheduledRestart {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** How long after the last run's end it is, in milliseconds. */
  readonly delay: number;
}

/** The facts about an ended run that decide on the next. */
export interface EndedRun {
  readonly config: Pick<HostConfig, 'restart' | 'restartUnhealthy'>;
  readonly exitCode: number;
  /** How long its program ran; undefined where it never did. */
  readonly ranMs: number | undefined;
  /** The user has stopped it. */
  readonly stopped: boolean;
  /** Its last health check failed. */
  readonly unhealthy: boolean;
  /** Restarts before this run since the user started it. */
  readonly restarts: number;
  /** Delay before this run; 0: none. */
  readonly delayMs: number;
}

/** Delay before the next run; undefined where none shall follow. */
export function nextRestartDelay(run: EndedRun): number | undefined {
  if (run.stopped || !wantsRestart(run)) return undefined;
  // A user who starts a container sees why that fails; so it is not tried again.
  if (run.ranMs === undefined && run.restarts === 0) return undefined;
  if (run.delayMs === 0 || (run.ranMs ?? 0) >= RESET_AFTER_MS) return FIRST_DELAY_MS;
  return Math.min(2 * run.delayMs, MAX_DELAY_MS);
}

/** Whether the policy asks for another run. */
export function wantsRestart(run: Pick<EndedRun, 'config' | 'exitCode' | 'unhealthy' | 'restarts'>): boolean {
  const { restart, restartUnhealthy } = run.config;
  const { exitCode, unhealthy, restarts } = run;
  if (restartUnhealthy && unhealthy) return true;
  if (restart.name === 'on-failure') {
    return exitCode !== 0 && (restart.maximumRetries === 0 || restarts < restart.maximumRetries);
  }
  return restart.name === 'always' || restart.name === 'unless-stopped';
}
