import { GantryError, type Service } from '../../../kernel/index.js';
import { Database, Events } from '../../system/index.js';
import {
  canonicalName,
  familiarName,
  familiarReference,
  parseReference,
  type Reference,
  requireTaggable,
  type TagStore,
  withDefaultTag,
} from '../contracts/index.js';
import { SCHEMA_OWNER, SCHEMA_STEPS } from './image-schema.js';

/** A name that was given survives a power cut. */
const DURABLE = { durable: true };

const SET_TAG = `INSERT INTO tags VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET image_id = excluded.image_id, manifest = excluded.manifest`;

/** Names of images, in the database, by canonical repository and tag. */
export class SqlTagStore implements TagStore, Service {
  constructor(
    @Database private readonly database: Database,
    @Events private readonly events: Pick<Events, 'emit'>,
  ) {}

  async onStart(): Promise<void> {
    this.database.migrate(SCHEMA_OWNER, SCHEMA_STEPS);
  }

  lookup(reference: string): string | undefined {
    const parsed = withDefaultTag(parseReference(reference));
    const [sql, key] = parsed.digest
      ? ['SELECT image_id FROM image_manifests WHERE repository = ? AND digest = ? AND is_name', parsed.digest]
      : ['SELECT image_id FROM tags WHERE repository = ? AND tag = ?', parsed.tag ?? ''];
    return this.database.sql.prepare(sql).get(canonicalName(parsed), key)?.['image_id'] as string | undefined;
  }

  manifestOf(reference: string): string | undefined {
    const { repository, tag } = keyOf(parseReference(reference));
    const row = this.database.sql.prepare('SELECT manifest FROM tags WHERE repository = ? AND tag = ?');
    return (row.get(repository, tag)?.['manifest'] as string | null | undefined) ?? undefined;
  }

  set(reference: string, imageId: string, manifest?: string): void {
    const parsed = parseReference(reference);
    requireTaggable(parsed);
    const { repository, tag } = keyOf(parsed);
    this.database.transaction(() => {
      this.database.sql.prepare(SET_TAG).run(repository, tag, imageId, manifest ?? null);
      this.events.emit('image', 'tag', imageId, { name: familiarReference(withDefaultTag(parsed)) });
    }, DURABLE);
  }

  delete(reference: string): string {
    const parsed = parseReference(reference);
    const { repository, tag } = keyOf(parsed);
    const name = familiarReference(withDefaultTag(parsed));
    return this.database.transaction(() => {
      const row = this.database.sql
        .prepare('DELETE FROM tags WHERE repository = ? AND tag = ? RETURNING image_id')
        .get(repository, tag);
      if (!row) throw new GantryError('not found', `No such image: ${name}`);
      const imageId = String(row['image_id']);
      this.events.emit('image', 'untag', imageId, { name });
      return imageId;
    });
  }

  namesOf(imageId: string): readonly string[] {
    return this.database.sql
      .prepare('SELECT repository, tag FROM tags WHERE image_id = ?')
      .all(imageId)
      .map((row) => `${familiar(String(row['repository']))}:${row['tag']}`)
      .sort();
  }

  list(): readonly { readonly repository: string; readonly tag: string; readonly imageId: string }[] {
    return this.database.sql
      .prepare('SELECT repository, tag, image_id FROM tags')
      .all()
      .map((row) => ({
        repository: familiar(String(row['repository'])),
        tag: String(row['tag']),
        imageId: String(row['image_id']),
      }))
      .sort((a, b) => compare(a.repository, b.repository) || compare(a.tag, b.tag));
  }
}

/** A reference by digest names no tag: it is found by its digest alone, which no tag can be. */
function keyOf(reference: Reference): { repository: string; tag: string } {
  const { tag = '', digest } = withDefaultTag(reference);
  return { repository: canonicalName(reference), tag: digest ? `@${digest}` : tag };
}

/** Of a name that was read when it came: ten thousand are listed. */
function familiar(canonical: string): string {
  const slash = canonical.indexOf('/');
  return familiarName({ domain: canonical.slice(0, slash), path: canonical.slice(slash + 1) });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
