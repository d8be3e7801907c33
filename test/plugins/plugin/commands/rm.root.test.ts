import { existsSync } from 'node:fs';
import test from 'ava';
import { commandPlugin, pluginsFor } from '../../../support/plugins.js';

const given = pluginsFor(test);
const greeting = commandPlugin('greet', "stdout.write('hello\\n');");

test('plugin rm takes the file and the command away', async (t) => {
  const { engine } = given;
  const path = engine.drop('greet.ts', greeting);
  await engine.until('greet', 'ok');
  t.is(await engine.ok('plugin', 'rm', '--dry-run', 'greet'), `would remove plugin 'greet' (${path})`);
  t.true(existsSync(path));
  t.is(await engine.ok('plugin', 'rm', 'greet'), 'greet');
  t.false(existsSync(path));
  t.is((await engine.docker(['greet'])).code, 125);
  t.like(await engine.docker(['plugin', 'rm', 'greet']), { code: 1, stdout: '' });
  t.is((await engine.docker(['plugin', 'rm', 'image'])).code, 1);
});
