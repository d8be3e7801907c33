import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { PlainPlaces } from '../../../../src/plugins/image/fs/index.js';

test('a place that was just asked for stays open, however long ago its folder was opened', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'gantry-places-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const names = Array.from({ length: 65 }, (_, index) => `folder-${index}`);
  for (const name of names) mkdirSync(join(root, name, 'x'), { recursive: true });
  const fd = openSync(root, 'r');
  t.teardown(() => closeSync(fd));
  const places = new PlainPlaces(fd);
  const [first, ...others] = names;
  places.at(`${first}/x`);
  for (const name of others.slice(0, -1)) places.at(`${name}/x`);
  const again = places.at(`${first}/x`);
  places.at(`${others.at(-1)}/x`);
  t.true(existsSync(again));
});
