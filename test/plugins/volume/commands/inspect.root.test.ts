import { existsSync } from 'node:fs';
import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('inspect tells where a volume is, and who uses it', async (t) => {
  const { engine } = given;
  await engine.ok('volume', 'create', '--label', 'tier=back', 'data');
  const [volume] = JSON.parse(await engine.ok('volume', 'inspect', 'data'));
  t.like(volume, { Name: 'data', Driver: 'local', Labels: { tier: 'back' }, Scope: 'local', UsedBy: [] });
  t.true(existsSync(volume.Mountpoint));
  t.is(await engine.ok('volume', 'inspect', '-f', '{{.Mountpoint}}', 'data'), volume.Mountpoint);
  t.regex((await engine.docker(['volume', 'inspect', 'nosuch'])).stderr, /No such volume: nosuch/);
});
