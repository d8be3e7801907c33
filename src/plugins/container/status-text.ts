import { humanDuration } from '../../kernel/index.js';
import type { Container } from './contracts.js';

/** `Up 2 minutes`, `Exited (0) 3 hours ago`, `Created`: what `ps` says of a container. */
export function statusText({ status, startedAt, finishedAt, exitCode }: Container): string {
  if (status === 'created') return 'Created';
  if (status === 'starting') return 'Starting';
  if (status === 'running') return `Up ${humanDuration(since(startedAt))}`;
  return `Exited (${exitCode}) ${humanDuration(since(finishedAt))} ago`;
}

function since(moment: Date | undefined): number {
  return Date.now() - (moment?.getTime() ?? Date.now());
}
