import { setTimeout as sleep } from 'node:timers/promises';
import { TestEngine } from '../../support/engine.js';
import { callsTo } from '../calls.js';
import { Chance } from '../chance.js';
import { Decoys, invariantsAtRest, processesOfNamespace } from '../invariants/index.js';
import { takeDown } from '../revive.js';
import type { Rig } from '../rig.js';
import { auditContainers } from './audit.js';
import { Workload } from './workload.js';

/**
 * A mixed workload, while daemon, monitors and clients are killed with SIGKILL at random moments, and foreign processes
 * take the numbers of the dead. Counts kills of the daemon.
 */
export const kills: Rig = async ({ seed, clients, count = 500, minutes, tell }) => {
  const chance = new Chance(seed);
  const engine = await TestEngine.withDaemon('busybox');
  const decoys = new Decoys();
  try {
    const workload = new Workload(engine, new Chance(seed + 1));
    const working = workload.run(clients);
    const end = performance.now() + minutes * 60_000;
    let killed = 0;
    let slowestStart = 0;
    while (killed < count && performance.now() < end) {
      await sleep(chance.between(20, 1200));
      if (chance.next() < 0.3) workload.someClient?.kill('SIGKILL');
      if (chance.next() < 0.2) killMonitor(chance, workload.ledger.orphaned);
      const { daemonPid } = engine;
      await engine.stopDaemon('SIGKILL');
      await decoys.takeDead(engine.root, [daemonPid]);
      const begin = performance.now();
      await engine.startDaemon();
      slowestStart = Math.max(slowestStart, performance.now() - begin);
      if (++killed % 50 === 0) tell(`${killed} kills, ${workload.ledger.calls} calls`);
    }
    workload.stop();
    await working;
    const { ledger } = workload;
    tell(`auditing ${ledger.acknowledged.length} containers`);
    const faults = [
      ...ledger.faults,
      ...ledger.hung.map((args) => `docker ${args} did not end`),
      ...(await auditContainers(engine, ledger)),
      ...(await auditRest(engine)),
      ...decoys.faults,
    ];
    const containers = ledger.acknowledged.length;
    return {
      faults,
      figures: { kills: killed, calls: ledger.calls, containers, slowestStart: Math.round(slowestStart) },
    };
  } finally {
    await decoys.end();
    await takeDown(engine);
  }
};

/** What is broken before and after every container is removed. */
async function auditRest(engine: TestEngine): Promise<string[]> {
  const call = callsTo(engine);
  const broken = await invariantsAtRest(engine, call);
  const containers = (await engine.ok('ps', '-aq')).split('\n').filter(Boolean);
  for (let at = 0; at < containers.length; at += 100) await call('rm', '-f', ...containers.slice(at, at + 100));
  const left = (await engine.ok('ps', '-aq')).split('\n').filter(Boolean);
  return [...broken, ...left.map((id) => `${id} cannot be removed`), ...(await invariantsAtRest(engine, call))];
}

/** Kills one of the processes that hold containers' output and exit codes. */
function killMonitor(chance: Chance, orphaned: Set<string>): void {
  const monitors = processesOfNamespace().filter(({ command }) => command.includes('gantry-monitor'));
  const monitor = chance.of(monitors);
  const id = /[0-9a-f]{64}/.exec(monitor?.command ?? '')?.[0];
  if (!monitor || id === undefined) return;
  orphaned.add(id);
  try {
    process.kill(monitor.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
