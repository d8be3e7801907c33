import { setTimeout as sleep } from 'node:timers/promises';
import { TestEngine } from '../support/engine.js';
import { auditContainers, auditLeaks, commandOf, processesAbout } from './audit.js';
import { Chance } from './chance.js';
import { Workload } from './workload.js';

export interface TortureOptions {
  readonly seed: number;
  readonly clients: number;
  /** Ends after so many kills of the daemon, or, if that comes first, so many milliseconds. */
  readonly kills: number;
  readonly milliseconds: number;
  readonly tell?: (line: string) => void;
}

export interface TortureReport {
  readonly kills: number;
  readonly calls: number;
  readonly containers: number;
  /** Containers lost, bytes lost or doubled, wrong exit codes; things leaked; a damaged database. */
  readonly faults: readonly string[];
  /** Calls whose clients lost patience after half a minute. */
  readonly hung: readonly string[];
  /** Milliseconds from starting a daemon to its first answer: the slowest. */
  readonly slowestStart: number;
}

/** A mixed workload, while the daemon and clients are killed with SIGKILL at random moments. */
export async function torture({
  seed,
  clients,
  kills,
  milliseconds,
  tell = () => {},
}: TortureOptions): Promise<TortureReport> {
  const chance = new Chance(seed);
  const engine = await TestEngine.withDaemon();
  try {
    await engine.importImage('busybox');
    const workload = new Workload(engine, new Chance(seed + 1));
    const working = workload.run(clients);
    const end = Date.now() + milliseconds;
    let killed = 0;
    let slowestStart = 0;
    while (killed < kills && Date.now() < end) {
      await sleep(chance.between(20, 1200));
      if (chance.next() < 0.3) workload.someClient?.kill('SIGKILL');
      if (chance.next() < 0.2) killMonitor(engine, chance, workload.ledger.orphaned);
      await engine.stopDaemon('SIGKILL');
      const begin = Date.now();
      await engine.startDaemon();
      slowestStart = Math.max(slowestStart, Date.now() - begin);
      if (++killed % 50 === 0) tell(`${killed} kills, ${workload.ledger.calls} calls`);
    }
    workload.stop();
    await working;
    const { ledger } = workload;
    tell(`auditing ${ledger.acknowledged.length} containers`);
    const faults = [...ledger.faults, ...(await auditContainers(engine, ledger)), ...(await auditLeaks(engine))];
    const containers = ledger.acknowledged.length;
    return { kills: killed, calls: ledger.calls, containers, faults, hung: ledger.hung, slowestStart };
  } finally {
    await engine.destroy();
  }
}

/** Kills one of the processes that hold containers' output and exit codes. */
function killMonitor(engine: TestEngine, chance: Chance, orphaned: Set<string>): void {
  const monitors = processesAbout(engine.root).filter((pid) => commandOf(pid).includes('gantry-monitor'));
  const pid = chance.of(monitors);
  const id = pid === undefined ? undefined : /[0-9a-f]{64}/.exec(commandOf(pid))?.[0];
  if (pid === undefined || id === undefined) return;
  orphaned.add(id);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
