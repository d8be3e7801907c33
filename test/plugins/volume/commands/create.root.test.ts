import { existsSync } from 'node:fs';
import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('a volume is made, looked at, and removed', async (t) => {
  const { engine } = given;
  t.is(await engine.ok('volume', 'create', '--label', 'tier=back', 'data'), 'data');
  t.is(await engine.ok('volume', 'create', 'data'), 'data');
  const [volume] = JSON.parse(await engine.ok('volume', 'inspect', 'data'));
  t.like(volume, { Name: 'data', Driver: 'local', Labels: { tier: 'back' }, Scope: 'local', UsedBy: [] });
  t.true(existsSync(volume.Mountpoint));
  t.is(await engine.ok('volume', 'inspect', '-f', '{{.Mountpoint}}', 'data'), volume.Mountpoint);
  t.is(await engine.ok('volume', 'rm', 'data'), 'data');
  t.false(existsSync(volume.Mountpoint));
  t.regex(await engine.ok('volume', 'create'), /^[0-9a-f]{64}$/);
});

test('what cannot be is refused', async (t) => {
  const { engine } = given;
  const refused = async (...words: string[]) => (await engine.docker(['volume', ...words])).stderr;
  t.regex(await refused('create', '?'), /includes invalid characters for a local volume name/);
  t.regex(await refused('create', '-d', 'nfs', 'x1'), /plugin "nfs" not found/);
  t.regex(await refused('inspect', 'nosuch'), /No such volume: nosuch/);
  t.regex(await refused('rm', 'nosuch'), /No such volume: nosuch/);
  t.is(await refused('rm', '-f', 'nosuch'), '');
  await engine.ok('create', '-v', 'held:/d', 'busybox', 'true');
  t.regex(await refused('rm', 'held'), /remove held: volume is in use - \[[0-9a-f]{64}\]/);
});
