import { spawnSync } from 'node:child_process';
import { globSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { allPids, commandOf, isOfRun } from './host-processes.js';
import { PREFIX } from './run-folder.js';

const ENGINE_PROCESS = /gantry-(monitor|e2e|image)/;
/** How tests call their engines' bridges (`test/support/engine.ts`), and engines those of networks that people make. */
const TEST_BRIDGE = /^(gt[0-9a-z]+-|gn[0-9a-f]{3}-)/;
const LINKS = '/sys/class/net';

/**
 * Everything that the engines of a run could leave on its host, a line each: links, mounts, packet rules, control groups,
 * processes. What shows that it is another engine's, which works beside the run, is not among it.
 */
export function tracesOnHost(folder: string): ReadonlySet<string> {
  const processes = allPids().filter((pid) => ENGINE_PROCESS.test(commandOf(pid)));
  const others = processes.filter((pid) => !isOfRun(pid, folder)).map(commandOf);
  return new Set([
    ...readdirSync(LINKS)
      .filter(isOfTests)
      .map((name) => `link ${name}`),
    ...mountPoints()
      .filter((path) => path.startsWith(`${folder}/`) || (path.includes('gantry') && !path.includes(PREFIX)))
      .map((path) => `mount ${path}`),
    ...nftTables().map((table) => `nftables ${table}`),
    ...globSync('/sys/fs/cgroup/{*/,}gantry/*/')
      .filter((path) => !others.some((command) => command.includes(basename(path))))
      .map((path) => `cgroup ${path}`),
    ...processes.filter((pid) => isOfRun(pid, folder)).map((pid) => `process ${pid}: ${commandOf(pid)}`),
  ]);
}

export function mountPoints(): readonly string[] {
  const lines = readFileSync('/proc/self/mounts', 'utf8').trim().split('\n');
  return lines.map((line) => line.split(' ')[1] ?? '');
}

/** A bridge by its name, an end of a pair by its bridge; one that has none is nobody's. */
function isOfTests(link: string): boolean {
  if (TEST_BRIDGE.test(link)) return true;
  if (!link.startsWith('veth')) return false;
  const bridge = bridgeOf(link);
  return bridge === undefined || TEST_BRIDGE.test(bridge);
}

function bridgeOf(link: string): string | undefined {
  try {
    return basename(readlinkSync(join(LINKS, link, 'master')));
  } catch {
    return undefined;
  }
}

function nftTables(): readonly string[] {
  const { stdout } = spawnSync('nft', ['list', 'tables'], { encoding: 'utf8' });
  const tables = (stdout ?? '').trim().split('\n').filter(Boolean);
  return tables.filter((table) => TEST_BRIDGE.test(table.split(' ').at(-1) ?? ''));
}
