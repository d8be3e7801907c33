import type { Service } from '../../../kernel/index.js';
import { Database } from '../../system/index.js';
import {
  canonicalName,
  type Distribution,
  familiarName,
  type LayerBlob,
  parseReference,
  type StoredManifest,
} from '../contracts/index.js';
import { SCHEMA_OWNER, SCHEMA_STEPS } from './image-schema.js';

/** A digest that is a name stays one, when the manifest comes again by way of a list. */
const RECORD_MANIFEST = `INSERT INTO image_manifests VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET image_id = excluded.image_id, media_type = excluded.media_type, bytes = excluded.bytes,
    is_name = max(excluded.is_name, is_name AND image_id = excluded.image_id)`;

/** Digests of images and layers at registries, in the database. */
export class SqlDistribution implements Distribution, Service {
  constructor(@Database private readonly database: Database) {}

  async onStart(): Promise<void> {
    this.database.migrate(SCHEMA_OWNER, SCHEMA_STEPS);
  }

  recordManifest(
    imageId: string,
    { repository, digest, mediaType, bytes }: StoredManifest,
    { isName = true }: { readonly isName?: boolean } = {},
  ): void {
    this.database.sql.prepare(RECORD_MANIFEST).run(imageId, repository, digest, mediaType, bytes, Number(isName));
  }

  untag(name: string): void {
    const reference = parseReference(name);
    this.database.sql
      .prepare('UPDATE image_manifests SET is_name = 0 WHERE repository = ? AND digest = ?')
      .run(canonicalName(reference), reference.digest ?? '');
  }

  manifestsOf(imageId: string): readonly StoredManifest[] {
    return this.database.sql
      .prepare('SELECT * FROM image_manifests WHERE image_id = ? ORDER BY repository, digest')
      .all(imageId)
      .map((row) => ({
        repository: String(row['repository']),
        digest: String(row['digest']),
        mediaType: String(row['media_type']),
        bytes: row['bytes'] as Uint8Array,
      }));
  }

  namesOf(imageId: string): readonly string[] {
    return this.database.sql
      .prepare(
        'SELECT repository, digest FROM image_manifests WHERE image_id = ? AND is_name ORDER BY repository, digest',
      )
      .all(imageId)
      .map((row) => `${familiarName(parseReference(String(row['repository'])))}@${row['digest']}`);
  }

  digests(): ReadonlyMap<string, readonly Pick<StoredManifest, 'repository' | 'digest'>[]> {
    const rows = this.database.sql
      .prepare('SELECT image_id, repository, digest FROM image_manifests WHERE is_name ORDER BY repository, digest')
      .all()
      .map((row) => ({
        imageId: String(row['image_id']),
        repository: String(row['repository']),
        digest: String(row['digest']),
      }));
    return Map.groupBy(rows, ({ imageId }) => imageId);
  }

  recordBlob({ diffId, repository, digest, size, mediaType }: LayerBlob): void {
    this.database.sql
      .prepare('INSERT OR REPLACE INTO layer_blobs VALUES (?, ?, ?, ?, ?)')
      .run(diffId, repository, digest, size, mediaType);
  }

  blobsOf(diffId: string): readonly LayerBlob[] {
    return this.database.sql
      .prepare('SELECT * FROM layer_blobs WHERE diff_id = ? ORDER BY repository, digest')
      .all(diffId)
      .map((row) => ({
        diffId,
        repository: String(row['repository']),
        digest: String(row['digest']),
        size: Number(row['size']),
        mediaType: String(row['media_type']),
      }));
  }
}
