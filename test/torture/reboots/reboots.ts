import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestEngine } from '../../support/engine.js';
import { type Call, callsTo } from '../calls.js';
import { Chance } from '../chance.js';
import { Preload } from '../faults/preload.js';
import { Findings } from '../findings.js';
import {
  Decoys,
  invariantsAtRest,
  lasting,
  processesOfNamespace,
  readRows,
  removeControlGroups,
  removeLeftovers,
} from '../invariants/index.js';
import { restart, takeDown } from '../revive.js';
import type { Rig } from '../rig.js';
import { type Citizen, citizens } from './citizens.js';

/**
 * The machine goes down and comes up again: all processes of the engine are gone, the run folder is empty, the boot has
 * another id, and the numbers of the dead belong to others. Counts boots.
 */
export const reboots: Rig = async ({ seed, count = 30, only, tell }) => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-boots-'));
  const preload = new Preload(folder);
  const engine = new TestEngine(preload.env);
  const found = new Findings(tell);
  const chance = new Chance(seed);
  const decoys = new Decoys();
  await engine.importImage('busybox');
  await engine.startDaemon();
  const call = callsTo(engine);
  try {
    const all = citizens().filter(({ name }) => only.length === 0 || only.includes(name));
    for (const citizen of all) await citizen.prepare(call);
    for (let boot = 1; boot <= count; boot++) {
      await sleep(chance.between(300, 1500));
      const before = new Map<string, string>();
      for (const { name } of all) before.set(name, (await call('logs', name)).stdout);
      await goDown(engine);
      preload.boot();
      await decoys.end();
      await decoys.takeDead(engine.root);
      found.add(await restart(engine), `boot ${boot}`);
      found.add(await lasting(() => wrongStates(call, all, boot)), `boot ${boot}`);
      await startWaiting(call);
      for (const citizen of all)
        found.add(await wrongLog(call, citizen, before.get(citizen.name) ?? ''), `boot ${boot}`);
      found.add(await invariantsAtRest(engine, call), `boot ${boot}`);
      found.add(decoys.faults, `boot ${boot}`);
      tell(`boot ${boot}`);
    }
    return { faults: found.lines, figures: { boots: count, containers: all.length } };
  } finally {
    await decoys.end();
    await takeDown(engine);
    preload.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Whatever is in memory is lost; what is on disk stays. */
async function goDown(engine: TestEngine): Promise<void> {
  await engine.stopDaemon('SIGKILL');
  removeLeftovers();
  await lasting(() => processesOfNamespace().flatMap(({ container }) => container ?? []));
  removeControlGroups(readRows(engine.root).containers.map(({ id }) => id));
  const run = join(engine.root, 'run');
  for (const name of readdirSync(run)) rmSync(join(run, name), { recursive: true, force: true });
  spawnSync('ip', ['link', 'delete', engine.bridge]);
  spawnSync('nft', ['delete', 'table', 'inet', engine.bridge]);
}

async function wrongStates(call: Call, all: readonly Citizen[], boot: number): Promise<string[]> {
  const wrong = all.map(async ({ name, after }) => {
    const { code, stdout } = await call('inspect', '-f', '{{.State.Status}}', name);
    const state = code === 0 ? stdout.trim() : 'gone';
    const wanted = after(boot);
    // The wait before a restart grows from boot to boot.
    return state === wanted || (wanted === 'running' && state === 'restarting')
      ? []
      : [`${name} is ${state} and not ${wanted}`];
  });
  return (await Promise.all(wrong)).flat();
}

/** A user does not wait for a restart; nor would it else be over before the next boot. */
async function startWaiting(call: Call): Promise<void> {
  const { stdout } = await call('ps', '-aq', '--filter', 'status=restarting');
  const waiting = stdout.split('\n').filter(Boolean);
  if (waiting.length > 0) await call('start', ...waiting);
}

/** What was in the log is still there, and what follows is whole: each run counts from 0 on. */
async function wrongLog(call: Call, { name, after }: Citizen, before: string): Promise<string[]> {
  if (after(1) === 'gone') return [];
  const { code, stdout, stderr } = await call('logs', name);
  if (code !== 0) return [`logs ${name}: ${stderr}`];
  if (!stdout.startsWith(before)) return [`${name} lost lines of its log that had been read`];
  const lines = stdout.split('\n').slice(0, -1);
  const at = lines.findIndex(
    (line, index) => line !== 'line 0' && line !== `line ${Number(lines[index - 1]?.slice(5)) + 1}`,
  );
  if (at >= 0)
    return [`${name}: line ${at} of the log is ${JSON.stringify(lines[at])} after ${JSON.stringify(lines[at - 1])}`];
  return lasting(async () => {
    const { stdout: state } = await call('inspect', '-f', '{{.State.Running}}', name);
    const isSilent = state.trim() !== 'true' || lines.length === 0;
    return isSilent || (await call('logs', name)).stdout.length > before.length
      ? []
      : [`${name} runs, and its log does not grow`];
  });
}
