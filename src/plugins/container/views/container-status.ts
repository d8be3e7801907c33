import { humanDuration } from '../../../kernel/index.js';
import type { Container, Health } from '../contracts/index.js';

type ShownStatus = Container['status'] | 'paused' | 'restarting';

/** Docker's word for the state. */
export function shownStatus({
  status,
  paused,
  restartAt,
}: Pick<Container, 'status' | 'paused' | 'restartAt'>): ShownStatus {
  if (status === 'running' && paused) return 'paused';
  return status === 'exited' && restartAt ? 'restarting' : status;
}

/** Docker's: a container that does not run is not healthy, whatever its last check found. */
export function shownHealth({ status, health }: Pick<Container, 'status' | 'health'>): Health['status'] | undefined {
  return health && status === 'exited' ? 'unhealthy' : health?.status;
}

/**
 * The column STATUS of `ps`: `Up 2 minutes (healthy)`, `Restarting (1) 3 seconds ago`, `Exited (0) 3 hours ago`,
 * `Created`.
 */
export function statusText({ status, startedAt, finishedAt, exitCode, paused, restartAt, health }: Container): string {
  if (status === 'created') return 'Created';
  if (status === 'starting') return 'Starting';
  if (status === 'running') {
    const more = paused
      ? ' (Paused)'
      : health
        ? ` (${health.status === 'starting' ? 'health: starting' : health.status})`
        : '';
    return `Up ${humanDuration(since(startedAt))}${more}`;
  }
  if (restartAt) return `Restarting (${exitCode}) ${humanDuration(since(finishedAt))} ago`;
  return `Exited (${exitCode}) ${humanDuration(since(finishedAt))} ago`;
}

function since(moment: Date | undefined): number {
  return Date.now() - (moment?.getTime() ?? Date.now());
}
