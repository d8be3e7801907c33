import test from 'ava';
import { commandPlugin, pluginsFor } from '../../../support/plugins.js';

const given = pluginsFor(test);
const greeting = commandPlugin('greet', "stdout.write('hello\\n');");

test('plugin disable leaves the file, and takes the command away', async (t) => {
  const { engine } = given;
  engine.drop('greet.ts', greeting);
  await engine.until('greet', 'ok');
  t.is(await engine.ok('plugin', 'disable', 'greet'), 'greet');
  t.is((await engine.docker(['greet'])).code, 125);
  t.like(await engine.inspect('greet'), { state: 'disabled', reason: '' });
  t.like(await engine.docker(['plugin', 'disable', 'nosuch']), { code: 1, stdout: '' });
});
