import { spawnSync } from 'node:child_process';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { allPids, commandOf } from './host-processes.js';

const ENGINE_PROCESS = /gantry-(monitor|e2e|image)/;

/** Everything that an engine could leave on its host, a line each: links, mounts, packet rules, control groups, processes. */
export function tracesOnHost(): ReadonlySet<string> {
  return new Set([
    ...readdirSync('/sys/class/net').map((name) => `link ${name}`),
    ...mountPoints().map((path) => `mount ${path}`),
    ...nftTables().map((table) => `nftables ${table}`),
    ...globSync('/sys/fs/cgroup/{*/,}gantry/*/').map((path) => `cgroup ${path}`),
    ...allPids()
      .map((pid) => ({ pid, command: commandOf(pid) }))
      .filter(({ command }) => ENGINE_PROCESS.test(command))
      .map(({ pid, command }) => `process ${pid}: ${command}`),
  ]);
}

export function mountPoints(): readonly string[] {
  const lines = readFileSync('/proc/self/mounts', 'utf8').trim().split('\n');
  return lines.map((line) => line.split(' ')[1] ?? '');
}

function nftTables(): readonly string[] {
  const { stdout } = spawnSync('nft', ['list', 'tables'], { encoding: 'utf8' });
  return (stdout ?? '').trim().split('\n').filter(Boolean);
}
