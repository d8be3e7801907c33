import { existsSync } from 'node:fs';
import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('a volume that no container has is removed', async (t) => {
  const { engine } = given;
  await engine.ok('volume', 'create', 'data');
  const path = await engine.ok('volume', 'inspect', '-f', '{{.Mountpoint}}', 'data');
  t.is(await engine.ok('volume', 'rm', 'data'), 'data');
  t.false(existsSync(path));
  const refused = async (...words: string[]) => (await engine.docker(['volume', 'rm', ...words])).stderr;
  t.regex(await refused('nosuch'), /No such volume: nosuch/);
  t.is(await refused('-f', 'nosuch'), '');
  await engine.ok('create', '-v', 'held:/d', 'busybox', 'true');
  t.regex(await refused('held'), /remove held: volume is in use - \[[0-9a-f]{64}\]/);
});
