import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDamaged, segmentsOf } from '../../../src/plugins/container/logs/index.js';
import type { TestEngine } from '../../support/engine.js';
import type { Call } from '../calls.js';
import { lasting } from './lasting.js';
import { inWords, names, namespacesOf, type Process, processesOfNamespace } from './processes.js';
import { type Row, type Rows, readRows } from './rows.js';

interface Look {
  readonly engine: TestEngine;
  readonly rows: Rows;
  readonly active: ReadonlySet<string>;
  readonly processes: readonly Process[];
}

const INVARIANTS: readonly ((look: Look) => string[])[] = [
  ({ rows }) => rows.damage,
  programs,
  owners,
  bundles,
  folders,
  leases,
  links,
  publishedPorts,
  logs,
  mounts,
  namespaces,
];

/** What does not hold now; an engine that works has passing states, so ask `invariantsAtRest`. */
export function brokenInvariants(engine: TestEngine): string[] {
  const rows = readRows(engine.root);
  const active = new Set(rows.containers.filter(isActive).map(({ id }) => id));
  const look = { engine, rows, active, processes: processesOfNamespace() };
  return INVARIANTS.flatMap((invariant) => invariant(look));
}

/** What does not come to hold, with what the engine itself finds. @param call asks its daemon */
export async function invariantsAtRest(engine: TestEngine, call: Call): Promise<string[]> {
  const broken = await lasting(() => brokenInvariants(engine));
  const check = async (): Promise<string[]> => {
    const { code, stdout, stderr } = await call('system', 'check');
    return code === 0
      ? []
      : `${stdout}${stderr}`
          .trim()
          .split('\n')
          .map((line) => `system check: ${line}`);
  };
  return [...broken, ...(await lasting(check))];
}

function isActive({ status }: Row): boolean {
  return status === 'running' || status === 'starting';
}

/** A program runs if and only if its row says so. */
function programs({ rows, active, processes }: Look): string[] {
  const isHere = (pid: number | null, startTime: number | null): boolean =>
    processes.some((process) => process.pid === pid && process.startTime === startTime);
  const dead = rows.containers
    .filter(({ id, pid, startTime }) => active.has(id) && !isHere(pid, startTime))
    .map(({ name, status, pid }) => `${name} is ${status} in its row, and its program (pid ${pid}) does not run`);
  const unknown = processes
    .filter(({ container }) => container !== undefined && !active.has(container))
    .map((process) => `${nameOf(rows, process.container)} does not run in its row, and ${inWords(process)} does`);
  return [...dead, ...unknown];
}

function owners({ rows, active, processes }: Look): string[] {
  const alive = new Set(processes.map(({ pid }) => pid));
  return rows.containers
    .filter(({ id, owner }) => active.has(id) && !alive.has(owner ?? 0))
    .map(({ name, owner }) => `${name} runs, and its owner (pid ${owner}) does not`);
}

function bundles({ engine, rows, active }: Look): string[] {
  const there = names(join(engine.root, 'run/c'));
  const missing = [...active].filter((id) => !there.includes(id));
  const unknown = there.filter((id) => !active.has(id));
  return [
    ...missing.map((id) => `${nameOf(rows, id)} runs without a bundle folder`),
    ...unknown.map((id) => `${nameOf(rows, id)} does not run, and has a bundle folder`),
  ];
}

function folders({ engine: { root }, rows }: Look): string[] {
  const ids = new Set(rows.containers.map(({ id }) => id));
  const there = names(join(root, 'containers'));
  return [
    ...there.filter((id) => !ids.has(id)).map((id) => `container folder ${id} has no row`),
    ...[...ids].filter((id) => !there.includes(id)).map((id) => `${nameOf(rows, id)} has no folder`),
    ...names(join(root, 'removed'))
      .filter((id) => !rows.removed.has(id))
      .map((id) => `removed folder ${id} has no row`),
    ...names(join(root, 'trash')).map((name) => `trash has ${name}`),
  ];
}

function leases({ rows, active }: Look): string[] {
  return [
    ...rows.leases
      .filter(({ holder }) => !active.has(holder))
      .map((one) => `${nameOf(rows, one.holder)} does not run, and has address ${one.address}`),
    ...rows.ports
      .filter(({ holder }) => !active.has(holder))
      .map((one) => `${nameOf(rows, one.holder)} does not run, and has port ${one.port}`),
  ];
}

/** The host's ends of containers' links, against the leases. */
function links({ engine, rows }: Look): string[] {
  const { status, stdout } = tool('ip', '-j', 'link', 'show', 'type', 'veth');
  if (status !== 0) return [];
  const there = (JSON.parse(stdout || '[]') as { ifname: string }[]).map(({ ifname }) => ifname);
  const leased = rows.leases.map(({ link }) => link);
  return differences(`link of ${engine.bridge}`, there, leased);
}

/** The elements of the nftables maps, against the rows. The ports of a container that left its network lead nowhere. */
function publishedPorts({ engine, rows }: Look): string[] {
  const { status, stdout } = tool('nft', '-j', 'list', 'map', 'inet', engine.bridge, 'published');
  const connected = new Set(rows.leases.map(({ holder }) => holder));
  const wanted = rows.ports
    .filter(({ holder }) => connected.has(holder))
    .map(({ protocol, port }) => `${protocol} ${port}`);
  if (status !== 0) return wanted.map((port) => `port ${port} has no rule: there is no table`);
  const { nftables } = JSON.parse(stdout) as { nftables: { map?: { elem?: [{ concat: unknown[] }, unknown][] } }[] };
  const there = nftables.flatMap(({ map }) => (map?.elem ?? []).map(([key]) => key.concat.join(' ')));
  return differences('rule of port', there, wanted);
}

/** The log of what does not run ends in a whole record. */
function logs({ engine: { root }, rows, active }: Look): string[] {
  return rows.containers
    .filter(({ id }) => !active.has(id))
    .flatMap(({ id, name }) =>
      segmentsOf(join(root, 'containers', id, 'log'))
        .filter((segment) => existsSync(segment.path) && isDamaged(segment))
        .map(({ path }) => `the log of ${name} is damaged: ${path}`),
    );
}

/** The mounts of a run are in its monitor's namespace alone. */
function mounts({ engine: { root } }: Look): string[] {
  const table = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return table
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${root}/`))
    .map((point) => `mount ${point}`);
}

function namespaces({ engine: { daemonPid } }: Look): string[] {
  const own = namespacesOf(process.pid);
  return namespacesOf(daemonPid)
    .filter((pair) => !own.includes(pair))
    .map((pair) => `a thread of the daemon is in ${pair}`);
}

function differences(what: string, there: readonly string[], wanted: readonly string[]): string[] {
  return [
    ...there.filter((name) => !wanted.includes(name)).map((name) => `${what} ${name} belongs to no row`),
    ...wanted.filter((name) => !there.includes(name)).map((name) => `${what} ${name} is missing`),
  ];
}

function nameOf({ containers, removed }: Rows, id = ''): string {
  const row = containers.find((one) => one.id === id);
  return row?.name ?? `${removed.has(id) ? 'removed' : 'unknown'} container ${id.slice(0, 12)}`;
}

function tool(name: string, ...args: string[]): { status: number; stdout: string } {
  try {
    return { status: 0, stdout: execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }) };
  } catch {
    return { status: 1, stdout: '' };
  }
}
