import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('restart ends a container and runs it again, with another process', async (t) => {
  const { engine } = given;
  await engine.ok(
    'run',
    '-d',
    '--name',
    'again',
    'busybox',
    'sh',
    '-c',
    'echo up; trap "exit 7" HUP; while :; do sleep 0.05; done',
  );
  const pid = async (): Promise<number> => JSON.parse(await engine.ok('inspect', 'again'))[0].State.Pid;
  const before = await pid();
  t.is(await engine.ok('restart', '-t', '0', 'again'), 'again');
  t.not(await pid(), before);
  t.is(await engine.ok('logs', 'again'), 'up\nup');
  await engine.ok('restart', '-s', 'HUP', '-t', '30', 'again');
  t.is(await engine.ok('logs', 'again'), 'up\nup\nup');
  t.is((await engine.quick(['restart', '-s', 'NOPE', 'again'])).code, 125);
});
