import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { SqliteDatabase } from '../../../../src/plugins/system/database/database.js';
import { WriteLock } from '../../../../src/plugins/system/database/write-lock.js';
import type { Config } from '../../../../src/plugins/system/index.js';

const STEPS = ['CREATE TABLE one (value TEXT)', 'CREATE TABLE two (value TEXT)'];

async function opened(t: ExecutionContext, root = mkdtempSync(join(tmpdir(), 'gantry-database-'))) {
  const database = new SqliteDatabase({ root, daemon: false } as Config);
  await database.onStart();
  t.teardown(async () => {
    await database.onStop();
    rmSync(root, { recursive: true, force: true });
  });
  return { database, root };
}

test('a write lock of another process delays its caller, and not the event loop', async (t) => {
  const { database, root } = await opened(t);
  database.migrate('test', STEPS);
  database.beginServing();
  const other = new DatabaseSync(join(root, 'gantry.db'));
  t.teardown(() => other.close());
  other.exec("BEGIN IMMEDIATE; INSERT INTO one VALUES ('other')");
  const writing = database.patiently(() =>
    database.transaction(() => database.sql.exec("INSERT INTO two VALUES ('x')")),
  );
  const writable = database.whenWritable();
  // Runs only if the loop does: a statement that waits itself would fail before.
  setTimeout(() => other.exec('COMMIT'), 20);
  await Promise.all([writing, writable]);
  t.deepEqual(
    database.sql.prepare('SELECT one.value AS one, two.value AS two FROM one, two').all().map(Object.values),
    [['other', 'x']],
  );
  await t.throwsAsync(
    database.patiently(() => database.sql.exec('INSERT INTO three VALUES (1)')),
    { message: /no such table/ },
  );
});

test('the process that holds the lock is named', async (t) => {
  const { database, root } = await opened(t);
  database.migrate('test', STEPS);
  const other = new DatabaseSync(join(root, 'gantry.db'));
  t.teardown(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  const lock = new WriteLock(database.sql, join(root, 'gantry.db'), 10);
  lock.beginServing();
  const message = `process ${process.pid} holds the write lock of the database ${join(root, 'gantry.db')}`;
  t.like(await t.throwsAsync(lock.whenFree()), { kind: 'unavailable', message });
});

test('tables of a newer engine are refused, with both versions', async (t) => {
  const { database, root } = await opened(t);
  database.migrate('test', STEPS);
  database.sql.exec('PRAGMA user_version = 9001002');
  const older = (await opened(t, root)).database;
  const error = t.throws(() => older.migrate('test', STEPS.slice(0, 1)));
  t.regex(
    error?.message ?? '',
    /^the database .*gantry\.db is of Gantry 9\.1\.2: its tables of test have version 2, and this one, \d+\.\d+\.\d+, knows 1$/,
  );
  t.notThrows(() => older.migrate('test', STEPS));
});
