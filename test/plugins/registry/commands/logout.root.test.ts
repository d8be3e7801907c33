import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { engineFor } from '../support/scene.js';

test.serial('one login goes, the others stay', async (t) => {
  const engine = await engineFor(t);
  const file = join(engine.root, '.docker/config.json');
  mkdirSync(join(engine.root, '.docker'));
  const auth = Buffer.from('ken:open sesame').toString('base64');
  const auths = { 'r.example': { auth }, 'other.example': { auth } };
  writeFileSync(file, JSON.stringify({ auths, detachKeys: 'ctrl-a' }), { mode: 0o600 });
  t.is(await engine.ok('logout', 'r.example'), 'Removing login credentials for r.example');
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
    auths: { 'other.example': { auth } },
    detachKeys: 'ctrl-a',
  });
  t.is(await engine.ok('logout', 'r.example'), 'Not logged in to r.example');
  t.is(await engine.ok('logout'), 'Not logged in to https://index.docker.io/v1/');
});
