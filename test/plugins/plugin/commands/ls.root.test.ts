import test from 'ava';
import { commandPlugin, pluginsFor } from '../../../support/plugins.js';

const given = pluginsFor(test);
const greeting = commandPlugin('greet', "stdout.write('hello\\n');");

test('plugin ls tells what plugins bring, where they are, and what is wrong', async (t) => {
  const { engine } = given;
  const path = engine.drop('greet.ts', greeting);
  engine.drop('broken.ts', 'export default 5');
  await engine.until('greet', 'ok');
  await engine.until('broken', 'failed');
  const [header, broken, greet] = (await engine.ok('plugin', 'ls', '--no-trunc')).split('\n');
  t.regex(header ?? '', /^ID +STATE +BRINGS +SOURCE +REASON$/);
  t.regex(broken ?? '', /^broken +FAILED .* The default export is no plugin/);
  t.regex(greet ?? '', new RegExp(`^greet +OK +command greet +${path}`));
  t.is(await engine.ok('plugin', 'ls', '-q'), 'broken\ngreet');
  t.regex(await engine.ok('plugin', 'ls', '-a'), /^container +BUILT-IN +command /m);
});
