import test from 'ava';
import { commandPlugin, pluginsFor } from '../../../support/plugins.js';

const given = pluginsFor(test);
const greeting = commandPlugin('greet', "stdout.write('hello\\n');");

test('plugin enable brings back what was disabled', async (t) => {
  const { engine } = given;
  engine.drop('greet.ts', greeting);
  await engine.until('greet', 'ok');
  await engine.ok('plugin', 'disable', 'greet');
  t.is(await engine.ok('plugin', 'enable', 'greet'), 'greet');
  t.is(await engine.ok('greet'), 'hello');
  t.like(await engine.docker(['plugin', 'enable', 'nosuch']), { code: 1, stdout: '' });
});
