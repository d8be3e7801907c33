import { writeFileSync } from 'node:fs';
import test from 'ava';
import { commandPlugin, pluginsFor } from '../../../support/plugins.js';

const given = pluginsFor(test);
const greeting = commandPlugin('greet', "stdout.write('hello\\n');");

test('plugin add takes what loads, and keeps out what does not', async (t) => {
  const { engine } = given;
  const file = `${engine.root}/greet.ts`;
  writeFileSync(file, greeting);
  t.is(await engine.ok('plugin', 'add', file), 'greet');
  t.is(await engine.ok('greet'), 'hello');
  t.like(await engine.docker(['plugin', 'add', file]), { code: 1, stdout: '' });
  writeFileSync(file, commandPlugin('greet', "stdout.write('again\\n');"));
  await engine.ok('plugin', 'add', '-f', file);
  t.is(await engine.ok('greet'), 'again');
  writeFileSync(file, 'class {');
  const { code, stderr } = await engine.docker(['plugin', 'add', '-f', file]);
  t.is(code, 1);
  t.regex(stderr, /greet\.ts:1:/);
  t.is(await engine.ok('greet'), 'again');
  t.regex((await engine.docker(['plugin', 'add', '/nosuch.ts'])).stderr, /no such file/);
});
