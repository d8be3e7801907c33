import { millisecondsSince, thisMoment } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { beyondRetention, type Database, parseJsonColumn, type Removed } from '../../system/index.js';
import type { LayerRecord } from './image-records.js';

interface RemovedImage {
  readonly id: string;
  readonly parent: string;
  readonly config: Uint8Array;
  /** With their tags. */
  readonly names: readonly string[];
  readonly layers: readonly LayerRecord[];
}

const KEEP_MANIFESTS = `INSERT OR REPLACE INTO removed_manifests
  SELECT image_id, repository, digest, media_type, bytes, is_name FROM image_manifests WHERE image_id = ?`;
const KEEP_BLOBS = `INSERT OR REPLACE INTO removed_blobs
  SELECT image_id, diff_id, repository, digest, size, media_type
  FROM (SELECT DISTINCT image_id, diff_id FROM image_layers WHERE image_id = ?) JOIN layer_blobs USING (diff_id)`;
/** A tag's digest may mean another image by now. */
const RESTORE_MANIFESTS = `INSERT OR IGNORE INTO image_manifests
  SELECT removed_id, repository, digest, media_type, bytes, is_name FROM removed_manifests WHERE removed_id = ?`;
const RESTORE_BLOBS = `INSERT OR IGNORE INTO layer_blobs
  SELECT diff_id, repository, digest, size, media_type FROM removed_blobs WHERE removed_id = ?`;

/** Images that were removed and can be brought back. Their layers stay until then. */
export class RemovedImageRecords {
  constructor(private readonly database: Database) {}

  /** Inside of the transaction that removes the image. */
  add({ id, parent, config, names, layers }: RemovedImage): void {
    const { time, boot = null, uptime } = thisMoment();
    const columns = 'id, parent, config, names, removed, boot, uptime';
    this.database.sql
      .prepare(`INSERT OR REPLACE INTO removed_images (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
      .run(id, parent, config, JSON.stringify(names), time, boot, uptime);
    const add = this.database.sql.prepare('INSERT OR REPLACE INTO removed_layers VALUES (?, ?, ?)');
    for (const { diffId, size } of layers) add.run(id, diffId, size);
    for (const query of [KEEP_MANIFESTS, KEEP_BLOBS]) this.database.sql.prepare(query).run(id);
  }

  /** Gives an image that is back what registries call it and its layers. Inside of the transaction, before `forget`. */
  restoreDistribution(id: string): void {
    for (const query of [RESTORE_MANIFESTS, RESTORE_BLOBS]) this.database.sql.prepare(query).run(id);
  }

  /** The newest first. */
  list(): readonly Removed[] {
    return this.database.sql
      .prepare('SELECT id, names, removed FROM removed_images ORDER BY rowid DESC')
      .all()
      .map((row) => ({
        id: String(row['id']),
        name: parseJsonColumn<string[]>(row['names'], [])[0] ?? '',
        removed: Number(row['removed']),
      }));
  }

  /** @throws GantryError `not found` */
  get(id: string): RemovedImage {
    const row = this.database.sql.prepare('SELECT * FROM removed_images WHERE id = ?').get(id);
    if (!row) throw new GantryError('not found', `No removed image: ${id}`);
    return {
      id,
      parent: String(row['parent']),
      config: row['config'] as Uint8Array,
      names: parseJsonColumn<string[]>(row['names'], []),
      layers: this.database.sql
        .prepare('SELECT diff_id, size FROM removed_layers WHERE image_id = ?')
        .all(id)
        .map((layer) => ({ diffId: String(layer['diff_id']), size: Number(layer['size']) })),
    };
  }

  /** Whether a removed image has the layer. */
  hasLayer(diffId: string): boolean {
    return this.database.sql.prepare('SELECT 1 FROM removed_layers WHERE diff_id = ?').get(diffId) !== undefined;
  }

  forget(id: string): void {
    this.database.sql.prepare('DELETE FROM removed_images WHERE id = ?').run(id);
  }

  /** Forgets those beyond the bounds, the oldest first. @param isShort all: the disk is nearly full */
  trim(isShort: boolean): void {
    const sized = this.#ages().map(({ id, age }) => ({ id, age, size: this.#bytesOf(id) }));
    for (const { id } of beyondRetention(sized, isShort)) this.forget(id);
  }

  /** Milliseconds since each removal, the newest first. */
  #ages(): { readonly id: string; readonly age: number }[] {
    return this.database.sql
      .prepare('SELECT id, removed, boot, uptime FROM removed_images ORDER BY rowid DESC')
      .all()
      .map(({ id, removed, boot, uptime }) => ({
        id: String(id),
        age: millisecondsSince({ time: Number(removed), boot: boot?.toString(), uptime: Number(uptime) }),
      }));
  }

  /** Bytes of the layers that no image has that is here. */
  bytes(): number {
    const row = this.database.sql
      .prepare(`SELECT total(size) AS bytes FROM (SELECT DISTINCT diff_id, size FROM removed_layers
        WHERE diff_id NOT IN (SELECT diff_id FROM layers))`)
      .get();
    return Number(row?.['bytes']);
  }

  #bytesOf(id: string): number {
    const row = this.database.sql
      .prepare(`SELECT total(size) AS bytes FROM removed_layers
        WHERE image_id = ? AND diff_id NOT IN (SELECT diff_id FROM layers)`)
      .get(id);
    return Number(row?.['bytes']);
  }
}
