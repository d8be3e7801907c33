import { mkdtempSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { TestEngine } from '../../support/engine.js';
import { type Call, callsTo } from '../calls.js';
import { Chance } from '../chance.js';
import { Findings } from '../findings.js';
import { Decoys, growthSince, invariantsAtRest, usageAtRest } from '../invariants/index.js';
import { takeDown } from '../revive.js';
import type { Rig } from '../rig.js';
import { LONG_PATIENCE_MS, Trial } from './trial.js';
import { VERBS, type Verb } from './verbs.js';

/** Containers side by side. */
const SIDE_BY_SIDE = 8;
const NETWORK = 'other';
/** How often each pair is tried, unless told otherwise. */
const OFFSETS = 5;

type Pair = readonly [Verb, Verb];

/**
 * Every pair of verbs on one container, at random offsets, from two clients of the daemon, or one of it and one without.
 * Counts trials; `only` names pairs as `stop+start`, or verbs.
 */
export const pairs: Rig = async ({ seed, count, only, tell }) => {
  const chance = new Chance(seed);
  const wanted = pairsOf(only);
  const trials = Array.from({ length: count ?? wanted.length * OFFSETS }, (_, index) => {
    if (index % wanted.length === 0) chance.shuffle(wanted);
    return wanted[index % wanted.length] as Pair;
  });
  const engine = await TestEngine.withDaemon('busybox');
  // A client that finds no socket works by itself.
  const socket = join(engine.root, 'run/hidden.sock');
  renameSync(engine.socket, socket);
  const folder = mkdtempSync(join(engine.root, 'pairs-'));
  const call = callsTo(engine, socket);
  const longCall = callsTo(engine, socket, LONG_PATIENCE_MS);
  const found = new Findings(tell);
  const decoys = new Decoys();
  try {
    await call('network', 'create', NETWORK);
    await warmUp(call);
    const before = await usageAtRest(engine.daemonPid);
    for (let at = 0; at < trials.length; at += SIDE_BY_SIDE) {
      const batch = trials.slice(at, at + SIDE_BY_SIDE).map((verbs, index) => {
        const subject = { name: `p${at + index}`, folder, network: NETWORK };
        // The same whatever other pairs are tried.
        const round = Math.floor((at + index) / wanted.length);
        const chance = Chance.of(seed, ...verbs.map(({ name }) => name), round);
        return new Trial({ engine, call, longCall, subject, verbs, chance });
      });
      await Promise.all(batch.map((trial) => trial.run()));
      const broken = await invariantsAtRest(engine, call);
      // Numbers of runs that have ended belong to others from now on.
      await decoys.takeDead(engine.root);
      await Promise.all(batch.map((trial) => trial.end()));
      const left = await invariantsAtRest(engine, call);
      for (const trial of batch) found.add(trial.faults);
      found.add([...broken, ...left], (line) => culprit(batch, line));
      found.add(decoys.faults, batch.join(', '));
      tell(`${at + batch.length} of ${trials.length}`);
    }
    await decoys.end();
    found.add(await growthSince(before, engine.daemonPid));
    return { faults: found.lines, figures: { pairs: wanted.length, trials: trials.length } };
  } finally {
    await decoys.end();
    renameSync(socket, engine.socket);
    await takeDown(engine);
  }
};

/** Code is loaded, and folders are opened, that stay. */
async function warmUp(call: Call): Promise<void> {
  await call('run', '--name', 'first', 'busybox', 'true');
  await call('commit', 'first', 'first');
  await call('rmi', 'first');
  await call('rm', 'first');
}

function pairsOf(only: readonly string[]): Pair[] {
  const all = VERBS.flatMap((first) => VERBS.map((second) => [first, second] as const));
  if (only.length === 0) return all;
  return all.filter(([one, other]) =>
    only.some((name) => [one.name, other.name, `${one.name}+${other.name}`].includes(name)),
  );
}

/** The pair whose container is meant; else all that were tried at the time. */
function culprit(batch: readonly Trial[], line: string): string {
  return String(batch.find(({ subject }) => new RegExp(`\\b${subject.name}\\b`).test(line)) ?? batch.join(', '));
}
