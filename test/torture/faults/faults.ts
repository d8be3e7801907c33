import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestEngine } from '../../support/engine.js';
import { type Call, callsTo, unclear } from '../calls.js';
import { Chance } from '../chance.js';
import { Findings } from '../findings.js';
import { Decoys, invariantsAtRest } from '../invariants/index.js';
import { restart, revive, takeDown } from '../revive.js';
import type { Rig, RigOptions } from '../rig.js';
import { CONDITIONS, conditions } from './conditions.js';
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
    const onlyConditions = options.only.length > 0 && options.only.every((word) => word in CONDITIONS);
    const found = new Findings(options.tell);
    const failures = onlyConditions ? 0 : await failingCalls(preload, options, found);
    await conditions(preload, options, found);
    return { faults: found.lines, figures: { failures } };
  } finally {
    preload.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function failingCalls(preload: Preload, options: RigOptions, found: Findings): Promise<number> {
  const { seed, count, only, tell } = options;
  const engine = new TestEngine(preload.env);
  const decoys = new Decoys();
  await engine.importImage('busybox');
  await engine.startDaemon();
  const call = callsTo(engine);
  const isWanted = (name: string): boolean =>
    only.length === 0 || only.some((word) => `${word}/`.startsWith(`${name}/`));
  const registry = isWanted('pull') || only.some((word) => word in KINDS) ? await registryWithImage(call) : undefined;
  try {
    await call('network', 'create', NETWORK);
    await call('run', '-d', '--name', HOST, 'busybox', 'sleep', '86400');
    const all = scenarios(registry);
    const wanted = await failuresOf(preload, call, all, only);
    new Chance(seed).shuffle(wanted);
    const tried = wanted.slice(0, count);
    for (let at = 0; at < tried.length; at += BATCH) {
      const batch = tried.slice(at, at + BATCH);
      for (const failure of batch) {
        // The same error whatever else is tried.
        const chance = Chance.of(seed, nameOf(failure));
        found.add(await fail({ engine, preload, call, chance }, failure), nameOf(failure));
      }
      await decoys.takeDead(engine.root);
      found.add(await afterRestart(engine, call), `after one of ${batch.map(nameOf).join(' ')}`);
      found.add(decoys.faults, batch.map(nameOf).join(' '));
      tell(`${at + batch.length} of ${tried.length}`);
    }
    return tried.length;
  } finally {
    preload.disarm();
    await decoys.end();
    await registry?.stop();
    await takeDown(engine);
  }
}

/** Makes each command once, and sees which calls it makes. */
async function failuresOf(
  preload: Preload,
  call: Call,
  all: readonly Scenario[],
  only: readonly string[],
): Promise<Failure[]> {
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
    const { scenario, kind } = failure;
    const names = [scenario.name, kind, `${scenario.name}/${kind}`, nameOf(failure)];
    return only.length === 0 || names.some((name) => only.includes(name));
  });
}

let made = 0;

function nameOf({ scenario, kind, nth }: Failure): string {
  return `${scenario.name}/${kind}/${nth}`;
}

interface Scene {
  readonly engine: TestEngine;
  readonly preload: Preload;
  readonly call: Call;
  readonly chance: Chance;
}

/** One failure: the command ends in one clear line, or succeeds, and what it leaves can be removed. */
async function fail({ engine, preload, call, chance }: Scene, { scenario, kind, nth }: Failure): Promise<string[]> {
  // Not the beginning of an id: `inspect` would find an image.
  const name = `fault-${made++}`;
  const error = chance.of(KINDS[kind]) as string;
  await scenario.before?.(call, name);
  preload.arm(kind, nth, error);
  const answer = await call(...scenario.args(name));
  preload.disarm();
  const deaths = await revive(engine);
  // An engine that cannot leave a container's namespaces gives up by intent.
  if (deaths.length > 0 && kind === 'namespace') return [];
  const left = await remove(call, scenario, name);
  const again = answer.code === 0 ? undefined : await makeAgain(call, scenario, name);
  return [unclear(answer), ...deaths, left, again]
    .filter((fault) => typeof fault === 'string')
    .map((fault) => `with ${error}: ${fault}`);
}

/** A removal may meet what the failure has left under way: then the next one succeeds. */
async function remove(call: Call, { after }: Scenario, name: string): Promise<string | undefined> {
  const answers: unknown[] = [];
  for (let attempt = 0; attempt < 2; attempt++) {
    answers.push(await after?.(call, name));
    if ((await call('inspect', '-f', '{{.Id}}', name)).code !== 0) return undefined;
  }
  return `${name} cannot be removed: ${JSON.stringify(answers)}`;
}

/** What fails once works the next time. */
async function makeAgain(call: Call, scenario: Scenario, name: string): Promise<string | undefined> {
  await scenario.before?.(call, name);
  const { code, stderr } = await call(...scenario.args(name));
  await scenario.after?.(call, name);
  return code === 0 ? undefined : `it fails again: ${stderr.trim()}`;
}

async function afterRestart(engine: TestEngine, call: Call): Promise<string[]> {
  const deaths = await restart(engine);
  const broken = await invariantsAtRest(engine, call);
  const isRunning = (await call('inspect', '-f', '{{.State.Running}}', HOST)).stdout.trim() === 'true';
  if (!isRunning) await call('start', HOST);
  return [...deaths, ...broken, ...(isRunning ? [] : ['a container that had nothing to do with it has ended'])];
}
