import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestEngine } from '../../support/engine.js';
import { Chance } from '../chance.js';
import { invariantsAtRest } from '../invariants/index.js';
import { type Call, callsTo, type Rig, unclear } from '../rig.js';
import { conditions } from './conditions.js';
import { KINDS, type Kind, Preload } from './preload.js';
import { HOST, NETWORK, registryWithImage, type Scenario, scenarios } from './scenarios.js';

/** After so many failures the daemon is started anew, and everything is looked at. */
const BATCH = 12;

/** A failure to be tried: `run/open/17`. */
interface Failure {
  readonly scenario: Scenario;
  readonly kind: Kind;
  readonly nth: number;
}

/**
 * Each system call that a command has the daemon make fails once; then what befalls a whole machine. Counts failures;
 * `only` names commands, kinds (`open`), single failures (`run/open/17`), or conditions (`disk`).
 */
export const faults: Rig = async (options) => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-faults-'));
  const preload = new Preload(folder);
  try {
    const ofCalls = await failingCalls(preload, options);
    const ofConditions = await conditions(preload, options);
    const { failures, found } = ofCalls;
    return { faults: [...found, ...ofConditions], figures: { failures } };
  } finally {
    preload.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

type Options = Parameters<Rig>[0];

async function failingCalls(preload: Preload, { seed, count, only, tell }: Options) {
  const engine = new TestEngine(preload.env);
  const found: string[] = [];
  await engine.importImage('busybox');
  await engine.startDaemon();
  const call = callsTo(engine);
  const isWanted = (name: string): boolean => only.length === 0 || only.some((word) => `${word}/`.startsWith(`${name}/`));
  const registry = isWanted('pull') || only.some((word) => word in KINDS) ? await registryWithImage(call) : undefined;
  try {
    await call('network', 'create', NETWORK);
    await call('run', '-d', '--name', HOST, 'busybox', 'sleep', '86400');
    const all = scenarios(registry);
    const wanted = await failuresOf(preload, call, all, only);
    const chance = new Chance(seed);
    chance.shuffle(wanted);
    const tried = wanted.slice(0, count);
    for (let at = 0; at < tried.length; at += BATCH) {
      const batch = tried.slice(at, at + BATCH);
      const lines: string[] = [];
      for (const failure of batch) lines.push(...(await fail(preload, call, failure, chance)));
      lines.push(...(await afterRestart(engine, call, batch)));
      found.push(...lines);
      for (const line of lines) tell(line);
      tell(`${at + batch.length} of ${tried.length}`);
    }
    return { failures: tried.length, found };
  } finally {
    preload.disarm();
    await registry?.stop();
    await engine.destroy();
  }
}

/** Makes each command once, and sees which calls it makes. */
async function failuresOf(preload: Preload, call: Call, all: readonly Scenario[], only: readonly string[]): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const scenario of all) {
    // The first time loads code.
    for (let round = 0; round < 2; round++) {
      await scenario.before?.(call, 'counted');
      preload.arm('open', 0, 'EIO', 0);
      await call(...scenario.args('counted'));
      const { seen } = preload;
      await scenario.after?.(call, 'counted');
      if (round === 0) continue;
      for (const kind of Object.keys(KINDS) as Kind[])
        for (let nth = 1; nth <= seen[kind]; nth++) failures.push({ scenario, kind, nth });
    }
  }
  return failures.filter((failure) => {
    const { scenario, kind, nth } = failure;
    const names = [scenario.name, kind, `${scenario.name}/${kind}`, `${scenario.name}/${kind}/${nth}`];
    return only.length === 0 || names.some((name) => only.includes(name));
  });
}

let made = 0;

/** One failure: the command ends in one clear line, or succeeds, and what it leaves can be removed. */
async function fail(preload: Preload, call: Call, { scenario, kind, nth }: Failure, chance: Chance): Promise<string[]> {
  const name = `f${made++}`;
  const error = chance.of(KINDS[kind]) as string;
  await scenario.before?.(call, name);
  preload.arm(kind, nth, error);
  const answer = await call(...scenario.args(name));
  preload.disarm();
  const words = unclear(answer);
  const told = words ? [`${scenario.name}/${kind}/${nth} with ${error}: ${words}`] : [];
  await scenario.after?.(call, name);
  const { code } = await call('inspect', '-f', '{{.Id}}', name);
  return code === 0 ? [...told, `${scenario.name}/${kind}/${nth} with ${error}: its container cannot be removed`] : told;
}

async function afterRestart(engine: TestEngine, call: Call, batch: readonly Failure[]): Promise<string[]> {
  const names = batch.map(({ scenario, kind, nth }) => `${scenario.name}/${kind}/${nth}`).join(' ');
  const isAlive = (await call('version', '-q')).code === 0;
  await engine.stopDaemon(isAlive ? 'SIGTERM' : 'SIGKILL');
  await engine.startDaemon();
  const broken = await invariantsAtRest(engine, call);
  const host = await call('inspect', '-f', '{{.State.Running}}', HOST);
  const lost = host.stdout.trim() === 'true' ? [] : ['a container that had nothing to do with it has ended'];
  if (lost.length > 0) await call('start', HOST);
  return [...(isAlive ? [] : ['the daemon died']), ...broken, ...lost].map((line) => `${line}, after one of ${names}`);
}
