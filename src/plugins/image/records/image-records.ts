import type { StatementSync } from 'node:sqlite';
import type { Service } from '../../../kernel/index.js';
import { Database } from '../../system/index.js';
import { type ImageDocument, parseDocument, toImage } from '../config/index.js';
import { digestOf, type Image } from '../contracts/index.js';
import { SCHEMA_OWNER, SCHEMA_STEPS } from './image-schema.js';

export interface LayerRecord {
  readonly diffId: string;
  readonly size: number;
}

const WITH_SIZE = `SELECT i.id, i.parent, i.config,
  (SELECT total(l.size) FROM image_layers il JOIN layers l USING (diff_id) WHERE il.image_id = i.id) AS size
  FROM images i`;

const QUERIES = {
  one: `${WITH_SIZE} WHERE i.id = ?`,
  all: 'SELECT id, parent FROM images ORDER BY created_ms DESC, rowid DESC',
  between: 'SELECT id FROM images WHERE id >= ? AND id < ? LIMIT 2',
  children: 'SELECT id FROM images WHERE parent = ?',
  holders: 'SELECT holder FROM image_holds WHERE image_id = ? ORDER BY holder',
  addImage: `INSERT INTO images (id, parent, created_ms, config) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET config = excluded.config WHERE config <> excluded.config`,
  addLayer: 'INSERT INTO layers VALUES (?, ?) ON CONFLICT DO NOTHING',
  addImageLayer: 'INSERT INTO image_layers VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  restore: 'UPDATE images SET config = ? WHERE id = ?',
  deleteImage: 'DELETE FROM images WHERE id = ?',
  deleteLayers: 'DELETE FROM layers WHERE diff_id NOT IN (SELECT diff_id FROM image_layers)',
  layer: 'SELECT size FROM layers WHERE diff_id = ?',
  hold: 'INSERT INTO image_holds VALUES (?, ?) ON CONFLICT DO NOTHING',
  release: 'DELETE FROM image_holds WHERE holder = ?',
} as const;

/** Rows of images, of layers, and of the containers that need them. */
export class SqlImageRecords implements Service {
  #statements = new Map<keyof typeof QUERIES, StatementSync>();
  /** Images of the last list, by id. They stay valid, because an id is the digest of its image. */
  #listed = new Map<string, Image>();

  constructor(@Database private readonly database: Database) {}

  async onStart(): Promise<void> {
    this.database.migrate(SCHEMA_OWNER, SCHEMA_STEPS);
  }

  get(id: string): Image | undefined {
    const row = this.#query('one').get(id);
    return row && imageOf(row);
  }

  /** Newest first. */
  list(): Image[] {
    const images = this.#query('all')
      .all()
      .flatMap((row) => this.#imageOf(String(row['id']), String(row['parent'])) ?? []);
    this.#listed = new Map(images.map((image) => [image.id, image]));
    return images;
  }

  /** The image's configuration: exactly the bytes that its id is the digest of. */
  configBytes(id: string): Uint8Array | undefined {
    return this.#query('one').get(id)?.['config'] as Uint8Array | undefined;
  }

  document(id: string): ImageDocument | undefined {
    const bytes = this.configBytes(id);
    return bytes && parseDocument(bytes);
  }

  /** Ids from one on and before another; at most two. */
  between(first: string, end: string): string[] {
    return this.#query('between')
      .all(first, end)
      .map((row) => String(row['id']));
  }

  childrenOf(id: string): string[] {
    return this.#query('children')
      .all(id)
      .map((row) => String(row['id']));
  }

  holdersOf(id: string): string[] {
    return this.#query('holders')
      .all(id)
      .map((row) => String(row['holder']));
  }

  /** Bytes of a layer's files; undefined for one that no image has. */
  layerSize(diffId: string): number | undefined {
    return this.#query('layer').get(diffId)?.['size'] as number | undefined;
  }

  /** Inside of a transaction. @returns the image's id; undefined where there is such an image already */
  add(document: ImageDocument, parent: string, newLayers: readonly LayerRecord[]): string | undefined {
    return this.addBytes(Buffer.from(JSON.stringify(document)), document, parent, newLayers);
  }

  /** Like `add`, but of a document's exact bytes. */
  addBytes(
    bytes: Uint8Array,
    document: ImageDocument,
    parent: string,
    newLayers: readonly LayerRecord[],
  ): string | undefined {
    const id = digestOf(bytes);
    for (const { diffId, size } of newLayers) this.#query('addLayer').run(diffId, size);
    const createdMs = Date.parse(document.created ?? '') || 0;
    if (this.#query('addImage').run(id, parent, createdMs, bytes).changes === 0) return undefined;
    // The cached image may come from a damaged row.
    this.#listed.delete(id);
    for (const [position, diffId] of document.rootfs.diff_ids.entries()) {
      this.#query('addImageLayer').run(id, position, diffId);
    }
    return id;
  }

  /** Repairs the configuration of an image whose row was damaged. @param bytes whose digest is its id */
  restore(id: string, bytes: Uint8Array): void {
    this.#query('restore').run(bytes, id);
    this.#listed.delete(id);
  }

  /** Inside of a transaction: the image, and each layer that no image has any more. */
  delete(id: string): void {
    this.#query('deleteImage').run(id);
    this.#query('deleteLayers').run();
  }

  hold(imageId: string, holder: string): void {
    this.#query('hold').run(holder, imageId);
  }

  release(holder: string): void {
    this.#query('release').run(holder);
  }

  /** Undefined where another process has removed it meanwhile. */
  #imageOf(id: string, parent: string): Image | undefined {
    const listed = this.#listed.get(id);
    return listed?.parent === parent ? listed : this.get(id);
  }

  #query(name: keyof typeof QUERIES): StatementSync {
    const prepared = this.#statements.get(name) ?? this.database.sql.prepare(QUERIES[name]);
    this.#statements.set(name, prepared);
    return prepared;
  }
}

function imageOf(row: Record<string, unknown>): Image {
  const document = documentOf(row['config'] as Uint8Array);
  return toImage(String(row['id']), String(row['parent']), document, Number(row['size']));
}

/** A damaged configuration must not break lists of all images: the image can still be seen, and removed. */
function documentOf(config: Uint8Array): ImageDocument {
  try {
    return parseDocument(config);
  } catch {
    return { rootfs: { type: 'layers', diff_ids: [] }, history: [{ comment: 'its configuration is damaged' }] };
  }
}
