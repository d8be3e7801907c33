import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';

/** The kernel gives the next process the number after this one (pid_namespaces(7)). */
const LAST_PID = '/proc/sys/kernel/ns_last_pid';

/**
 * Processes that belong to nobody, on numbers that an engine remembers. One that is ended by a signal was taken for
 * somebody else.
 */
export class Decoys {
  readonly #decoys = new Set<ChildProcess>();
  readonly #hit: string[] = [];

  get size(): number {
    return this.#decoys.size;
  }

  /** Puts a decoy on each number that is free. */
  async takeAll(pids: Iterable<number>): Promise<void> {
    for (const pid of pids) {
      if (pid > 1) await this.#take(pid);
    }
  }

  /** A ring around a number: those before and after it, and itself. */
  async surround(pid: number, width = 2): Promise<void> {
    await this.takeAll(Array.from({ length: 2 * width + 1 }, (_, index) => pid - width + index));
  }

  /** What was signalled. */
  get faults(): readonly string[] {
    return this.#hit;
  }

  async #take(pid: number): Promise<void> {
    writeFileSync(LAST_PID, String(pid - 1));
    const decoy = spawn('sleep', ['86400'], { stdio: 'ignore', detached: true });
    await once(decoy, 'spawn');
    this.#decoys.add(decoy);
    decoy.once('exit', (_, signal) => {
      if (this.#decoys.delete(decoy)) this.#hit.push(`a foreign process (pid ${decoy.pid}) got ${signal}`);
    });
  }

  async end(): Promise<void> {
    for (const decoy of [...this.#decoys]) {
      this.#decoys.delete(decoy);
      const gone = once(decoy, 'exit');
      decoy.kill('SIGKILL');
      await gone;
    }
  }
}
