import type { SQLInputValue } from 'node:sqlite';
import type { ProcessIdentity } from '../../../host/index.js';
import type { Lease } from '../../network/index.js';
import type { Database, Events } from '../../system/index.js';
import { type ExitStatus, type Health, isActive } from '../contracts/index.js';
import { type OwnedRun, parseIntactRow, parseRow, type StoredContainer } from './container-row.js';
import { recordEvent, recordVolumes } from './record-event.js';
import { nextRestartDelay, type ScheduledRestart } from './restart-backoff.js';

/** Condition of a row whose container is running or starting. */
export const ACTIVE = "status IN ('starting', 'running')";
/** The condition under which a run is still the one, and its owner's, that a process has seen. */
const OWNED = `id = ? AND run = ? AND owner_pid IS ? AND owner_start IS ? AND boot = ? AND ${ACTIVE}`;

function ownedBy({ id, run, owner, boot }: OwnedRun): SQLInputValue[] {
  return [id, run, owner?.pid ?? null, owner?.startTime ?? null, boot];
}

/** How long whoever asked for a restart has to begin it, before the daemon does. */
const RESTART_GRACE_MS = 3000;

/**
 * The transitions of runs in the rows of containers. Each is one statement or one transaction, its event included, on
 * the condition that the row is as its caller saw it: of two that contradict each other the later one changes nothing,
 * and its caller learns that.
 */
export class RunRows {
  constructor(
    protected readonly database: Database,
    protected readonly events: Pick<Events, 'emit'>,
  ) {}

  /** By its whole id. */
  byId(id: string): StoredContainer | undefined {
    const row = this.database.prepare('SELECT * FROM containers WHERE id = ?').get(id);
    return row && parseRow(row);
  }

  /** Claims a stopped container for a run that the user starts. Undefined if it was not stopped. */
  claimForStart(id: string, owner: ProcessIdentity): StoredContainer | undefined {
    return this.#claim(
      id,
      owner,
      "stopped = 0, restarts = 0, restart_delay = 0 WHERE id = ? AND status IN ('created', 'exited')",
    );
  }

  /** Claims an exited container for a restart. Undefined if no restart is scheduled any more. */
  claimForRestart(id: string, owner: ProcessIdentity): StoredContainer | undefined {
    return this.#claim(
      id,
      owner,
      "restarts = restarts + 1 WHERE id = ? AND status = 'exited' AND restart_at IS NOT NULL",
    );
  }

  #claim(id: string, owner: ProcessIdentity, andWhere: string): StoredContainer | undefined {
    return this.change(
      `UPDATE containers SET status = 'starting', run = run + 1, pid = NULL, pid_start = NULL, error = '', owner_pid = ?,
         owner_start = ?, boot = ?, monitor_pid = NULL, monitor_start = NULL, lease = NULL, restart_at = NULL, paused = 0,
         passing_pause = 0, oom_killed = 0, health = NULL, ${andWhere} RETURNING *`,
      ...[owner.pid, owner.startTime, owner.boot, id],
    );
  }

  /**
   * Takes over a run from the owner that the caller saw, which has died, into the boot of the new one: pids of
   * another boot mean nothing there. Undefined if another process was faster.
   */
  claimFrom(seen: OwnedRun, owner: ProcessIdentity): StoredContainer | undefined {
    const forget =
      owner.boot === seen.boot ? '' : 'pid = NULL, pid_start = NULL, monitor_pid = NULL, monitor_start = NULL,';
    return this.change(
      `UPDATE containers SET ${forget} owner_pid = ?, owner_start = ?, boot = ? WHERE ${OWNED} RETURNING *`,
      ...[owner.pid, owner.startTime, owner.boot, ...ownedBy(seen)],
    );
  }

  /** The container after a change of one row; undefined where the condition of the change did not hold. */
  protected change(sql: string, ...values: readonly SQLInputValue[]): StoredContainer | undefined {
    return this.database.transaction(() => {
      const row = this.database.prepare(sql).get(...values);
      return row && parseRow(row);
    });
  }

  /** Whether the run goes on, and is the owner's. */
  owns(run: OwnedRun): boolean {
    return this.database.prepare(`SELECT 1 FROM containers WHERE ${OWNED}`).get(...ownedBy(run)) !== undefined;
  }

  /** Whether the run goes on, whoever owns it. */
  isCurrent({ id, run }: Pick<OwnedRun, 'id' | 'run'>): boolean {
    const row = this.database.prepare(`SELECT 1 FROM containers WHERE id = ? AND run = ? AND ${ACTIVE}`).get(id, run);
    return row !== undefined;
  }

  /** Releases a run that could not be adopted. */
  releaseOwnership(run: OwnedRun): void {
    this.database
      .prepare(`UPDATE containers SET owner_pid = NULL, owner_start = NULL WHERE ${OWNED}`)
      .run(...ownedBy(run));
  }

  /** False where the run is another's by now, or over. */
  setMonitor(run: OwnedRun, monitor: ProcessIdentity, lease: Lease | undefined): boolean {
    const { changes } = this.database
      .prepare(`UPDATE containers SET monitor_pid = ?, monitor_start = ?, lease = ? WHERE ${OWNED}`)
      .run(monitor.pid, monitor.startTime, lease ? JSON.stringify(lease) : null, ...ownedBy(run));
    return changes === 1;
  }

  /**
   * Records that the program runs. Undefined where that is known already, or the run is another's by now, or over.
   * @param attached whether a client was attached before its first byte
   */
  setRunning(run: OwnedRun, init: ProcessIdentity, { attached = false } = {}): StoredContainer | undefined {
    return this.database.transaction(() => {
      const container = this.change(
        `UPDATE containers SET status = 'running', pid = ?, pid_start = ?, started = ?
         WHERE ${OWNED} AND status = 'starting' RETURNING *`,
        ...[init.pid, init.startTime, Date.now(), ...ownedBy(run)],
      );
      if (container && attached) recordEvent(this.events, container, 'attach');
      if (container) recordVolumes(this.events, container, 'mount');
      if (container) recordEvent(this.events, container, 'start');
      return container;
    });
  }

  /**
   * Records the end of a run, and schedules the next. A run whose program never started emits no `die`.
   * @param run what its row says by now and cannot be read is as it was here
   * @param ranMs how long it ran on the monotonic clock, where the caller knows
   * @returns false where the run is another's by now, or over
   */
  setEnded(run: StoredContainer, end: ExitStatus, ranMs?: number): boolean {
    return this.database.transaction(() => {
      const row = this.database.prepare(`SELECT * FROM containers WHERE ${OWNED}`).get(...ownedBy(run));
      if (!row) return false;
      const [container = run] = parseIntactRow(row);
      const now = Date.now();
      const ran = ranMs ?? now - (container.startedAt?.getTime() ?? now);
      const delay = container.restartAt ? RESTART_GRACE_MS : delayAfter(container, end, ran);
      this.database
        .prepare(
          `UPDATE containers SET status = 'exited', pid = NULL, pid_start = NULL, exit_code = ?, error = ?, finished = ?, lease = NULL,
           monitor_pid = NULL, monitor_start = NULL, owner_pid = NULL, owner_start = NULL, paused = 0,
           oom_killed = max(oom_killed, ?), restart_at = ?, restart_delay = ? WHERE id = ?`,
        )
        .run(
          ...[end.exitCode, end.error, now, end.oomKilled ? 1 : 0],
          ...[delay === undefined ? null : now + delay, delay ?? container.restartDelay, run.id],
        );
      if (end.oomKilled && !container.oomKilled) recordEvent(this.events, container, 'oom');
      if (row['status'] !== 'running') return true;
      recordEvent(this.events, container, 'die', { exitCode: String(end.exitCode) });
      recordVolumes(this.events, container, 'unmount');
      return true;
    });
  }

  /** Records that the kernel killed a process of the run for want of memory. */
  setOomKilled(id: string): void {
    this.database.transaction(() => {
      const container = this.change(`UPDATE containers SET oom_killed = 1 WHERE id = ? AND ${ACTIVE} RETURNING *`, id);
      if (container) recordEvent(this.events, container, 'oom');
    });
  }

  /** Does work on what an ended run has left, unless the next run has begun; no other process can begin it meanwhile. */
  whileEnded({ id, run }: Pick<StoredContainer, 'id' | 'run'>, work: () => void): void {
    this.database.transaction(() => {
      const row = this.database.prepare('SELECT run, status FROM containers WHERE id = ?').get(id);
      if (!row || (row['run'] === run && !isActive({ status: String(row['status']) }))) work();
    });
  }

  /** Records that the user restarts it: when its run has ended, another one follows, if need be by a later daemon. */
  setRestarting(id: string): void {
    this.database
      .prepare(`UPDATE containers SET stopped = 0, restart_at = ? WHERE id = ? AND ${ACTIVE}`)
      .run(Date.now(), id);
  }

  /** Records that the user stops it: no policy restarts it. */
  setStopped(id: string): void {
    this.database.prepare('UPDATE containers SET stopped = 1, restart_at = NULL WHERE id = ?').run(id);
  }

  /** Scheduled restarts, the next one first. */
  dueRestarts(): ScheduledRestart[] {
    const sql = "SELECT * FROM containers WHERE restart_at IS NOT NULL AND status = 'exited' ORDER BY restart_at";
    return this.database
      .prepare(sql)
      .all()
      .map((row) => ({ id: String(row['id']), at: Number(row['restart_at']), delay: Number(row['restart_delay']) }));
  }

  /** Recorded before the pause, so that the process that adopts the run of a dead engine can resume it. */
  setTransientPause({ id, run }: StoredContainer): void {
    this.database.prepare('UPDATE containers SET passing_pause = 1 WHERE id = ? AND run = ?').run(id, run);
  }

  isTransientPause(id: string): boolean {
    return this.database.prepare('SELECT 1 FROM containers WHERE id = ? AND passing_pause = 1').get(id) !== undefined;
  }

  /** Nothing changes where the row says so already, or its run is over. */
  setPaused({ id, run }: StoredContainer, paused: boolean): void {
    const isNews = this.database
      .prepare('SELECT 1 FROM containers WHERE id = ? AND (paused != ? OR passing_pause != 0)')
      .get(id, paused ? 1 : 0);
    if (!isNews) return;
    this.database.transaction(() => {
      const transient = paused ? '' : ', passing_pause = 0';
      const container = this.change(
        `UPDATE containers SET paused = ?${transient}
         WHERE id = ? AND run = ? AND status = 'running' AND paused != ? RETURNING *`,
        ...[paused ? 1 : 0, id, run, paused ? 1 : 0],
      );
      if (container) recordEvent(this.events, container, paused ? 'pause' : 'unpause');
    });
  }

  /**
   * Records a result of the health check.
   * @param startedAt start of the run that was checked: a later run is left alone
   */
  setHealth(id: string, startedAt: number, health: Health): void {
    this.database.transaction(() => {
      const before = this.byId(id);
      if (before?.status !== 'running' || before.startedAt?.getTime() !== startedAt) return;
      this.database.prepare('UPDATE containers SET health = ? WHERE id = ?').run(JSON.stringify(health), id);
      const isNews = health.status !== (before.health?.status ?? 'starting');
      if (isNews) recordEvent(this.events, before, `health_status: ${health.status}`);
    });
  }
}

function delayAfter(container: StoredContainer, { exitCode }: ExitStatus, ran: number): number | undefined {
  const { config, status, stopped, health, restarts, restartDelay: delayMs } = container;
  const ranMs = status === 'running' ? ran : undefined;
  const unhealthy = health?.status === 'unhealthy';
  return nextRestartDelay({ config, exitCode, ranMs, stopped, unhealthy, restarts, delayMs });
}
