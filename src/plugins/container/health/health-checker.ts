import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Health, HealthProbe, OciSpec } from '../contracts/index.js';
import type { Bundle } from '../host/index.js';
import { type RuntimeControl, waitForExit } from '../oci/index.js';
import type { HealthCheck } from './health-config.js';

const KEPT_PROBES = 5;
const TIMED_OUT = -1;

const STARTING: Health = { status: 'starting', failingStreak: 0, log: [] };

/** Runs the health checks of one run until that ends. */
export class HealthChecker {
  readonly #ended = new AbortController();

  /** @param isPaused a paused container cannot answer, and is not checked */
  constructor(
    private readonly id: string,
    private readonly bundle: Bundle,
    private readonly check: HealthCheck,
    private readonly control: Pick<RuntimeControl, 'spawn'>,
    private readonly isPaused: () => boolean,
  ) {}

  /**
   * @param startedAt milliseconds since 1970
   * @param before the result that an engine that has died recorded for this run
   * @param report receives each result, and handles its own failures
   */
  async run(startedAt: number, before: Health | undefined, report: (health: Health) => Promise<void>): Promise<void> {
    let health = before ?? STARTING;
    if (!before) await report(health);
    while (await this.#pause(startedAt, health)) {
      if (this.isPaused()) continue;
      const probe = await this.#probe();
      if (this.#ended.signal.aborted) return;
      const inStartPeriod = health.status === 'starting' && probe.start < startedAt + this.check.startPeriod;
      health = healthAfter(health, probe, this.check.retries, inStartPeriod);
      await report(health);
    }
  }

  stop(): void {
    this.#ended.abort();
  }

  /** False when the run has ended. */
  async #pause(startedAt: number, { status }: Health): Promise<boolean> {
    const { startPeriod, startInterval, interval } = this.check;
    const starts = status === 'starting' && Date.now() < startedAt + startPeriod;
    try {
      await sleep(starts ? Math.min(startInterval, interval) : interval, undefined, {
        signal: this.#ended.signal,
        ref: false,
      });
      return true;
    } catch {
      return false;
    }
  }

  async #probe(): Promise<HealthProbe> {
    const start = Date.now();
    const pidFile = join(this.bundle.path, 'health.pid');
    const child = this.#run(pidFile);
    const deadline = sleep(this.check.timeout, undefined, { signal: this.#ended.signal, ref: false }).catch(
      () => undefined,
    );
    const result = await Promise.race([waitForExit(child), deadline]);
    if (!result) killProbe(child, pidFile);
    const seconds = this.check.timeout / 1000;
    const { exitCode, output } = result ?? {
      exitCode: TIMED_OUT,
      output: `Health check exceeded timeout (${seconds}s)`,
    };
    return { start, end: Date.now(), exitCode, output };
  }

  /** Runs the check with the user, folder, environment and rights of the container's own program. */
  #run(pidFile: string): ChildProcess {
    const { process } = JSON.parse(readFileSync(this.bundle.config, 'utf8')) as OciSpec;
    const { consoleSize: _, ...own } = process;
    const file = join(this.bundle.path, 'health.json');
    writeFileSync(file, JSON.stringify({ ...own, terminal: false, args: this.check.command }), { mode: 0o600 });
    return this.control.spawn('exec', '--process', file, '--pid-file', pidFile, this.id);
  }
}

/** Docker's rules: one success is enough, failures must follow each other, and those of the start period do not count. */
function healthAfter(before: Health, probe: HealthProbe, retries: number, inStartPeriod: boolean): Health {
  const log = [...before.log, probe].slice(-KEPT_PROBES);
  if (probe.exitCode === 0) return { status: 'healthy', failingStreak: 0, log };
  if (inStartPeriod) return { ...before, log };
  const failingStreak = before.failingStreak + 1;
  return { status: failingStreak >= retries ? 'unhealthy' : before.status, failingStreak, log };
}

/** Killing the runtime alone would leave the program in the container. */
function killProbe(child: ChildProcess, pidFile: string): void {
  try {
    process.kill(Number(readFileSync(pidFile, 'latin1')), 'SIGKILL');
  } catch {
    // It has just ended, or has not started yet: then there is only the runtime.
  }
  child.kill('SIGKILL');
}
