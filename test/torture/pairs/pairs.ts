import { mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestEngine } from '../../support/engine.js';
import { Chance } from '../chance.js';
import { growthSince, invariantsAtRest, type Usage, usageAtRest } from '../invariants/index.js';
import { callsTo, type Rig } from '../rig.js';
import { Trial } from './trial.js';
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
  const folder = mkdtempSync(join(tmpdir(), 'pairs-'));
  const engine = await TestEngine.withDaemon('busybox');
  // A client that finds no socket works by itself.
  const socket = join(engine.root, 'run/hidden.sock');
  renameSync(engine.socket, socket);
  const call = callsTo(engine, socket);
  const faults: string[] = [];
  try {
    await call('network', 'create', NETWORK);
    let before: Usage | undefined;
    for (let at = 0; at < trials.length; at += SIDE_BY_SIDE) {
      const batch = trials.slice(at, at + SIDE_BY_SIDE).map((verbs, index) => {
        const subject = { name: `p${at + index}`, folder, network: NETWORK };
        return new Trial({ engine, call, subject, verbs, chance: new Chance(seed * 1000 + at + index) });
      });
      await Promise.all(batch.map((trial) => trial.run()));
      const broken = await invariantsAtRest(engine, call);
      await Promise.all(batch.map((trial) => trial.end()));
      const left = await invariantsAtRest(engine, call);
      for (const line of [...batch.flatMap((trial) => trial.faults), ...told(batch, broken), ...told(batch, left)]) {
        faults.push(line);
        tell(line);
      }
      // The first batch loads code.
      if (at === 0) before = await usageAtRest(engine.daemonPid);
      tell(`${at + batch.length} of ${trials.length}`);
    }
    if (before) faults.push(...(await growthSince(before, engine.daemonPid)));
    return { faults, figures: { pairs: wanted.length, trials: trials.length } };
  } finally {
    renameSync(socket, engine.socket);
    await engine.destroy();
  }
};

function pairsOf(only: readonly string[]): Pair[] {
  const all = VERBS.flatMap((first) => VERBS.map((second) => [first, second] as const));
  if (only.length === 0) return all;
  return all.filter(([one, other]) =>
    only.some((name) => [one.name, other.name, `${one.name}+${other.name}`].includes(name)),
  );
}

/** With the pair whose container is meant. */
function told(batch: readonly Trial[], lines: readonly string[]): string[] {
  return lines.map((line) => {
    const trial = batch.find(({ subject }) => new RegExp(`\\b${subject.name}\\b`).test(line));
    return `${trial ?? batch.join(', ')}: ${line}`;
  });
}
