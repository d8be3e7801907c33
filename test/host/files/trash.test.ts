import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { Trash } from '../../../src/host/files/trash.js';

test('what is removed leaves its place at once, twice under one name too, and is deleted alone or with the rest of its owner', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'gantry-trash-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const trash = new Trash(root, 'volume-');
  const others = new Trash(root, 'layer-', /^top-/);
  const folder = join(root, 'one');
  const remove = (): string => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'file'), '');
    return trash.put(folder);
  };
  t.deepEqual(trash.entries(), []);
  t.throws(() => trash.put(folder), { code: 'ENOENT' });
  const [first, second] = [remove(), remove()];
  t.false(existsSync(folder));
  writeFileSync(folder, '');
  others.put(folder, 'one');
  writeFileSync(join(root, 'trash', 'top-former'), '');
  t.regex(basename(first), /^volume-one-[0-9a-f]{12}$/);
  t.deepEqual(trash.entries().sort(), [first, second].sort());
  await trash.delete(first);
  t.deepEqual(trash.entries(), [second]);
  trash.empty();
  while (trash.entries().length > 0) await setTimeout(5);
  t.false(existsSync(second));
  t.deepEqual(
    others
      .entries()
      .map((path) => basename(path))
      .sort(),
    ['layer-one', 'top-former'],
  );
});

test('all that is put into it goes, by one process at a time', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'gantry-trash-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const trash = new Trash(root, 'layer-');
  // More than one process is given.
  for (let index = 0; index < 1500; index++) {
    writeFileSync(join(root, `${index}`), '');
    trash.put(join(root, `${index}`), `${index}`);
    if (index % 500 === 0) trash.empty();
  }
  trash.empty();
  while (trash.entries().length > 0) await setTimeout(10);
  t.deepEqual(trash.entries(), []);
});
