import { spawnSync } from 'node:child_process';
import { processesOfNamespace } from './processes.js';

const ENGINE = /gantry-(monitor|exec)/;

/**
 * Takes away what an engine has left that is gone: its containers' processes and links. For the sake of what comes next
 * in the same namespaces.
 */
export function removeLeftovers(): void {
  for (const { pid, command, container } of processesOfNamespace()) {
    if (container !== undefined || ENGINE.test(command)) kill(pid);
  }
  const { stdout } = spawnSync('ip', ['-o', 'link', 'show', 'type', 'veth'], { encoding: 'utf8' });
  for (const [, link = ''] of stdout.matchAll(/^\d+: ([^@:]+)/gm)) spawnSync('ip', ['link', 'delete', link]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
