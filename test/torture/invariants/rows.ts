import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A container's row, as far as it can be compared with the host. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly pid: number | null;
  readonly startTime: number | null;
  readonly owner: number | null;
  readonly monitor: number | null;
  readonly network: string;
}

export interface Rows {
  readonly containers: Row[];
  /** Containers that `undo` would bring back. */
  readonly removed: Set<string>;
  readonly leases: { readonly holder: string; readonly address: string; readonly link: string }[];
  readonly ports: { readonly holder: string; readonly protocol: string; readonly port: number }[];
  /** What is wrong with the file itself. */
  readonly damage: string[];
}

const CONTAINERS = `SELECT id, name, status, pid, pid_start AS startTime, owner_pid AS owner, monitor_pid AS monitor,
  coalesce(json_extract(config, '$.network'), '') AS network FROM containers`;

/** Reads the database by itself: what the engine says of its rows is what is being tried. */
export function readRows(root: string): Rows {
  const database = new DatabaseSync(join(root, 'gantry.db'), { readOnly: true, timeout: 5000 });
  try {
    const all = <T>(sql: string): T[] => database.prepare(sql).all() as T[];
    const [verdict] = all<{ quick_check: string }>('PRAGMA quick_check');
    return {
      containers: all<Row>(CONTAINERS),
      removed: new Set(all<{ id: string }>('SELECT id FROM removed_containers').map(({ id }) => id)),
      leases: all(
        "SELECT holder, network || '/' || address AS address, link FROM network_lease WHERE holder IS NOT NULL",
      ),
      ports: all('SELECT holder, protocol, port FROM network_port WHERE closing = 0'),
      damage: verdict?.quick_check === 'ok' ? [] : [`the database is damaged: ${verdict?.quick_check}`],
    };
  } finally {
    database.close();
  }
}
