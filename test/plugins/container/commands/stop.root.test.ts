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

test.serial(
  'several that ignore the signal are asked at the same time, and told in the order in which they were named',
  async (t) => {
    const { engine } = given;
    const names = ['deaf1', 'deaf2', 'deaf3'];
    for (const name of names) await engine.ok('run', '-d', '--name', name, 'busybox', 'sleep', '1000');
    t.is(await engine.ok('stop', '-t', '1', ...names), names.join('\n'));
    const events = await engine.ok('events', '--since', '1h', '--until', '0s', '-f', 'event=kill', '--format', 'json');
    const signals = events.split('\n').map((line) => JSON.parse(line).Actor.Attributes.signal);
    t.is(signals.slice(-6).join(' '), '15 15 15 9 9 9');
    const { code, stdout, stderr } = await engine.quick(['restart', '-t', '0', 'deaf2', 'nosuch', 'deaf1']);
    t.deepEqual([code, stdout, stderr], [1, 'deaf2\ndeaf1\n', 'Error: No such container: nosuch\n']);
    await engine.ok('rm', '-f', ...names);
  },
);
