import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { outputOf } from '../../bench/measure.js';
import { docker, dockerAt } from '../../bench/peers/docker.js';
import { gantry } from '../../bench/peers/gantry.js';
import type { Peer } from '../../bench/peers/peer.js';
import { type Answer, type Answering, answersOf, readRecorded, writeRecorded } from './answers.js';
import { readCases } from './cases.js';
import { type Decision, readDecisions } from './decisions.js';
import { type Difference, differences, isDecided, report } from './differences.js';

/** How long one command line may take, in milliseconds. */
const PATIENCE_MS = 30_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    docker: { type: 'string' },
    record: { type: 'boolean', default: false },
    recorded: { type: 'boolean', default: false },
  },
});

const scratch = process.env['GANTRY_COMPARE_SCRATCH'];
if (scratch === undefined) throw new Error('Start it with scripts/compare.sh: it makes the namespaces to run in.');
process.exit(await main(scratch));

async function main(folder: string): Promise<number> {
  const cases = readCases(values.only?.split(','));
  const files = madeFiles(join(folder, 'files'));
  const ours = await started(gantry(folder), folder, files);
  const his = values.recorded ? undefined : await started(dockerOf(folder), folder, files);
  const recorded = new Map(readRecorded());
  const decisions = readDecisions();
  const used = new Set<Decision>();
  const counts = { equal: 0, decided: 0, undecided: 0 };
  for (const one of cases) {
    const wanted = his ? await answersOf(his, one) : recorded.get(one.line);
    if (!wanted) throw new Error(`no answer of Docker is recorded for: ${one.line}`);
    recorded.set(one.line, wanted);
    const found = differences(one, wanted, await answersOf(ours, one));
    const left = found.filter((difference) => !noted(difference, decisions, used));
    counts[found.length === 0 ? 'equal' : left.length === 0 ? 'decided' : 'undecided']++;
    if (left.length > 0) process.stdout.write(`${report(one, left)}\n`);
  }
  if (values.record) writeRecorded(new Map(cases.map(({ line }) => [line, recorded.get(line) ?? []])));
  if (values.only === undefined) tellUnused(decisions, used);
  process.stdout.write(`${counts.equal} equal, ${counts.decided} differ as decided, ${counts.undecided} differ\n`);
  return counts.undecided === 0 ? 0 : 1;
}

function noted(difference: Difference, decisions: readonly Decision[], used: Set<Decision>): boolean {
  const made = decisions.filter((decision) => isDecided(difference, [decision]));
  for (const decision of made) used.add(decision);
  return made.length > 0;
}

/** A decision that no case needs any more is one to delete. */
function tellUnused(decisions: readonly Decision[], used: ReadonlySet<Decision>): void {
  for (const { commandLine } of decisions.filter((decision) => !used.has(decision))) {
    process.stderr.write(`decided, and no difference: ${commandLine}\n`);
  }
}

function dockerOf(folder: string): Peer {
  return values.docker === undefined ? docker(folder, '/gantry-compare/docker') : dockerAt(values.docker, folder);
}

async function started(peer: Peer, folder: string, cwd: string): Promise<Answering> {
  mkdirSync(join(folder, peer.name), { recursive: true });
  await peer.start();
  process.stderr.write(`${peer.name}: ${peer.version()}\n`);
  outputOf(peer, ['import', '-c', 'CMD ["sh"]', join(folder, 'busybox.tar'), 'busybox']);
  return { folder: join(folder, peer.name), run: (args) => run(peer, args, cwd) };
}

async function run(peer: Peer, args: readonly string[], cwd: string): ReturnType<Answering['run']> {
  const [command = '', ...rest] = peer.argv(args);
  const child = spawn(command, rest, { env: peer.env, cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: PATIENCE_MS });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as Answer['code'], stdout, stderr };
}

/** Files that the cases name. */
function madeFiles(folder: string): string {
  mkdirSync(join(folder, 'd/sub'), { recursive: true });
  writeFileSync(join(folder, 'd/f'), 'file of d\n');
  writeFileSync(join(folder, 'f'), 'text\n');
  writeFileSync(join(folder, 'env'), '# comment\nA=1\nB=two words\n\nHOME_LIKE\nC=\n');
  writeFileSync(join(folder, 'labels'), 'tier=front\nempty\n');
  writeFileSync(join(folder, 'r.sh'), '#!/bin/sh\necho "$0" "$@"\n', { mode: 0o755 });
  return folder;
}
