import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureStateFolder, kindAt } from '../../host/index.js';
import type { Service } from '../../kernel/contracts/index.js';
import { GantryError } from '../../kernel/index.js';
import { Config, Database, Events, parseJsonColumn } from '../system/index.js';
import type { Volume, Volumes } from './contracts.js';
import { checkVolumeName, refuseInUse } from './errors.js';

const SCHEMA = `
CREATE TABLE volumes (name TEXT PRIMARY KEY, created INTEGER NOT NULL, anonymous INTEGER NOT NULL) STRICT;
CREATE TABLE volume_holders (
  volume TEXT NOT NULL REFERENCES volumes (name),
  holder TEXT NOT NULL,
  PRIMARY KEY (volume, holder)
) STRICT;
`;

const LABELS_COLUMN = "ALTER TABLE volumes ADD COLUMN labels TEXT NOT NULL DEFAULT '{}'";
/** Name and creation of a removed volume. */
const GRAVE = /^volume-(.+)-(\d+)$/;
const TRASH_PREFIX = 'volume-';

/** Volumes as folders, `<root>/volumes/<name>/_data`. */
export class FolderVolumes implements Volumes, Service {
  constructor(
    @Config private readonly config: Config,
    @Database private readonly database: Database,
    @Events private readonly events: Events,
  ) {}

  async onStart(): Promise<void> {
    this.database.migrate('volume', [SCHEMA, LABELS_COLUMN]);
    // The mode keeps the host's users out, no matter which modes containers give their files (CVE-2021-41091).
    ensureStateFolder(join(this.config.root, 'volumes'), 0o700);
    this.#putBack();
    if (this.config.daemon) void this.#emptyTrash();
  }

  /** Puts volumes back of which a power cut kept the row: their removal had the rename on disk, and not the commit. */
  #putBack(): void {
    if (this.#graves().length === 0) return;
    // Inside of a transaction, another process is not between the two.
    this.database.transaction(() => {
      const row = this.database.sql.prepare('SELECT 1 FROM volumes WHERE name = ? AND created = ?');
      for (const grave of this.#graves()) {
        const [, name = '', created = ''] = GRAVE.exec(grave) ?? [];
        const home = join(this.config.root, 'volumes', name);
        if (row.get(name, Number(created)) && !kindAt(home)) renameSync(join(this.#trash, grave), home);
      }
    });
  }

  /** Deletes what a crash left in the trash. */
  async #emptyTrash(): Promise<void> {
    const graves = this.#graves().map((name) => join(this.#trash, name));
    await Promise.allSettled(graves.map((path) => rm(path, { recursive: true, force: true })));
  }

  get #trash(): string {
    return join(this.config.root, 'trash');
  }

  #graves(): string[] {
    if (kindAt(this.#trash) !== 'folder') return [];
    return readdirSync(this.#trash).filter((name) => name.startsWith(TRASH_PREFIX));
  }

  ensure(name: string, labels: Readonly<Record<string, string>> = {}): Volume {
    const anonymous = name === '';
    const given = anonymous ? randomBytes(32).toString('hex') : checkVolumeName(name);
    mkdirSync(this.#path(given), { recursive: true, mode: 0o755 });
    return this.database.transaction(() => {
      const { changes } = this.database.sql
        .prepare('INSERT INTO volumes (name, created, anonymous, labels) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(given, Date.now(), anonymous ? 1 : 0, JSON.stringify(labels));
      if (changes > 0) this.events.emit('volume', 'create', given, { driver: 'local' });
      return this.get(given);
    });
  }

  get(name: string): Volume {
    const row = this.database.sql.prepare('SELECT * FROM volumes WHERE name = ?').get(name);
    if (!row) throw new GantryError('not found', `No such volume: ${name}`);
    return this.#volume(row);
  }

  list(): readonly Volume[] {
    const rows = this.database.sql.prepare('SELECT * FROM volumes ORDER BY name').all();
    return rows.map((row) => this.#volume(row));
  }

  hold(name: string, holder: string): void {
    this.database.sql.prepare('INSERT INTO volume_holders VALUES (?, ?) ON CONFLICT DO NOTHING').run(name, holder);
  }

  release(holder: string): readonly string[] {
    const held = this.database.sql
      .prepare('DELETE FROM volume_holders WHERE holder = ? RETURNING volume')
      .all(holder)
      .map((row) => String(row['volume']));
    return held.filter((name) => this.get(name).anonymous && this.holdersOf(name).length === 0);
  }

  async remove(name: string): Promise<void> {
    const volume = this.get(name);
    const grave = join(this.#trash, `${TRASH_PREFIX}${name}-${volume.created.getTime()}`);
    const work = (): void => {
      refuseInUse(this.get(name), this.holdersOf(name));
      this.database.sql.prepare('DELETE FROM volumes WHERE name = ?').run(name);
      this.events.emit('volume', 'destroy', name, { driver: 'local' });
      // Before the commit: a crash in between is undone by the next start, and no old volume gets a new name.
      ensureStateFolder(this.#trash, 0o700);
      if (kindAt(join(this.config.root, 'volumes', name))) renameSync(join(this.config.root, 'volumes', name), grave);
    };
    // The row leaves the disk before the files. What `rm` takes along, a volume without a name, is nobody's afterwards.
    this.database.transaction(work, { durable: !volume.anonymous });
    await rm(grave, { recursive: true, force: true });
  }

  holdersOf(name: string): readonly string[] {
    const rows = this.database.sql.prepare('SELECT holder FROM volume_holders WHERE volume = ?').all(name);
    return rows.map((row) => String(row['holder']));
  }

  #path(name: string): string {
    return join(this.config.root, 'volumes', name, '_data');
  }

  #volume(row: Record<string, unknown>): Volume {
    const name = String(row['name']);
    return {
      name,
      path: this.#path(name),
      created: new Date(Number(row['created'])),
      anonymous: row['anonymous'] === 1,
      labels: parseJsonColumn<Record<string, string>>(row['labels'], {}),
    };
  }
}
