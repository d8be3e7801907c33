import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync as Sqlite } from 'node:sqlite';
import { libc } from '../../../host/index.js';
import { type Check, type Finding, GantryError } from '../../../kernel/index.js';
import { Config } from '../contracts/index.js';
import { copyPath, databasePath, fileFault, isDamageError } from './database-file.js';
import { salvage } from './salvage.js';

const LOCK_EX_NB = 2 | 4;
const BUSY_TIMEOUT_MS = 10_000;

/** Checks the database file without the service, which does not start on a damaged file. */
export class DatabaseCheck implements Check {
  readonly #object: string;

  constructor(@Config private readonly config: Config) {
    this.#object = `database ${databasePath(config)}`;
  }

  *findings(): Iterable<Finding> {
    const fault = fileFault(this.config);
    if (fault !== undefined) return yield this.#damagedFile(fault);
    if (!existsSync(databasePath(this.config))) return;
    try {
      using sql = this.#open();
      const problems = sql
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => String(row['integrity_check']));
      if (problems.length > 1 || problems[0] !== 'ok') {
        yield problems.every((problem) => / index /.test(problem))
          ? this.#damagedIndexes(problems)
          : this.#damagedFile(summarise(problems));
      }
    } catch (error) {
      if (!isDamageError(error)) throw error;
      return yield this.#damagedFile('is damaged');
    }
    yield* this.#danglingRows();
  }

  #open(): Sqlite {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    return new DatabaseSync(databasePath(this.config), { timeout: BUSY_TIMEOUT_MS });
  }

  #damagedFile(problem: string): Finding {
    const repair = {
      does: 'make it anew of what can be read',
      did: 'made anew of what could be read',
      run: () => this.#salvage(),
    };
    return { object: this.#object, problem, repair, hint: 'Stop the daemon first, if one runs, then repair it' };
  }

  #damagedIndexes(problems: readonly string[]): Finding {
    const run = (): void => {
      using sql = this.#open();
      sql.exec('REINDEX');
    };
    const repair = { does: 'make its indexes anew', did: 'its indexes were made anew', run };
    return { object: this.#object, problem: summarise(problems), repair };
  }

  /** Rows that refer to missing rows. */
  *#danglingRows(): Iterable<Finding> {
    using sql = this.#open();
    const violations = sql.prepare('PRAGMA foreign_key_check').all();
    const byTable = Map.groupBy(violations, (row) => String(row['table']));
    for (const [table, rows] of byTable) {
      const run = (): void => this.#removeDangling(table);
      const problem = `${rows.length} rows of ${table} belong to what is not there`;
      yield { object: this.#object, problem, repair: { does: 'remove them', did: 'removed', run } };
    }
  }

  #removeDangling(table: string): void {
    using sql = this.#open();
    for (const key of sql.prepare('SELECT * FROM pragma_foreign_key_list(?)').all(table)) {
      const [column, parent, to] = [key['from'], key['table'], key['to']].map((name) => `"${String(name)}"`);
      sql.exec(`DELETE FROM "${table}" WHERE ${column} IS NOT NULL AND ${column} NOT IN (SELECT ${to} FROM ${parent})`);
    }
  }

  #salvage(): void {
    const path = databasePath(this.config);
    const lock = openSync(join(this.config.root, 'daemon.lock'), 'a', 0o600);
    try {
      if (this.config.daemon || libc().flock(lock, LOCK_EX_NB) !== 0) {
        throw new GantryError('unavailable', 'a daemon uses it: stop that, and repair it then');
      }
      if (!salvage(path, copyPath(this.config))) this.#quarantineImages();
    } finally {
      closeSync(lock);
    }
  }

  /** No image is known any more: layers are moved to `lost`, so that no start deletes them as unused. */
  #quarantineImages(): void {
    const { root } = this.config;
    mkdirSync(join(root, 'lost'), { recursive: true, mode: 0o700 });
    for (const name of ['layers', 'recipes']) {
      if (existsSync(join(root, name))) renameSync(join(root, name), join(root, 'lost', `${name}-${Date.now()}`));
    }
  }
}

function summarise(problems: readonly string[]): string {
  const [first = '', ...others] = problems;
  const [line = ''] = first.replace(/^\*\*\* in database main \*\*\*\n/, '').split('\n');
  return `is damaged: ${line}${others.length > 0 ? `, and ${others.length} more` : ''}`;
}
