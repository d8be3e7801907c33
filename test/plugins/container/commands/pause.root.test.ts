import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('what is paused stands still, and can be stopped', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'clock', 'busybox', 'sh', '-c', 'while :; do echo tick; sleep 0.05; done');
  t.is(await engine.ok('pause', 'clock'), 'clock');
  t.regex(await engine.ok('ps', '-f', 'status=paused'), /\(Paused\)\s+clock/);
  t.like(JSON.parse(await engine.ok('inspect', 'clock'))[0].State, { Status: 'paused', Running: true, Paused: true });
  const settled = (await engine.ok('logs', 'clock')).length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.is((await engine.ok('logs', 'clock')).length, settled);
  const again = await engine.docker(['pause', 'clock']);
  t.deepEqual([again.code, again.stderr], [1, 'Error: Container clock is already paused\n']);
  await engine.ok('kill', 'clock');
  t.is(await engine.ok('wait', 'clock'), '137');
  t.regex((await engine.docker(['pause', 'clock'])).stderr, /Container clock is not running/);
});

test.serial('rm -f ends what is paused', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'frozen', 'busybox', 'sleep', '1000');
  await engine.ok('pause', 'frozen');
  t.is(await engine.ok('rm', '-f', 'frozen'), 'frozen');
});
