import type { StatementSync } from 'node:sqlite';
import { GantryError } from '../../kernel/index.js';
import type { Lease } from '../network/index.js';
import { bootId, type Database, type ProcessIdentity } from '../system/index.js';
import type { Container, ContainerConfig, ContainerStatus } from './contracts.js';
import { nameTaken } from './refusals.js';

const SCHEMA = `
CREATE TABLE containers (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  config TEXT NOT NULL,
  status TEXT NOT NULL,
  pid INTEGER, pid_start INTEGER,
  exit_code INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  started INTEGER,
  finished INTEGER,
  lease TEXT,
  monitor_pid INTEGER, monitor_start INTEGER,
  owner_pid INTEGER, owner_start INTEGER,
  boot TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX containers_live ON containers (status) WHERE status IN ('starting', 'running');
`;

/** A container with the processes behind its run. */
export interface StoredContainer extends Omit<Container, 'pid'> {
  /** The container's first process; undefined unless it runs. */
  readonly init: ProcessIdentity | undefined;
  /** The monitor of the run; undefined unless it was started. */
  readonly monitor: ProcessIdentity | undefined;
  /** The boot that it was started in: pids and start times mean nothing in another. */
  readonly boot: string;
  /** The engine process that reads its output; may be dead. */
  readonly owner: ProcessIdentity | undefined;
}

type Row = Record<string, unknown>;

/** The container rows. Every change of state is one statement or one transaction. */
export class ContainerStore {
  readonly #statements = new Map<string, StatementSync>();

  constructor(private readonly database: Database) {}

  migrate(): void {
    this.database.migrate('container', [SCHEMA]);
  }

  /** @throws GantryError `conflict`, in Docker's words */
  refuseTaken(name: string): void {
    const taken = this.#prepare('SELECT id FROM containers WHERE name = ?').get(name);
    if (taken) throw nameTaken(name, String(taken['id']));
  }

  insert(id: string, name: string, config: ContainerConfig): void {
    this.refuseTaken(name);
    this.#prepare("INSERT INTO containers (id, name, created, config, status) VALUES (?, ?, ?, ?, 'created')").run(
      id,
      name,
      Date.now(),
      JSON.stringify(config),
    );
  }

  hasName(name: string): boolean {
    return this.#prepare('SELECT 1 FROM containers WHERE name = ?').get(name) !== undefined;
  }

  /** By name, id, or unambiguous id prefix, in this order. */
  find(reference: string): StoredContainer {
    const exact = this.#prepare('SELECT * FROM containers WHERE name = ? OR id = ?').get(
      reference.replace(/^\//, ''),
      reference,
    );
    if (exact) return fromRow(exact);
    const matches = /^[0-9a-f]{1,63}$/.test(reference)
      ? this.#prepare('SELECT * FROM containers WHERE id >= ? AND id < ? LIMIT 2').all(reference, `${reference}g`)
      : [];
    const [match, other] = matches;
    if (other) {
      throw new GantryError('conflict', `Multiple IDs found with provided prefix: ${reference}`, {
        hint: 'Give more digits of the id, or the name',
      });
    }
    if (!match) throw new GantryError('not found', `No such container: ${reference}`);
    return fromRow(match);
  }

  byId(id: string): StoredContainer | undefined {
    const row = this.#prepare('SELECT * FROM containers WHERE id = ?').get(id);
    return row && fromRow(row);
  }

  list(): StoredContainer[] {
    return this.#prepare('SELECT * FROM containers ORDER BY created DESC, rowid DESC').all().map(fromRow);
  }

  live(): StoredContainer[] {
    return this.#prepare("SELECT * FROM containers WHERE status IN ('starting', 'running')").all().map(fromRow);
  }

  /** Takes a stopped container for a new run. False when it was not stopped. */
  claimForStart(id: string, owner: ProcessIdentity): boolean {
    const { changes } = this.#prepare(
      `UPDATE containers SET status = 'starting', pid = NULL, pid_start = NULL, error = '', owner_pid = ?, owner_start = ?, boot = ?,
         monitor_pid = NULL, monitor_start = NULL, lease = NULL
       WHERE id = ? AND status IN ('created', 'exited')`,
    ).run(owner.pid, owner.startTime, bootId(), id);
    return changes === 1;
  }

  /** Takes over a run from the owner that the caller saw, dead by now. False when somebody else was quicker. */
  claimFrom(id: string, seen: ProcessIdentity | undefined, owner: ProcessIdentity): boolean {
    const { changes } = this.#prepare(
      `UPDATE containers SET owner_pid = ?, owner_start = ?
       WHERE id = ? AND status IN ('starting', 'running') AND owner_pid IS ? AND owner_start IS ?`,
    ).run(owner.pid, owner.startTime, id, seen?.pid ?? null, seen?.startTime ?? null);
    return changes === 1;
  }

  /** Gives a run back that could not be taken over. */
  disown(id: string): void {
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

  setRunning(id: string, init: ProcessIdentity): void {
    this.#prepare(
      "UPDATE containers SET status = 'running', pid = ?, pid_start = ?, started = ? WHERE id = ? AND status = 'starting'",
    ).run(init.pid, init.startTime, Date.now(), id);
  }

  /** Ends a run. */
  setEnded(id: string, end: { readonly exitCode: number; readonly error: string }): void {
    this.#prepare(
      `UPDATE containers SET status = 'exited', pid = NULL, pid_start = NULL, exit_code = ?, error = ?, finished = ?, lease = NULL,
         monitor_pid = NULL, monitor_start = NULL, owner_pid = NULL, owner_start = NULL WHERE id = ?`,
    ).run(end.exitCode, end.error, Date.now(), id);
  }

  /** False for one that runs, or is about to: it stays. */
  delete(id: string): boolean {
    const sql = "DELETE FROM containers WHERE id = ? AND status NOT IN ('starting', 'running')";
    return this.#prepare(sql).run(id).changes === 1;
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

function fromRow(row: Row): StoredContainer {
  return {
    id: String(row['id']),
    name: String(row['name']),
    created: new Date(Number(row['created'])),
    config: JSON.parse(String(row['config'])) as ContainerConfig,
    status: String(row['status']) as ContainerStatus,
    init: identity(row['pid'], row['pid_start']),
    exitCode: Number(row['exit_code']),
    error: String(row['error']),
    startedAt: date(row['started']),
    finishedAt: date(row['finished']),
    lease: row['lease'] ? (JSON.parse(String(row['lease'])) as Lease) : undefined,
    monitor: identity(row['monitor_pid'], row['monitor_start']),
    boot: String(row['boot']),
    owner: identity(row['owner_pid'], row['owner_start']),
  };
}

function date(value: unknown): Date | undefined {
  return value === null ? undefined : new Date(Number(value));
}

function identity(pid: unknown, startTime: unknown): ProcessIdentity | undefined {
  return pid === null ? undefined : { pid: Number(pid), startTime: Number(startTime) };
}
