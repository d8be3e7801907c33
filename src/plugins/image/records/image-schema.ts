/** The image plugin's tables, step by step: append, never edit. */
export const SCHEMA_OWNER = 'image';
export const SCHEMA_STEPS: readonly string[] = [
  `CREATE TABLE images (
     id TEXT PRIMARY KEY,
     parent TEXT NOT NULL,
     created_ms REAL NOT NULL,
     config BLOB NOT NULL
   ) STRICT;
   CREATE INDEX images_by_parent ON images (parent);
   CREATE TABLE layers (
     diff_id TEXT PRIMARY KEY,
     size INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE image_layers (
     image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
     position INTEGER NOT NULL,
     diff_id TEXT NOT NULL REFERENCES layers (diff_id),
     PRIMARY KEY (image_id, position)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX image_layers_by_layer ON image_layers (diff_id);
   CREATE TABLE image_holds (
     holder TEXT NOT NULL,
     image_id TEXT NOT NULL REFERENCES images (id),
     PRIMARY KEY (holder, image_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX image_holds_by_image ON image_holds (image_id);
   CREATE TABLE tags (
     repository TEXT NOT NULL,
     tag TEXT NOT NULL,
     image_id TEXT NOT NULL REFERENCES images (id),
     PRIMARY KEY (repository, tag)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX tags_by_image ON tags (image_id);`,
  `CREATE TABLE image_manifests (
     image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
     repository TEXT NOT NULL,
     digest TEXT NOT NULL,
     media_type TEXT NOT NULL,
     bytes BLOB NOT NULL,
     PRIMARY KEY (repository, digest)
   ) STRICT;
   CREATE INDEX image_manifests_by_image ON image_manifests (image_id);
   CREATE TABLE layer_blobs (
     diff_id TEXT NOT NULL REFERENCES layers (diff_id) ON DELETE CASCADE,
     repository TEXT NOT NULL,
     digest TEXT NOT NULL,
     size INTEGER NOT NULL,
     media_type TEXT NOT NULL,
     PRIMARY KEY (diff_id, repository, digest)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE removed_images (
     id TEXT PRIMARY KEY,
     parent TEXT NOT NULL,
     removed INTEGER NOT NULL,
     config BLOB NOT NULL,
     names TEXT NOT NULL
   ) STRICT;
   CREATE TABLE removed_layers (
     image_id TEXT NOT NULL REFERENCES removed_images (id) ON DELETE CASCADE,
     diff_id TEXT NOT NULL,
     size INTEGER NOT NULL,
     PRIMARY KEY (image_id, diff_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX removed_layers_by_layer ON removed_layers (diff_id);`,
  `CREATE INDEX layer_blobs_by_digest ON layer_blobs (digest);
   CREATE TABLE removed_manifests (
     removed_id TEXT NOT NULL REFERENCES removed_images (id) ON DELETE CASCADE,
     repository TEXT NOT NULL,
     digest TEXT NOT NULL,
     media_type TEXT NOT NULL,
     bytes BLOB NOT NULL,
     PRIMARY KEY (removed_id, repository, digest)
   ) STRICT;
   CREATE TABLE removed_blobs (
     removed_id TEXT NOT NULL REFERENCES removed_images (id) ON DELETE CASCADE,
     diff_id TEXT NOT NULL,
     repository TEXT NOT NULL,
     digest TEXT NOT NULL,
     size INTEGER NOT NULL,
     media_type TEXT NOT NULL,
     PRIMARY KEY (removed_id, diff_id, repository, digest)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX removed_blobs_by_digest ON removed_blobs (digest);`,
  `ALTER TABLE removed_images ADD COLUMN boot TEXT;
   ALTER TABLE removed_images ADD COLUMN uptime INTEGER NOT NULL DEFAULT 0;`,
  `ALTER TABLE image_manifests ADD COLUMN is_name INTEGER NOT NULL DEFAULT 1;
   ALTER TABLE removed_manifests ADD COLUMN is_name INTEGER NOT NULL DEFAULT 1;`,
  `ALTER TABLE tags ADD COLUMN manifest TEXT;`,
];
