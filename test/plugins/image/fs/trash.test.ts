import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { Trash } from '../../../../src/plugins/image/fs/trash.js';

test('all that is put into the trash goes, by one process at a time', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'gantry-trash-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const trash = new Trash(root);
  trash.prepare();
  mkdirSync(join(root, 'more'));
  // More than one process is given.
  for (let index = 0; index < 1500; index++) writeFileSync(join(root, 'trash', `f${index}`), '');
  for (let index = 0; index < 3; index++) {
    writeFileSync(join(root, 'more', `g${index}`), '');
    trash.put(join(root, 'more', `g${index}`));
    trash.empty();
  }
  while (readdirSync(join(root, 'trash')).length > 0) await setTimeout(10);
  t.pass();
});
