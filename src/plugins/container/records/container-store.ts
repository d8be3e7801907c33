import type { StatementSync } from 'node:sqlite';
import { bootId, type ProcessIdentity } from '../../../host/index.js';
import { GantryError, resolveReference } from '../../../kernel/index.js';
import type { Lease } from '../../network/index.js';
import { type Database, type Events } from '../../system/index.js';
import type { ContainerConfig, ExitStatus, Health } from '../contracts/index.js';
import {
  LIFE_COLUMNS,
  parseIntactRow,
  parseRow,
  SCHEMA,
  type StoredContainer,
  TRANSIENT_PAUSE,
} from './container-row.js';
import { nameInUse, sameName } from './errors.js';
import { recordEvent } from './record-event.js';
import type { RecoveryRecord } from './recovery-record.js';
import { REMOVED_ENDPOINTS, REMOVED_SCHEMA } from './removed-containers.js';
import { nextRestartDelay } from './restart-backoff.js';

/** The rows of containers. Every change of state is one statement or one transaction, its event included. */
export class ContainerStore {
  readonly #statements = new Map<string, StatementSync>();

  constructor(
    private readonly database: Database,
    private readonly events: Pick<Events, 'emit'>,
  ) {}

  migrate(): void {
    this.database.migrate('container', [SCHEMA, LIFE_COLUMNS, REMOVED_SCHEMA, REMOVED_ENDPOINTS, TRANSIENT_PAUSE]);
  }

  /** @throws GantryError `conflict`, in Docker's words */
  requireFreeName(name: string): void {
    const taken = this.#prepare('SELECT id FROM containers WHERE name = ?').get(name);
    if (taken) throw nameInUse(name, String(taken['id']));
  }

  insert({ id, name, created, config }: RecoveryRecord): void {
    this.database.transaction(() => {
      this.requireFreeName(name);
      this.#prepare("INSERT INTO containers (id, name, created, config, status) VALUES (?, ?, ?, ?, 'created')").run(
        id,
        name,
        created,
        JSON.stringify(config),
      );
      recordEvent(this.events, { id, name, config }, 'create');
    });
  }

  has(id: string): boolean {
    return this.#prepare('SELECT 1 FROM containers WHERE id = ?').get(id) !== undefined;
  }

  hasName(name: string): boolean {
    return this.#prepare('SELECT 1 FROM containers WHERE name = ?').get(name) !== undefined;
  }

  /** By name, id, or unambiguous id prefix, in this order. */
  find(reference: string): StoredContainer {
    const byNameOrId = this.#prepare('SELECT * FROM containers WHERE name = ? OR id = ?');
    const byPrefix = this.#prepare('SELECT * FROM containers WHERE id >= ? AND id < ? LIMIT 2');
    const row = resolveReference(reference, {
      exact: () => byNameOrId.get(reference.replace(/^\//, ''), reference),
      between: (first, end) => byPrefix.all(first, end),
      ambiguous: () =>
        new GantryError('conflict', `Multiple IDs found with provided prefix: ${reference}`, {
          hint: 'Give more digits of the id, or the name',
        }),
      missing: () => new GantryError('not found', `No such container: ${reference}`),
    });
    return parseRow(row);
  }

  byId(id: string): StoredContainer | undefined {
    const row = this.#prepare('SELECT * FROM containers WHERE id = ?').get(id);
    return row && parseRow(row);
  }

  list(): StoredContainer[] {
    return this.#prepare('SELECT * FROM containers ORDER BY created DESC, rowid DESC').all().flatMap(parseIntactRow);
  }

  active(): StoredContainer[] {
    return this.#prepare("SELECT * FROM containers WHERE status IN ('starting', 'running')")
      .all()
      .flatMap(parseIntactRow);
  }

  /** Claims a stopped container for a run that the user starts. False if it was not stopped. */
  claimForStart(id: string, owner: ProcessIdentity): boolean {
    return this.#claim(
      id,
      owner,
      "stopped = 0, restarts = 0, restart_delay = 0 WHERE id = ? AND status IN ('created', 'exited')",
    );
  }

  /** Claims an exited container for a restart. False if no restart is scheduled any more. */
  claimForRestart(id: string, owner: ProcessIdentity): boolean {
    return this.#claim(
      id,
      owner,
      "restarts = restarts + 1 WHERE id = ? AND status = 'exited' AND restart_at IS NOT NULL",
    );
  }

  #claim(id: string, owner: ProcessIdentity, andWhere: string): boolean {
    const { changes } = this.#prepare(
      `UPDATE containers SET status = 'starting', pid = NULL, pid_start = NULL, error = '', owner_pid = ?, owner_start = ?, boot = ?,
         monitor_pid = NULL, monitor_start = NULL, lease = NULL, restart_at = NULL, paused = 0, oom_killed = 0, health = NULL,
         ${andWhere}`,
    ).run(owner.pid, owner.startTime, bootId(), id);
    return changes === 1;
  }

  /** Takes over a run from the owner that the caller saw, which has died. False if another process was faster. */
  claimFrom(id: string, seen: ProcessIdentity | undefined, owner: ProcessIdentity): boolean {
    const { changes } = this.#prepare(
      `UPDATE containers SET owner_pid = ?, owner_start = ?
       WHERE id = ? AND status IN ('starting', 'running') AND owner_pid IS ? AND owner_start IS ?`,
    ).run(owner.pid, owner.startTime, id, seen?.pid ?? null, seen?.startTime ?? null);
    return changes === 1;
  }

  /** Releases a run that could not be adopted. */
  releaseOwnership(id: string): void {
    this.#prepare('UPDATE containers SET owner_pid = NULL, owner_start = NULL WHERE id = ?').run(id);
  }

  setMonitor(id: string, monitor: ProcessIdentity, lease: Lease | undefined): void {
    this.#prepare('UPDATE containers SET monitor_pid = ?, monitor_start = ?, lease = ? WHERE id = ?').run(
      monitor.pid,
      monitor.startTime,
      lease ? JSON.stringify(lease) : null,
      id,
    );
  }

  /** Records that the program runs. @param attached whether a client was attached before its first byte */
  setRunning(id: string, init: ProcessIdentity, { attached = false } = {}): void {
    this.database.transaction(() => {
      const row = this.#prepare(
        `UPDATE containers SET status = 'running', pid = ?, pid_start = ?, started = ?
         WHERE id = ? AND status = 'starting' RETURNING *`,
      ).get(init.pid, init.startTime, Date.now(), id);
      if (!row) return;
      const container = parseRow(row);
      if (attached) recordEvent(this.events, container, 'attach');
      recordEvent(this.events, container, 'start');
    });
  }

  /** Records the end of a run, and schedules the next. A run whose program never started emits no `die`. */
  setEnded(id: string, end: ExitStatus): void {
    this.database.transaction(() => {
      const container = this.byId(id);
      if (!container) return;
      const now = Date.now();
      const delay = delayAfter(container, end, now);
      this.#prepare(
        `UPDATE containers SET status = 'exited', pid = NULL, pid_start = NULL, exit_code = ?, error = ?, finished = ?, lease = NULL,
           monitor_pid = NULL, monitor_start = NULL, owner_pid = NULL, owner_start = NULL, paused = 0,
           oom_killed = ?, restart_at = ?, restart_delay = ? WHERE id = ?`,
      ).run(
        ...[end.exitCode, end.error, now, end.oomKilled ? 1 : 0],
        ...[delay === undefined ? null : now + delay, delay ?? container.restartDelay, id],
      );
      if (end.oomKilled) recordEvent(this.events, container, 'oom');
      if (container.status === 'running')
        recordEvent(this.events, container, 'die', { exitCode: String(end.exitCode) });
    });
  }

  /** Records that the user stops it: no policy restarts it. */
  setStopped(id: string): void {
    this.#prepare('UPDATE containers SET stopped = 1, restart_at = NULL WHERE id = ?').run(id);
  }

  /** Scheduled restarts, the next one first. */
  dueRestarts(): { readonly id: string; readonly at: number }[] {
    const sql =
      "SELECT id, restart_at FROM containers WHERE restart_at IS NOT NULL AND status = 'exited' ORDER BY restart_at";
    return this.#prepare(sql)
      .all()
      .map((row) => ({ id: String(row['id']), at: Number(row['restart_at']) }));
  }

  /**
   * Docker's rule: a daemon that starts also starts containers with the policy `always` that were stopped by the user.
   */
  scheduleAlways(now: number): void {
    const always = this.list().filter(({ status, startedAt, config, restartAt }) => {
      return status === 'exited' && startedAt && !restartAt && config.restart.name === 'always';
    });
    for (const { id } of always)
      this.#prepare('UPDATE containers SET restart_at = ?, stopped = 0 WHERE id = ?').run(now, id);
  }

  /** Recorded before the pause, so that the process that adopts the run of a dead engine can resume it. */
  setTransientPause(id: string): void {
    this.#prepare('UPDATE containers SET passing_pause = 1 WHERE id = ?').run(id);
  }

  isTransientPause(id: string): boolean {
    return this.#prepare('SELECT 1 FROM containers WHERE id = ? AND passing_pause = 1').get(id) !== undefined;
  }

  setPaused(container: StoredContainer, paused: boolean): void {
    this.database.transaction(() => {
      const transient = paused ? '' : ', passing_pause = 0';
      this.#prepare(`UPDATE containers SET paused = ?${transient} WHERE id = ?`).run(paused ? 1 : 0, container.id);
      recordEvent(this.events, container, paused ? 'pause' : 'unpause');
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
      this.#prepare('UPDATE containers SET health = ? WHERE id = ?').run(JSON.stringify(health), id);
      const isNews = health.status !== (before.health?.status ?? 'starting');
      if (isNews) recordEvent(this.events, before, `health_status: ${health.status}`);
    });
  }

  rename(container: StoredContainer, name: string): void {
    this.database.transaction(() => {
      if (container.name === name) throw sameName();
      this.requireFreeName(name);
      this.#prepare('UPDATE containers SET name = ? WHERE id = ?').run(name, container.id);
      recordEvent(this.events, { ...container, name }, 'rename', { oldName: `/${container.name}` });
    });
  }

  updateConfig(container: StoredContainer, config: ContainerConfig): void {
    this.database.transaction(() => {
      this.#prepare('UPDATE containers SET config = ? WHERE id = ?').run(JSON.stringify(config), container.id);
      recordEvent(this.events, container, 'update');
    });
  }

  /** Deletes the row and returns it; undefined for a container that runs or is starting: its row stays. */
  deleteRow(id: string): Record<string, unknown> | undefined {
    return this.database.transaction(() => {
      const sql = "DELETE FROM containers WHERE id = ? AND status NOT IN ('starting', 'running') RETURNING *";
      const row = this.#prepare(sql).get(id);
      if (row) recordEvent(this.events, parseRow(row), 'destroy');
      return row;
    });
  }

  /**
   * Inserts a row that `deleteRow` returned.
   * @throws GantryError `conflict` where another container has its name by now
   */
  restoreRow(row: Readonly<Record<string, unknown>>): void {
    this.requireFreeName(String(row['name']));
    const columns = Object.keys(row);
    const places = columns.map(() => '?').join(', ');
    this.#prepare(`INSERT INTO containers (${columns.join(', ')}) VALUES (${places})`).run(
      ...(Object.values(row) as (string | number | null)[]),
    );
    recordEvent(this.events, parseRow({ ...row }), 'create');
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.database.sql.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function delayAfter(container: StoredContainer, { exitCode }: ExitStatus, now: number): number | undefined {
  const { config, status, startedAt, stopped, health, restarts, restartDelay: delayMs } = container;
  const ranMs = status === 'running' ? now - (startedAt?.getTime() ?? now) : undefined;
  const unhealthy = health?.status === 'unhealthy';
  return nextRestartDelay({ config, exitCode, ranMs, stopped, unhealthy, restarts, delayMs });
}
