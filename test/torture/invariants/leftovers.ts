import { spawnSync } from 'node:child_process';
import { rmdirSync, writeFileSync } from 'node:fs';
import { names, processesOfNamespace } from './processes.js';

const ENGINE = /gantry-(monitor|exec)/;

/**
 * Takes away what an engine has left that is gone: its containers' processes and links. For the sake of what comes next
 * in the same namespaces.
 */
export function removeLeftovers(): void {
  const left = processesOfNamespace().filter(
    ({ command, container }) => container !== undefined || ENGINE.test(command),
  );
  for (const { pid } of left) kill(pid);
  for (const container of new Set(left.flatMap(({ container = [] }) => container))) thaw(container);
  const { stdout } = spawnSync('ip', ['-o', 'link', 'show', 'type', 'veth'], { encoding: 'utf8' });
  for (const [, link = ''] of stdout.matchAll(/^\d+: ([^@:]+)/gm)) spawnSync('ip', ['link', 'delete', link]);
}

const CGROUPS = '/sys/fs/cgroup';

/** What is frozen in a control group of version 1 does not even end by SIGKILL. */
function thaw(container: string): void {
  attempt(() => writeFileSync(`${CGROUPS}/freezer/gantry/${container}/freezer.state`, 'THAWED', { flag: 'r+' }));
}

/** Removes the control groups of containers that have no process. */
export function removeControlGroups(containers: Iterable<string>): void {
  const hierarchies = ['.', ...names(CGROUPS)];
  for (const id of containers)
    for (const name of hierarchies) attempt(() => rmdirSync(`${CGROUPS}/${name}/gantry/${id}`));
}

function kill(pid: number): void {
  attempt(() => process.kill(pid, 'SIGKILL'));
}

/** What is not there needs nothing. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // It has ended, or this host has no such hierarchy.
  }
}
