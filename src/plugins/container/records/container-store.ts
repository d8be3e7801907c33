import { GantryError, resolveReference } from '../../../kernel/index.js';
import type { ContainerConfig, ContainerStatus } from '../contracts/index.js';
import {
  LIFE_COLUMNS,
  parseIntactRow,
  parseRow,
  RUN_NUMBER,
  SCHEMA,
  type StoredContainer,
  TRANSIENT_PAUSE,
} from './container-row.js';
import { nameInUse, sameName } from './errors.js';
import { recordEvent } from './record-event.js';
import type { RecoveryRecord } from './recovery-record.js';
import { REMOVED_ENDPOINTS, REMOVED_SCHEMA, REMOVED_UPTIME } from './removed-containers.js';
import { wantsRestart } from './restart-backoff.js';
import { ACTIVE, RunRows } from './run-rows.js';

/** The rows of containers: finds them, makes and removes them, changes what does not depend on a run. */
export class ContainerStore extends RunRows {
  migrate(): void {
    this.database.migrate('container', [
      SCHEMA,
      LIFE_COLUMNS,
      REMOVED_SCHEMA,
      REMOVED_ENDPOINTS,
      TRANSIENT_PAUSE,
      REMOVED_UPTIME,
      RUN_NUMBER,
    ]);
  }

  /** @throws GantryError `conflict`, in Docker's words */
  requireFreeName(name: string): void {
    const taken = this.database.prepare('SELECT id FROM containers WHERE name = ?').get(name);
    if (taken) throw nameInUse(name, String(taken['id']));
  }

  insert({ id, name, created, config }: RecoveryRecord): void {
    this.database.transaction(() => {
      this.requireFreeName(name);
      this.database
        .prepare("INSERT INTO containers (id, name, created, config, status) VALUES (?, ?, ?, ?, 'created')")
        .run(id, name, created, JSON.stringify(config));
      recordEvent(this.events, { id, name, config }, 'create');
    });
  }

  has(id: string): boolean {
    return this.database.prepare('SELECT 1 FROM containers WHERE id = ?').get(id) !== undefined;
  }

  hasName(name: string): boolean {
    return this.database.prepare('SELECT 1 FROM containers WHERE name = ?').get(name) !== undefined;
  }

  /** By name, id, or unambiguous id prefix, in this order. */
  find(reference: string): StoredContainer {
    const byNameOrId = this.database.prepare('SELECT * FROM containers WHERE name = ? OR id = ?');
    const byPrefix = this.database.prepare('SELECT * FROM containers WHERE id >= ? AND id < ? LIMIT 2');
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

  list(): StoredContainer[] {
    return this.database
      .prepare('SELECT * FROM containers ORDER BY created DESC, rowid DESC')
      .all()
      .flatMap(parseIntactRow);
  }

  /** Without reading what the containers are made of. */
  names(): Pick<StoredContainer, 'id' | 'name' | 'status'>[] {
    const rows = this.database
      .prepare('SELECT id, name, status FROM containers ORDER BY created DESC, rowid DESC')
      .all();
    return rows.map(({ id, name, status }) => ({
      id: String(id),
      name: String(name),
      status: String(status) as ContainerStatus,
    }));
  }

  active(): StoredContainer[] {
    return this.database.prepare(`SELECT * FROM containers WHERE ${ACTIVE}`).all().flatMap(parseIntactRow);
  }

  /** Of damaged rows, too. */
  activeIds(): Set<string> {
    const rows = this.database.prepare(`SELECT id FROM containers WHERE ${ACTIVE}`).all();
    return new Set(rows.map(({ id }) => String(id)));
  }

  /**
   * Docker's rule: a daemon that starts also starts containers with the policy `always` that were stopped by the user.
   */
  scheduleAlways(now: number): void {
    const always = this.list().filter(({ status, startedAt, config, restartAt }) => {
      return status === 'exited' && startedAt && !restartAt && config.restart.name === 'always';
    });
    const schedule = "UPDATE containers SET restart_at = ?, stopped = 0 WHERE id = ? AND run = ? AND status = 'exited'";
    for (const { id, run } of always) this.database.prepare(schedule).run(now, id, run);
  }

  rename(container: StoredContainer, name: string): void {
    this.database.transaction(() => {
      if (container.name === name) throw sameName();
      this.requireFreeName(name);
      this.database.prepare('UPDATE containers SET name = ? WHERE id = ?').run(name, container.id);
      recordEvent(this.events, { ...container, name }, 'rename', { oldName: `/${container.name}` });
    });
  }

  /**
   * Changes the configuration as it is now, so that changes at the same time add up. A scheduled restart that the new
   * policy does not ask for is cancelled.
   * @throws what `change` throws, and then nothing is changed
   */
  updateConfig(id: string, change: (config: ContainerConfig) => ContainerConfig): void {
    this.database.transaction(() => {
      const container = this.find(id);
      const config = change(container.config);
      const { status, health, exitCode, restarts } = container;
      const unhealthy = health?.status === 'unhealthy';
      const cancels = status === 'exited' && !wantsRestart({ config, exitCode, unhealthy, restarts });
      this.database
        .prepare(`UPDATE containers SET config = ?${cancels ? ', restart_at = NULL' : ''} WHERE id = ?`)
        .run(JSON.stringify(config), id);
      recordEvent(this.events, container, 'update');
    });
  }

  /** Deletes the row and returns it; undefined for a container that runs or is starting: its row stays. */
  deleteRow(id: string): Record<string, unknown> | undefined {
    return this.database.transaction(() => {
      const sql = "DELETE FROM containers WHERE id = ? AND status NOT IN ('starting', 'running') RETURNING *";
      const row = this.database.prepare(sql).get(id);
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
    this.database
      .prepare(`INSERT INTO containers (${columns.join(', ')}) VALUES (${places})`)
      .run(...(Object.values(row) as (string | number | null)[]));
    recordEvent(this.events, parseRow({ ...row }), 'create');
  }
}
