import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { ContainerFolders } from '../../../../src/plugins/container/records/container-folders.js';
import type { Config } from '../../../../src/plugins/system/index.js';

test('folders of which a power cut has kept the rows are put back, and no others', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'gantry-folders-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const files = new ContainerFolders({ root, runDir: root } as Config);
  const ids = ['removed-undone', 'removed', 'discarded-undone', 'trimmed-undone', 'unknown'];
  for (const id of ids) files.create(id);
  files.moveToRemoved('removed-undone');
  files.moveToRemoved('removed');
  const trash = (id: string): void => renameSync(files.pathsOf(id).folder, join(root, 'trash', `container-${id}`));
  // Makes the trash.
  files.create('gone');
  await files.discard('gone');
  for (const id of ['discarded-undone', 'trimmed-undone', 'unknown']) trash(id);

  const known = (id: string): boolean => ['removed-undone', 'discarded-undone'].includes(id);
  const removed = (id: string): boolean => ['removed', 'trimmed-undone'].includes(id);
  files.putBack(known, removed);
  t.deepEqual(files.ids().sort(), ['discarded-undone', 'removed-undone']);
  t.deepEqual(files.removedIds().sort(), ['removed', 'trimmed-undone']);
  t.deepEqual(files.trashEntries(), ['container-unknown']);
  files.deleteOrphans(known, removed, (error) => t.fail(String(error)));
  t.true(existsSync(files.pathsOf('removed-undone').upper));
  t.is(files.removedIds().length, 2);
});
