import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('wait blocks until containers have ended and prints their exit codes in order', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'slow', 'busybox', 'sh', '-c', 'sleep 0.3; exit 4');
  await engine.ok('run', '-d', '--name', 'fast', 'busybox', 'sh', '-c', 'exit 5');
  t.is(await engine.ok('wait', 'slow', 'fast', 'slow'), '4\n5\n4');
  t.like(await engine.docker(['wait', 'nobody', 'fast']), { code: 1, stdout: '5\n' });
});
