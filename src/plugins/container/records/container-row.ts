import type { ProcessIdentity } from '../../../host/index.js';
import { GantryError, isKind } from '../../../kernel/index.js';
import type { Lease } from '../../network/index.js';
import {
  type Container,
  type ContainerConfig,
  type ContainerStatus,
  DEFAULT_HOST_CONFIG,
  type Health,
} from '../contracts/index.js';

export const SCHEMA = `
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

/** Rows of older engines get the defaults. */
export const LIFE_COLUMNS = `
ALTER TABLE containers ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE containers ADD COLUMN oom_killed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE containers ADD COLUMN health TEXT;
ALTER TABLE containers ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE containers ADD COLUMN restarts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE containers ADD COLUMN restart_delay INTEGER NOT NULL DEFAULT 0;
ALTER TABLE containers ADD COLUMN restart_at INTEGER;
`;

/** Set while the engine itself pauses a container, for a commit. */
export const TRANSIENT_PAUSE = 'ALTER TABLE containers ADD COLUMN passing_pause INTEGER NOT NULL DEFAULT 0;';

/** Counts the runs of a container: with its owner it says which run a statement is about. */
export const RUN_NUMBER = 'ALTER TABLE containers ADD COLUMN run INTEGER NOT NULL DEFAULT 0;';

/** A row: a container with the processes of its run. */
export interface StoredContainer extends Omit<Container, 'pid'> {
  /** How many runs of it have begun. */
  readonly run: number;
  /** The container's first process; undefined unless it runs. */
  readonly init: ProcessIdentity | undefined;
  /** The monitor of the run; undefined unless it was started. */
  readonly monitor: ProcessIdentity | undefined;
  /** The boot in which it was started: pids and start times of another boot mean nothing. */
  readonly boot: string;
  /** The engine process that reads its output; may be dead. */
  readonly owner: ProcessIdentity | undefined;
  /** The user has stopped it. */
  readonly stopped: boolean;
  /** Milliseconds between the last run's end and this one's start; 0 where the user started it. */
  readonly restartDelay: number;
}

/** A run and its owner, as its row named them: what every change of that run is conditional on. */
export type OwnedRun = Pick<StoredContainer, 'id' | 'run' | 'owner' | 'boot'>;

/** @throws GantryError `unavailable` for a damaged row */
export function parseRow(row: Record<string, unknown>): StoredContainer {
  return {
    id: String(row['id']),
    run: Number(row['run']),
    name: String(row['name']),
    created: new Date(Number(row['created'])),
    config: { ...DEFAULT_HOST_CONFIG, ...parseJson<ContainerConfig>(row, 'config') },
    status: String(row['status']) as ContainerStatus,
    init: identity(row, 'pid'),
    exitCode: Number(row['exit_code']),
    error: String(row['error']),
    startedAt: date(row['started']),
    finishedAt: date(row['finished']),
    lease: row['lease'] ? parseJson<Lease>(row, 'lease') : undefined,
    monitor: identity(row, 'monitor'),
    boot: String(row['boot']),
    owner: identity(row, 'owner'),
    paused: row['paused'] === 1,
    oomKilled: row['oom_killed'] === 1,
    health: row['health'] ? parseJson<Health>(row, 'health') : undefined,
    stopped: row['stopped'] === 1,
    restarts: Number(row['restarts']),
    restartDelay: Number(row['restart_delay']),
    restartAt: date(row['restart_at']),
  };
}

/** The container, unless its row is damaged: `system check` reports such a row, and other containers work. */
export function parseIntactRow(row: Record<string, unknown>): StoredContainer[] {
  try {
    return [parseRow(row)];
  } catch (error) {
    if (isKind(error, 'unavailable')) return [];
    throw error;
  }
}

function parseJson<T extends object>(row: Record<string, unknown>, column: string): T {
  try {
    const value = JSON.parse(String(row[column])) as T;
    if (typeof value !== 'object' || value === null) throw new Error('it is no object');
    if (column === 'config' && !Array.isArray((value as ContainerConfig).args)) throw new Error('it has no program');
    return value;
  } catch (cause) {
    throw new GantryError('unavailable', `what the database has of container ${String(row['name'])} is damaged`, {
      cause,
      hint: '`docker system check --repair` brings back what can be had',
    });
  }
}

/** The part of a row that callers see. */
export function toContainer(stored: StoredContainer): Container {
  const { run, monitor, owner, init, stopped, restartDelay, ...container } = stored;
  return { ...container, pid: container.status === 'running' ? (init?.pid ?? 0) : 0 };
}

function date(value: unknown): Date | undefined {
  return value === null ? undefined : new Date(Number(value));
}

function identity(row: Record<string, unknown>, who: 'pid' | 'monitor' | 'owner'): ProcessIdentity | undefined {
  const pid = row[who === 'pid' ? 'pid' : `${who}_pid`];
  if (pid === null) return undefined;
  return { boot: String(row['boot']), pid: Number(pid), startTime: Number(row[`${who}_start`]) };
}
