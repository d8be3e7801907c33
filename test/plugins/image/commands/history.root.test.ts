import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('history goes from an image to what it was made from, newest first', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'step', 'busybox', 'touch', '/step']);
  const id = await engine.ok('commit', '-m', 'second', 'step', 'stepped');
  const [header = '', top = '', base = ''] = (await engine.ok('history', 'stepped')).split('\n');
  t.regex(header, /^IMAGE +CREATED +CREATED BY +SIZE +COMMENT$/);
  t.true(top.startsWith(id.slice(7, 19)));
  t.regex(top, /second$/);
  t.regex(base, /Imported from /);
  t.is((await engine.ok('history', '-q', 'stepped')).split('\n').length, 2);
});

test('history of what is not there', async (t) => {
  const { code, stderr } = await given.engine.docker(['history', 'nothing']);
  t.is(code, 1);
  t.regex(stderr, /No such image: nothing/);
});
