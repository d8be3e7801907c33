import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { SqliteDatabase } from '../../../src/plugins/system/database/database.js';
import { SqlEvents } from '../../../src/plugins/system/events/events.js';
import { FolderVolumes } from '../../../src/plugins/volume/volumes.js';

test('a volume whose row a power cut has kept gets its files back, and an older one of its name does not', async (t) => {
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
  const at = (name: string): string => join(root, 'volumes', name);
  const grave = (name: string, created = volumes.get(name).created.getTime()): string =>
    join(root, 'trash', `volume-${name}-${created}`);
  mkdirSync(join(root, 'trash'));
  for (const name of ['lost', 'made-again', 'gone']) {
    writeFileSync(join(volumes.ensure(name).path, 'file'), name);
  }
  renameSync(at('lost'), grave('lost'));
  renameSync(at('made-again'), grave('made-again', 1000));
  await volumes.remove('gone');
  mkdirSync(grave('gone', 2000));

  await volumes.onStart();
  t.is(readFileSync(join(at('lost'), '_data/file'), 'utf8'), 'lost');
  t.deepEqual(readdirSync(join(root, 'volumes')), ['lost']);
});
