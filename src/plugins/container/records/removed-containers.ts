import { folderSize } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
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

type Row = Record<string, unknown>;

/** Containers that were removed and can be brought back, until there are too many, or they are too old or too large. */
export class RemovedContainers {
  constructor(
    private readonly database: Database,
    private readonly files: ContainerFolders,
  ) {}

  /** Call it in the transaction that deletes the row. */
  add(row: Row, endpoints: readonly EndpointSettings[] | undefined): void {
    this.database.sql
      .prepare('INSERT OR REPLACE INTO removed_containers (id, name, removed, row, places) VALUES (?, ?, ?, ?, ?)')
      .run(
        ...[String(row['id']), String(row['name']), Date.now(), JSON.stringify(row)],
        endpoints ? JSON.stringify(endpoints) : null,
      );
  }

  has(id: string): boolean {
    return this.database.sql.prepare('SELECT 1 FROM removed_containers WHERE id = ?').get(id) !== undefined;
  }

  /** The newest first. */
  list(): readonly Removed[] {
    return this.database.sql
      .prepare('SELECT id, name, removed FROM removed_containers ORDER BY removed DESC, rowid DESC')
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
    for (const { id } of beyondRetention(await this.#sized(), isShort)) await this.delete(id);
  }

  async delete(id: string): Promise<void> {
    this.database.sql.prepare('DELETE FROM removed_containers WHERE id = ?').run(id);
    await this.files.discardRemoved(id);
  }

  /** @returns bytes */
  async deleteAll(): Promise<number> {
    let freed = 0;
    for (const { id, size } of await this.#sized()) {
      freed += size;
      await this.delete(id);
    }
    return freed;
  }

  async #sized(): Promise<readonly { readonly id: string; readonly age: number; readonly size: number }[]> {
    const now = Date.now();
    const sized = [];
    for (const { id, removed } of this.list()) sized.push({ id, age: now - removed, size: await this.#size(id) });
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
