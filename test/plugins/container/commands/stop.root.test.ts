import test from 'ava';
import { engineFor, eventually } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('a time that is none is refused before anything is stopped', async (t) => {
  const { engine } = given;
  const script = 'trap "exit 7" HUP; echo ready; while :; do sleep 0.05; done';
  await engine.ok('run', '-d', '--name', 'on', 'busybox', 'sh', '-c', script);
  await eventually(async () => (await engine.ok('logs', 'on')) === 'ready');
  const { code, stderr } = await engine.docker(['stop', '-t', 'soon', 'on']);
  t.is(code, 125);
  t.regex(stderr, /invalid argument "soon" for "-t/);
  t.is((await engine.docker(['stop', '-t', '-7', 'on'])).code, 125);
  t.regex(await engine.ok('ps'), /on$/);
  t.is((await engine.docker(['stop', '-s', 'NOPE', 'on'])).code, 125);
  t.is(await engine.ok('stop', '-s', 'HUP', '-t', '30', 'on'), 'on');
  t.is(await engine.ok('wait', 'on'), '7');
  t.is(await engine.ok('ps', '-q'), '');
});
