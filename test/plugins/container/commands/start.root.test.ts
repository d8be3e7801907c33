import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('start runs stopped containers again and names them; what runs already is fine', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'job', 'busybox', 'sh', '-c', 'echo run; sleep 1000 & kill $!']);
  t.is(await engine.ok('start', 'job'), 'job');
  t.is(await engine.ok('wait', 'job'), '0');
  t.is(await engine.ok('logs', 'job'), 'run\nrun');
  await engine.ok('run', '-d', '--name', 'running', 'busybox', 'sleep', '1000');
  t.is(await engine.ok('start', 'running'), 'running');
});

test.serial('start -a shows the output and takes the exit code', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'three', 'busybox', 'sh', '-c', 'echo hello; exit 3']);
  t.deepEqual(await engine.docker(['start', '-a', 'three']), { code: 3, stdout: 'hello\n', stderr: '' });
});

test.serial('one that is missing is told, the others are started', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'there', 'busybox', 'true']);
  t.deepEqual(await engine.docker(['start', 'missing', 'there']), {
    code: 1,
    stdout: 'there\n',
    stderr: 'Error: No such container: missing\n',
  });
});
