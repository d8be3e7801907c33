import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PREPARED } from '../runner/run-folder.js';

/**
 * Gives an engine that has nothing yet the root of one that has imported busybox, by itself alone. Such a root is made once
 * a run. All of it is copied: a test may damage what it has.
 * @param make imports the image into the root of a fresh engine
 * @returns whether it has; it has not outside of a run
 */
export async function takePreparedRoot(root: string, make: (root: string) => Promise<void>): Promise<boolean> {
  const run = process.env['GANTRY_TEST_RUN'];
  if (run === undefined) return false;
  const prepared = join(run, PREPARED);
  if (copy(prepared, root)) return true;
  const fresh = mkdtempSync(join(run, 'preparing-'));
  await make(fresh);
  try {
    renameSync(fresh, prepared);
  } catch {
    // Another test file was first.
    rmSync(fresh, { recursive: true });
  }
  return copy(prepared, root);
}

function copy(from: string, to: string): boolean {
  try {
    execFileSync('cp', ['-a', `${from}/.`, to], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Whether what a root's database knows has nothing on the host: no container, and no network but the one of all engines. */
export function hasOnlyFiles(root: string): boolean {
  try {
    const database = new DatabaseSync(join(root, 'gantry.db'), { readOnly: true });
    try {
      return ['containers', "network WHERE bridge <> ''"].every((rows) => isEmpty(database, rows));
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}

function isEmpty(database: DatabaseSync, rows: string): boolean {
  const [table] = rows.split(' ');
  const known = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table ?? '');
  return known === undefined || database.prepare(`SELECT 1 FROM ${rows} LIMIT 1`).get() === undefined;
}
