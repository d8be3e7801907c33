import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { processesOfNamespace } from './processes.js';
import { readRows } from './rows.js';

/** The kernel gives the next process the number after this one (pid_namespaces(7)). */
const LAST_PID = '/proc/sys/kernel/ns_last_pid';
/** More would use up the machine's processes: the oldest leaves for a new one. */
const MOST = 60;

/**
 * Processes that belong to nobody, on numbers that an engine remembers. One that is ended by a signal was taken for
 * somebody else.
 */
export class Decoys {
  readonly #decoys = new Set<ChildProcess>();
  readonly #hit: string[] = [];

  /** Puts a decoy on each number that is in a row and that no process has. @param more numbers */
  async takeDead(root: string, more: readonly number[] = []): Promise<void> {
    const alive = new Set(processesOfNamespace().map(({ pid }) => pid));
    const known = readRows(root).containers.flatMap(({ pid, monitor, owner }) => [pid, monitor, owner]);
    for (const pid of new Set([...known, ...more])) {
      if (pid !== null && pid > 1 && !alive.has(pid)) await this.#take(pid);
    }
  }

  /** What was signalled. */
  get faults(): readonly string[] {
    return this.#hit;
  }

  async #take(pid: number): Promise<void> {
    const [oldest] = this.#decoys;
    if (oldest && this.#decoys.size >= MOST) await this.#end(oldest);
    writeFileSync(LAST_PID, String(pid - 1));
    const decoy = spawn('sleep', ['86400'], { stdio: 'ignore', detached: true });
    await once(decoy, 'spawn');
    this.#decoys.add(decoy);
    decoy.once('exit', (_, signal) => {
      if (this.#decoys.delete(decoy)) this.#hit.push(`a foreign process (pid ${decoy.pid}) got ${signal}`);
    });
  }

  async end(): Promise<void> {
    for (const decoy of [...this.#decoys]) await this.#end(decoy);
  }

  async #end(decoy: ChildProcess): Promise<void> {
    if (!this.#decoys.delete(decoy)) return;
    const gone = once(decoy, 'exit');
    decoy.kill('SIGKILL');
    await gone;
  }
}
