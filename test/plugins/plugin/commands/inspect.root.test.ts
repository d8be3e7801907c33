import test from 'ava';
import { commandPlugin, pluginsFor } from '../../../support/plugins.js';

const given = pluginsFor(test);
const greeting = commandPlugin('greet', "stdout.write('hello\\n');");

test('plugin inspect tells all, and of what is not there that it is not', async (t) => {
  const { engine } = given;
  const path = engine.drop('greet.ts', greeting);
  await engine.until('greet', 'ok');
  const [told] = JSON.parse(await engine.ok('plugin', 'inspect', 'greet'));
  t.like(told, { id: 'greet', state: 'ok', source: path, reason: '', brings: ['command greet'], stack: [] });
  t.like(JSON.parse(await engine.ok('plugin', 'inspect', 'image'))[0], { id: 'image', state: 'built-in' });
  const { code, stdout, stderr } = await engine.docker(['plugin', 'inspect', 'nosuch']);
  t.deepEqual([code, stdout], [1, '[]\n']);
  t.regex(stderr, /No such plugin: nosuch/);
});
