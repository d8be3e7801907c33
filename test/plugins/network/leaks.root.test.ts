import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { engineFor, eventually, type TestEngine } from '../../support/engine.js';

const given = engineFor(test);
const SEED = 20261124;
/** GANTRY_LEAK_CONTAINERS=300 for the long run. */
const CONTAINERS = Number(process.env['GANTRY_LEAK_CONTAINERS'] ?? 16);
const PER_ROUND = 8;
const ROUNDS = Math.ceil(CONTAINERS / PER_ROUND);

/** Mulberry32: the same numbers in each run, so that what fails once fails again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test.serial('containers and daemons that are killed at random leave nothing on the network', async (t) => {
  t.timeout(60_000 + CONTAINERS * 5_000);
  const { engine } = given;
  const next = random(SEED);
  await engine.ok('network', 'create', 'site');
  const start = (index: number) =>
    engine.docker([
      ...['run', '-d', '--name', `c${index}`, '--network', next() < 0.5 ? 'site' : 'bridge'],
      ...(next() < 0.5 ? ['-p', '80'] : []),
      ...['busybox', 'sleep', '1000'],
    ]);
  for (let round = 0; round < ROUNDS; round++) {
    const starts = Array.from({ length: PER_ROUND }, (_, index) => start(round * 100 + index));
    await new Promise((resolve) => setTimeout(resolve, next() * 1000));
    await engine.stopDaemon('SIGKILL');
    // A client that came too late has started a daemon by itself.
    const words = (await Promise.all(starts)).map(({ stderr }) => stderr).join('');
    for (const [, pid = ''] of words.matchAll(/daemon in the background \(pid (\d+)/g)) spawnSync('kill', ['-9', pid]);
    for (const pid of pidsOf(engine)) if (next() < 0.5) spawnSync('kill', ['-9', String(pid)]);
    await engine.startDaemon();
  }
  // The kernel takes links away soon after the last process of their namespace has ended.
  await eventually(() => leases(engine).length === running(engine) && links(engine) === running(engine));

  const all = (await engine.ok('ps', '-aq')).split('\n').filter(Boolean);
  await engine.ok('rm', '-f', ...all);
  await eventually(() => links(engine) === 0);
  t.deepEqual(leases(engine), []);
  t.is(elements(engine), 0);
  t.deepEqual(query(engine, 'SELECT * FROM network_port'), []);
  for (const table of ['network_holder', 'network_endpoint', 'network_link']) {
    t.deepEqual(query(engine, `SELECT * FROM ${table}`), [], table);
  }
});

function query(engine: TestEngine, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(engine.root, 'gantry.db'), { readOnly: true, timeout: 5000 });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

function pidsOf(engine: TestEngine): number[] {
  return query(engine, "SELECT pid FROM containers WHERE status = 'running'").map(({ pid }) => Number(pid));
}

function running(engine: TestEngine): number {
  return query(engine, "SELECT 1 FROM containers WHERE status IN ('starting', 'running')").length;
}

function leases(engine: TestEngine): unknown[] {
  return query(engine, 'SELECT holder FROM network_lease WHERE holder IS NOT NULL');
}

/** Of the host's ends: those on our bridges. */
function links(engine: TestEngine): number {
  const bridges = query(engine, "SELECT bridge FROM network WHERE bridge <> ''").map(({ bridge }) => String(bridge));
  const on = [engine.bridge, ...bridges].map((bridge) =>
    spawnSync('ip', ['-o', 'link', 'show', 'master', bridge], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean),
  );
  return on.flat().length;
}

function elements(engine: TestEngine): number {
  const { stdout } = spawnSync('nft', ['-j', 'list', 'table', 'inet', engine.bridge], { encoding: 'utf8' });
  const { nftables } = JSON.parse(stdout) as { nftables: { map?: { name: string; elem?: unknown[] } }[] };
  const published = nftables.flatMap(({ map }) => (map?.name.startsWith('published') ? map : []));
  return published.reduce((sum, { elem = [] }) => sum + elem.length, 0);
}
