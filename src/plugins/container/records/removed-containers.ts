import { folderSize, millisecondsSince, thisMoment } from '../../../host/index.js';
import { GantryError, settleAll } from '../../../kernel/index.js';
import type { EndpointSettings } from '../../network/index.js';
import { beyondRetention, type Database, parseJsonColumn, type Removed } from '../../system/index.js';
import type { ContainerFolders } from './container-folders.js';

export const REMOVED_SCHEMA = `
CREATE TABLE removed_containers (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  removed INTEGER NOT NULL,
  size INTEGER,
  row TEXT NOT NULL
) STRICT;
`;

/** JSON of its endpoints, as `NetworkManager.deleteEndpoints` returns them. */
export const REMOVED_ENDPOINTS = 'ALTER TABLE removed_containers ADD COLUMN places TEXT;';

/** The moment of the removal on a clock that nobody sets, for rows of engines that know it. */
export const REMOVED_UPTIME = `
ALTER TABLE removed_containers ADD COLUMN boot TEXT;
ALTER TABLE removed_containers ADD COLUMN uptime INTEGER NOT NULL DEFAULT 0;
`;

type Row = Record<string, unknown>;

/** Containers that were removed and can be brought back, until there are too many, or they are too old or too large. */
export class RemovedContainers {
  constructor(
    private readonly database: Database,
    private readonly files: ContainerFolders,
  ) {}

  /** Call it in the transaction that deletes the row. */
  add(row: Row, endpoints: readonly EndpointSettings[] | undefined): void {
    const { time, boot = null, uptime } = thisMoment();
    const columns = 'id, name, row, places, removed, boot, uptime';
    this.database.sql
      .prepare(`INSERT OR REPLACE INTO removed_containers (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
      .run(
        ...[String(row['id']), String(row['name']), JSON.stringify(row)],
        ...[endpoints ? JSON.stringify(endpoints) : null, time, boot, uptime],
      );
  }

  has(id: string): boolean {
    return this.database.sql.prepare('SELECT 1 FROM removed_containers WHERE id = ?').get(id) !== undefined;
  }

  /** The newest first. */
  list(): readonly Removed[] {
    return this.database.sql
      .prepare('SELECT id, name, removed FROM removed_containers ORDER BY rowid DESC')
      .all()
      .map((row) => ({ id: String(row['id']), name: String(row['name']), removed: Number(row['removed']) }));
  }

  /** @throws GantryError `not found` */
  row(id: string): Row {
    const found = this.database.sql.prepare('SELECT row FROM removed_containers WHERE id = ?').get(id);
    if (!found) throw new GantryError('not found', `No removed container: ${id}`);
    const row = parseJsonColumn<Row>(found['row'], {});
    if (row['id'] === id) return row;
    throw new GantryError('unavailable', `what the database has of removed container ${id} is damaged`, {
      hint: '`docker system prune` forgets it',
    });
  }

  /** Its endpoints; undefined where it had none, or was removed before containers could have several. */
  endpointsOf(id: string): readonly EndpointSettings[] | undefined {
    const endpoints = this.database.sql.prepare('SELECT places FROM removed_containers WHERE id = ?').get(id)?.[
      'places'
    ];
    return typeof endpoints === 'string' ? (JSON.parse(endpoints) as EndpointSettings[]) : undefined;
  }

  /** Call it in the transaction that restores the row. */
  restore(id: string): void {
    this.database.sql.prepare('DELETE FROM removed_containers WHERE id = ?').run(id);
    this.files.restoreRemoved(id);
  }

  /** Deletes the removed containers beyond the limits, the oldest first; all, where the disk is nearly full. */
  async trim(): Promise<void> {
    const isShort = this.files.isDiskNearlyFull();
    await this.#delete(beyondRetention(await this.#sized(), isShort).map(({ id }) => id));
  }

  /** Milliseconds since each removal, the newest first. */
  #ages(): { readonly id: string; readonly age: number }[] {
    return this.database.sql
      .prepare('SELECT id, removed, boot, uptime FROM removed_containers ORDER BY rowid DESC')
      .all()
      .map(({ id, removed, boot, uptime }) => ({
        id: String(id),
        age: millisecondsSince({ time: Number(removed), boot: boot?.toString(), uptime: Number(uptime) }),
      }));
  }

  /** Rows leave the disk before files: a power cut brings none back whose files are gone. */
  async #delete(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const statement = this.database.sql.prepare('DELETE FROM removed_containers WHERE id = ?');
    this.database.transaction(() => ids.map((id) => statement.run(id)), { durable: true });
    await settleAll(ids.map((id) => this.files.discardRemoved(id)));
  }

  /** Of all of them. */
  async bytes(): Promise<number> {
    return (await this.#sized()).reduce((sum, { size }) => sum + size, 0);
  }

  /** @returns bytes */
  async deleteAll(): Promise<number> {
    const removed = await this.#sized();
    await this.#delete(removed.map(({ id }) => id));
    return removed.reduce((sum, { size }) => sum + size, 0);
  }

  async #sized(): Promise<readonly { readonly id: string; readonly age: number; readonly size: number }[]> {
    const sized = [];
    for (const { id, age } of this.#ages()) sized.push({ id, age, size: await this.#size(id) });
    return sized;
  }

  /** Measured once, since a removed container does not change. */
  async #size(id: string): Promise<number> {
    const known = this.database.sql.prepare('SELECT size FROM removed_containers WHERE id = ?').get(id)?.['size'];
    if (typeof known === 'number') return known;
    const size = await folderSize(this.files.removedPath(id));
    this.database.sql.prepare('UPDATE removed_containers SET size = ? WHERE id = ?').run(size, id);
    return size;
  }
}
