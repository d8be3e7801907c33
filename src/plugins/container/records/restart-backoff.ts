import type { HostConfig } from '../contracts/index.js';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 60_000;
/** A run of that length was a good one: the next delay is the first again. */
const RESET_AFTER_MS = 10_000;

/** A run that has ended, as far as it decides on the next. */
export interface EndedRun {
  readonly config: Pick<HostConfig, 'restart' | 'restartUnhealthy'>;
  readonly exitCode: number;
  /** How long its program ran; undefined where it never did. */
  readonly ranMs: number | undefined;
  /** The user wanted it to stop. */
  readonly stopped: boolean;
  /** Its last health check said so. */
  readonly unhealthy: boolean;
  /** How many restarts came before, without the user. */
  readonly restarts: number;
  /** Before this run; 0: none. */
  readonly delayMs: number;
}

/** How long to wait before the next run; undefined where there is to be none. */
export function nextRestartDelay(run: EndedRun): number | undefined {
  if (run.stopped || !wantsRestart(run)) return undefined;
  // What a user starts, and what fails to, is told to that user.
  if (run.ranMs === undefined && run.restarts === 0) return undefined;
  if (run.delayMs === 0 || (run.ranMs ?? 0) >= RESET_AFTER_MS) return FIRST_DELAY_MS;
  return Math.min(2 * run.delayMs, MAX_DELAY_MS);
}

function wantsRestart({ config: { restart, restartUnhealthy }, exitCode, unhealthy, restarts }: EndedRun): boolean {
  if (restartUnhealthy && unhealthy) return true;
  if (restart.name === 'on-failure') {
    return exitCode !== 0 && (restart.maximumRetries === 0 || restarts < restart.maximumRetries);
  }
  return restart.name === 'always' || restart.name === 'unless-stopped';
}
