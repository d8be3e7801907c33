import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { eventually, type TestEngine } from '../support/engine.js';
import type { Ledger } from './workload.js';
import { faultOf } from './writer.js';

const PATIENCE_MS = 30_000;

/** What the engine owes: every acknowledged container, its output to the byte, its exit code. */
export async function auditContainers(
  engine: TestEngine,
  { acknowledged, uncertain, removed, orphaned }: Ledger,
): Promise<string[]> {
  const faults: string[] = [];
  for (const writer of [...acknowledged, ...uncertain]) {
    if (removed.has(writer.name)) continue;
    const isOwed = acknowledged.includes(writer);
    const { code, stdout } = await waitFor(engine, writer.name);
    if (code === null) {
      faults.push(`${writer.name} does not end`);
      continue;
    }
    if (code !== 0) {
      if (isOwed) faults.push(`${writer.name} was acknowledged, and is lost`);
      continue;
    }
    const format = '{{.Id}} {{.State.StartedAt}} {{.State.OOMKilled}}';
    const [id = '', startedAt = '', killed] = (await engine.ok('inspect', '--format', format, writer.name)).split(' ');
    // What held its output or its exit code was killed: it has to end, and its log has to be true as far as it goes.
    if (orphaned.has(id)) {
      const fault = faultOf(writer, await logsOf(engine, writer.name), true);
      if (fault) faults.push(`${fault} (its monitor was killed)`);
      continue;
    }
    if (startedAt.startsWith('0001')) {
      if (isOwed) faults.push(`${writer.name} was acknowledged, and never ran`);
      continue;
    }
    if (stdout.trim() !== String(writer.exitCode)) {
      // A start that the daemon's death cut short ends with the engine's own code, and says so.
      if (isOwed) faults.push(`${writer.name}: exit code ${stdout.trim()}, and not ${writer.exitCode}`);
      continue;
    }
    if (writer.greedy && killed !== 'true') faults.push(`${writer.name} ran out of memory, and nobody knows (${id})`);
    const fault = faultOf(writer, await logsOf(engine, writer.name));
    if (fault) faults.push(`${fault} (${writer.tty ? 'on a terminal, ' : ''}${id})`);
  }
  return faults;
}

/** Its code is null where the container has not ended in time. */
async function waitFor(engine: TestEngine, name: string): Promise<{ code: number | null; stdout: string }> {
  const client = engine.spawn(['wait', name]);
  client.stdin?.end();
  client.stderr?.resume();
  const late = setTimeout(() => client.kill('SIGKILL'), PATIENCE_MS);
  let stdout = '';
  client.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [code] = (await once(client, 'close')) as [number | null];
  clearTimeout(late);
  return { code, stdout };
}

async function logsOf(engine: TestEngine, name: string): Promise<string> {
  const { code, stdout, stderr } = await engine.docker(['logs', name]);
  return code === 0 ? stdout : `logs failed: ${stderr}\n`;
}

/** What is left once every container is removed: nothing. */
export async function auditLeaks(engine: TestEngine): Promise<string[]> {
  const containers = (await engine.ok('ps', '-aq')).split('\n').filter(Boolean);
  for (let at = 0; at < containers.length; at += 100)
    await engine.docker(['rm', '-f', ...containers.slice(at, at + 100)]);
  const left = await eventually(() => {
    const found = leaks(engine);
    return found.length === 0 ? ([] as string[]) : undefined;
  }).catch(() => leaks(engine));
  const database = new DatabaseSync(join(engine.root, 'gantry.db'), { readOnly: true });
  const verdict = database.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
  database.close();
  return verdict.integrity_check === 'ok' ? left : [...left, `database: ${verdict.integrity_check}`];
}

function leaks(engine: TestEngine): string[] {
  const { root, bridge, daemonPid } = engine;
  return [
    ...filesIn(join(root, 'run/c')).map((name) => `run folder ${name}`),
    ...filesIn(join(root, 'containers')).map((name) => `container folder ${name}`),
    ...linksOf(bridge).map((name) => `link ${name}`),
    ...ruleElements(bridge).map((element) => `nftables element ${element}`),
    ...readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(root))
      .map((line) => `mount ${line}`),
    ...rows(root, 'SELECT count(*) AS n FROM network_lease WHERE holder IS NOT NULL').map((n) => `${n} addresses`),
    ...rows(root, 'SELECT count(*) AS n FROM network_port').map((n) => `${n} ports`),
    ...processesAbout(root)
      .filter((pid) => pid !== daemonPid)
      .map((pid) => `process ${pid} ${commandOf(pid)}`),
  ];
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function linksOf(bridge: string): string[] {
  try {
    return execFileSync('ip', ['-o', 'link', 'show', 'master', bridge], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean);
  } catch {
    return [];
  }
}

function ruleElements(bridge: string): string[] {
  try {
    const table = execFileSync('nft', ['-j', 'list', 'table', 'inet', bridge], { encoding: 'utf8' });
    const { nftables } = JSON.parse(table) as { nftables: { map?: { name: string; elem?: unknown[] } }[] };
    return nftables
      .flatMap(({ map }) => (map?.name.startsWith('published') && map.elem) || [])
      .map((element) => JSON.stringify(element));
  } catch {
    return [];
  }
}

/** The count that a query gives, unless it is zero. */
function rows(root: string, query: string): number[] {
  const database = new DatabaseSync(join(root, 'gantry.db'), { readOnly: true });
  try {
    const { n } = database.prepare(query).get() as { n: number };
    return n === 0 ? [] : [n];
  } finally {
    database.close();
  }
}

/** Processes that belong to an engine: its daemon, its containers' monitors and pty hosts. */
export function processesAbout(root: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandOf(Number(name)).includes(root))
    .map(Number);
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
