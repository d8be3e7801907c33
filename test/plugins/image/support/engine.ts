import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SqlImageRecords } from '../../../../src/plugins/image/records/image-records.js';
import { SqlTagStore } from '../../../../src/plugins/image/records/tag-store.js';
import { LayeredGraph } from '../../../../src/plugins/image/services/graph.js';
import { SqliteDatabase } from '../../../../src/plugins/system/database/database.js';
import { SqlEvents } from '../../../../src/plugins/system/events/events.js';

const QUIET = { debug: () => {}, info: () => {}, warn: () => {} };

export interface ImageEngine {
  readonly root: string;
  readonly graph: LayeredGraph;
  readonly tags: SqlTagStore;
  readonly records: SqlImageRecords;
  readonly database: SqliteDatabase;
  stop(): Promise<void>;
}

export interface Teardown {
  teardown(act: () => void | Promise<void>): void;
}

/** A folder of the test's own, removed at its end. */
export function temporaryFolder(t: Teardown): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-image-'));
  t.teardown(async () => {
    // What empties the trash in the background may make a folder once more.
    for (; existsSync(folder); await setTimeout(50)) rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
  });
  return folder;
}

/** The image plugin's services, as one process has them. */
export async function openImages(root: string, storageDriver?: 'overlay' | 'vfs'): Promise<ImageEngine> {
  const runDir = join(root, 'run');
  const more = { pluginDirs: [], daemon: false, debug: false, storageDriver };
  const config = { root, runDir, bridge: 'unused', subnet: undefined, ...more };
  const database = new SqliteDatabase(config);
  await database.onStart();
  const events = new SqlEvents(database, QUIET);
  await events.onStart();
  const records = new SqlImageRecords(database);
  await records.onStart();
  const tags = new SqlTagStore(database, events);
  await tags.onStart();
  const graph = new LayeredGraph(config, database, records, tags, events, QUIET);
  await graph.onStart();
  const stop = async (): Promise<void> => {
    await graph.onStop();
    await database.onStop();
  };
  return { root, graph, tags, records, database, stop };
}

export async function newImages(t: Teardown, storageDriver?: 'overlay' | 'vfs'): Promise<ImageEngine> {
  const engine = await openImages(temporaryFolder(t), storageDriver);
  t.teardown(() => engine.stop());
  return engine;
}
