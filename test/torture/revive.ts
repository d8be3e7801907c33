import type { TestEngine } from '../support/engine.js';
import { callsTo } from './calls.js';
import { processesOfNamespace, removeLeftovers } from './invariants/index.js';

const STARTS = 3;

/** Starts the daemon where it has died, and says so. */
export async function revive(engine: TestEngine): Promise<string[]> {
  const { code, stderr } = await callsTo(engine)('version', '-q');
  if (code === 0) return [];
  const isAlive = processesOfNamespace().some(({ pid }) => pid === engine.daemonPid);
  const log = engine.daemonLog().trim().split('\n').slice(-3).join(' | ');
  const fault = isAlive ? `the daemon fails: ${stderr.trim()}` : `the daemon died; its log ends with: ${log}`;
  return [fault, ...(await restart(engine, 'SIGKILL'))];
}

/** Starts the daemon anew, more than once where it has to be. */
export async function restart(engine: TestEngine, signal: NodeJS.Signals = 'SIGTERM'): Promise<string[]> {
  const faults: string[] = [];
  for (let at = 0; at < STARTS; at++) {
    await engine.stopDaemon(signal);
    try {
      await engine.startDaemon();
      return faults;
    } catch (error) {
      faults.push(error instanceof Error ? error.message.trim() : String(error));
    }
  }
  throw new Error(`the daemon does not start any more: ${faults.join('\n')}`);
}

/** Destroys an engine, whatever state it is in, and takes away what it leaves. */
export async function takeDown(engine: TestEngine): Promise<void> {
  // What has gone wrong before is to be told, not that this goes wrong as well.
  await revive(engine).catch(() => []);
  await engine.destroy().catch(() => engine.stopDaemon('SIGKILL'));
  removeLeftovers();
}
