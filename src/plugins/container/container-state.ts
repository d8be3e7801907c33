import type { Container } from './contracts.js';

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

export type ShownStatus = Container['status'] | 'paused' | 'restarting';

/** Docker's one word for it. */
export function shownStatus({
  status,
  paused,
  restartAt,
}: Pick<Container, 'status' | 'paused' | 'restartAt'>): ShownStatus {
  if (status === 'running' && paused) return 'paused';
  return status === 'exited' && restartAt ? 'restarting' : status;
}
