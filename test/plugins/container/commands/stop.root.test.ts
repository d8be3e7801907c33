import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('a time that is none is refused before anything is stopped', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'on', 'busybox', 'sleep', '1000');
  const { code, stderr } = await engine.docker(['stop', '-t', 'soon', 'on']);
  t.is(code, 125);
  t.regex(stderr, /invalid argument "soon" for "-t/);
  t.is((await engine.docker(['stop', '-t', '-7', 'on'])).code, 125);
  t.regex(await engine.ok('ps'), /on$/);
  t.is((await engine.docker(['stop', '-s', 'NOPE', 'on'])).code, 125);
  t.is(await engine.ok('stop', '-s', 'HUP', '-t', '30', 'on'), 'on');
  t.is(await engine.ok('wait', 'on'), '129');
  t.is(await engine.ok('ps', '-q'), '');
});
