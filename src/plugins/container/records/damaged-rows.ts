import type { Database } from '../../system/index.js';
import type { ContainerConfig } from '../contracts/index.js';
import { parseIntactRow } from './container-row.js';

/** Rows of containers that SQLite accepts and that the engine cannot read. */
export class DamagedRows {
  constructor(private readonly database: Database) {}

  list(): { readonly id: string; readonly name: string }[] {
    const rows = this.database.sql.prepare('SELECT * FROM containers').all();
    return rows
      .filter((row) => parseIntactRow(row).length === 0)
      .map((row) => ({ id: String(row['id']), name: String(row['name']) }));
  }

  /** Replaces the configuration; other columns that cannot be read become NULL. */
  restore(id: string, config: ContainerConfig): void {
    this.database.sql
      .prepare(`UPDATE containers SET config = ?, lease = iif(json_valid(lease), lease, NULL),
        health = iif(json_valid(health), health, NULL) WHERE id = ?`)
      .run(JSON.stringify(config), id);
  }

  /** Joins the caller's transaction. */
  delete(id: string): void {
    this.database.sql.prepare('DELETE FROM containers WHERE id = ?').run(id);
  }
}
