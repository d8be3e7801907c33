import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compare, type RowResult } from './compare.js';
import { outputOf } from './measure.js';
import { docker } from './peers/docker.js';
import { gantry, gantryLocal } from './peers/gantry.js';
import { gantryPlugins } from './peers/gantry-plugins.js';
import { bareNode } from './peers/node.js';
import type { Peer } from './peers/peer.js';
import { podman } from './peers/podman.js';
import { asTable, describeHost, failedIn, type Report, writeJson } from './report.js';
import { ps, run, runNoNetwork, version } from './rows/commands.js';
import { commit, exportTree } from './rows/commit.js';
import { historyOfDeep, imagesOfMany, runDeep } from './rows/images.js';
import { importFile, importTree } from './rows/import.js';
import { keystroke } from './rows/keystroke.js';
import { crowd, logs, removeMany, runDetached } from './rows/life.js';
import { memory } from './rows/memory.js';
import { manyPorts, names } from './rows/network.js';
import { bytes, lines } from './rows/output.js';
import { attack, complete, help, save, swaps } from './rows/plugins.js';
import { pullLarge, pullMany, pushLarge, pushMany } from './rows/registry.js';
import type { Row } from './rows/row.js';

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, only: { type: 'string' }, peers: { type: 'string' } },
});
const quick = values.quick ?? false;

const scratch = process.env['GANTRY_BENCH_SCRATCH'];
if (scratch === undefined)
  throw new Error('Start the benchmark with scripts/bench.sh: it makes the namespaces to run in.');
const busyboxTar = join(scratch, 'busybox.tar');

const allPeers = [
  gantry(scratch),
  gantryLocal(scratch),
  gantryPlugins(scratch),
  docker(scratch),
  podman(scratch, busyboxTar),
  bareNode(),
];
/** Imports come last, and that of many files first of them: see there. */
const allRows = [
  run,
  runNoNetwork,
  version,
  ps,
  help,
  complete,
  save(scratch),
  swaps(scratch, quick),
  attack(scratch),
  bytes,
  lines,
  runDetached(quick),
  removeMany(quick),
  logs,
  memory,
  keystroke,
  crowd(quick),
  names(quick),
  manyPorts(quick),
  pullMany(scratch),
  pullLarge(scratch),
  pushMany(scratch),
  pushLarge(scratch),
  runDeep(scratch),
  historyOfDeep(scratch),
  imagesOfMany(scratch, quick),
  importTree(scratch, quick),
  importFile(scratch, quick),
  commit(),
  exportTree(scratch, quick),
];

const rows = chosen(allRows, (row) => row.id, values.only, 'row');
const peers = chosen(allPeers, (peer) => peer.name, values.peers, 'peer');

const begin = performance.now();
const running = await startAll(peers);
progress(`engines started: ${secondsSince(begin)}`);
const results: RowResult[] = [];
for (const row of rows) results.push(await measured(row));
progress(`in all: ${secondsSince(begin)}`);
const report: Report = {
  when: new Date().toISOString(),
  host: describeHost(),
  peers: Object.fromEntries(running.map((peer) => [peer.name, peer.version()])),
  rows: results,
};
const path = writeJson(report);
process.stdout.write(`\n${asTable(report)}\n`);
progress(`as JSON: ${path}`);
process.exit(failedIn(report).length === 0 && running.length === peers.length ? 0 : 1);

/** A row that fails, as a whole or for one of the peers, does not keep the others from being measured. */
async function measured(row: Row): Promise<RowResult> {
  const rowBegin = performance.now();
  const result = await compare(row, running, row.runs[quick ? 1 : 0]);
  progress(`${row.id}: ${secondsSince(rowBegin)}  ${row.title}`);
  for (const line of failedIn({ rows: [result] })) progress(`  ${line}`);
  return result;
}

function secondsSince(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** A peer that does not start is left out, and said so; the others are measured. */
async function startAll(wanted: readonly Peer[]): Promise<Peer[]> {
  const started: Peer[] = [];
  for (const peer of wanted) {
    mkdirSync(join(scratch ?? '', peer.name), { recursive: true });
    try {
      await peer.start();
      if (peer.name !== 'node') outputOf(peer, ['import', busyboxTar, 'busybox']);
      started.push(peer);
    } catch (error) {
      progress(`LEFT OUT: ${peer.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return started;
}

function chosen<T>(all: readonly T[], nameOf: (item: T) => string, only: string | undefined, kind: string): T[] {
  const names = only?.split(',') ?? all.map(nameOf);
  const unknown = names.filter((name) => !all.some((item) => nameOf(item) === name));
  if (unknown.length > 0) {
    throw new Error(`No ${kind} ${unknown.join(', ')}; there are ${all.map(nameOf).join(', ')}`);
  }
  return all.filter((item) => names.includes(nameOf(item)));
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
