import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('a volume is made once, and has a name of its own where none is given', async (t) => {
  const { engine } = given;
  t.is(await engine.ok('volume', 'create', '--label', 'tier=back', 'data'), 'data');
  t.is(await engine.ok('volume', 'create', 'data'), 'data');
  t.regex(await engine.ok('volume', 'create'), /^[0-9a-f]{64}$/);
});

test('what cannot be is refused', async (t) => {
  const refused = async (...words: string[]) => (await given.engine.docker(['volume', 'create', ...words])).stderr;
  t.regex(await refused('?'), /includes invalid characters for a local volume name/);
  t.regex(await refused('x'.repeat(256)), /a volume's name has 230 characters at most, and this one 256/);
  t.regex(await refused('--name', 'x1', 'x2'), /cannot specify a volume-name through both --name and/);
  t.regex(await refused('-d', 'nfs', 'x1'), /plugin "nfs" not found/);
});
