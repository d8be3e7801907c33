import test from 'ava';
import { engineFor, eventually } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('kill ends a container; a second kill says that it does not run', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'victim', 'busybox', 'cat', '/dev/zero');
  t.is(await engine.ok('kill', 'victim'), 'victim');
  t.is(await engine.ok('ps', '-q'), '');
  t.is(await engine.ok('wait', 'victim'), '137');
  const { code, stderr } = await engine.docker(['kill', 'victim']);
  t.is(code, 1);
  t.regex(stderr, /Cannot kill container: victim: container [0-9a-f]{64} is not running/);
});

test.serial('kill -s sends any signal, by name or number', async (t) => {
  const { engine } = given;
  const script = 'trap "echo hup" HUP; trap "echo usr" USR1; echo ready; while :; do sleep 0.05; done';
  await engine.ok('run', '-d', '--name', 'listener', 'busybox', 'sh', '-c', script);
  const logged = (text: string) => eventually(async () => (await engine.ok('logs', 'listener')) === text);
  await logged('ready');
  await engine.ok('kill', '-s', 'hup', 'listener');
  await logged('ready\nhup');
  await engine.ok('kill', '--signal=10', 'listener');
  await logged('ready\nhup\nusr');
  const { code, stderr } = await engine.docker(['kill', '-s', 'SIGNOTHING', 'listener']);
  t.is(code, 125);
  t.regex(stderr, /Invalid signal: SIGNOTHING/);
});
