import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { SqliteDatabase } from '../../../src/plugins/system/database/database.js';
import { SqlEvents } from '../../../src/plugins/system/events/events.js';
import { FolderVolumes } from '../../../src/plugins/volume/volumes.js';

/** Volumes of an engine that has nothing yet. */
export async function realVolumes(t: ExecutionContext) {
  const root = mkdtempSync(join(tmpdir(), 'gantry-volumes-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const config = { root, runDir: root, bridge: '', subnet: undefined, pluginDirs: [], daemon: false, debug: false };
  const database = new SqliteDatabase(config);
  await database.onStart();
  t.teardown(() => database.onStop());
  const events = new SqlEvents(database, { debug() {}, info() {}, warn() {} });
  await events.onStart();
  const volumes = new FolderVolumes(config, database, events);
  await volumes.onStart();
  return { root, config, database, events, volumes };
}
