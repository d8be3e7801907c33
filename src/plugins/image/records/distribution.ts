import type { Service } from '../../../kernel/index.js';
import { Database } from '../../system/index.js';
import type { Distribution, LayerBlob, StoredManifest } from '../contracts/index.js';
import { SCHEMA_OWNER, SCHEMA_STEPS } from './image-schema.js';

/** Digests of images and layers at registries, in the database. */
export class SqlDistribution implements Distribution, Service {
  constructor(@Database private readonly database: Database) {}

  async onStart(): Promise<void> {
    this.database.migrate(SCHEMA_OWNER, SCHEMA_STEPS);
  }

  recordManifest(imageId: string, { repository, digest, mediaType, bytes }: StoredManifest): void {
    this.database.sql
      .prepare('INSERT OR REPLACE INTO image_manifests VALUES (?, ?, ?, ?, ?)')
      .run(imageId, repository, digest, mediaType, bytes);
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

  digests(): ReadonlyMap<string, readonly Pick<StoredManifest, 'repository' | 'digest'>[]> {
    const rows = this.database.sql
      .prepare('SELECT image_id, repository, digest FROM image_manifests ORDER BY repository, digest')
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
