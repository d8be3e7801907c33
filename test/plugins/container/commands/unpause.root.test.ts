import test from 'ava';
import { engineFor, eventually } from '../../../support/engine.js';

const given = engineFor(test);

test('what was paused goes on', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'clock', 'busybox', 'sh', '-c', 'while :; do echo tick; sleep 0.05; done');
  await engine.ok('pause', 'clock');
  const before = (await engine.ok('logs', 'clock')).length;
  t.is(await engine.ok('unpause', 'clock'), 'clock');
  t.true(await eventually(async () => (await engine.ok('logs', 'clock')).length > before));
  t.regex((await engine.docker(['unpause', 'clock'])).stderr, /Container clock is not paused/);
  await engine.ok('rm', '-f', 'clock');
});
