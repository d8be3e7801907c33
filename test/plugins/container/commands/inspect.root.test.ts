import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('inspect describes containers and images under the names of Docker’s API', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'box', '-e', 'A=1', '--hostname', 'ship', 'busybox', 'sh', '-c', 'exit 4']);
  const [container, image] = JSON.parse(await engine.ok('inspect', 'box', 'busybox'));
  t.like(container, { Name: '/box', Path: 'sh', Args: ['-c', 'exit 4'], Image: image.Id });
  t.like(container.State, { Status: 'exited', Running: false, ExitCode: 4, Pid: 0 });
  t.like(container.Config, { Cmd: ['sh', '-c', 'exit 4'], Hostname: 'ship', Env: ['A=1'], Image: 'busybox' });
  t.is(image.RootFS.Layers.length, 1);
});

test.serial('what is missing is told on stderr, the rest is printed', async (t) => {
  const { code, stdout, stderr } = await given.engine.docker(['inspect', 'nothing']);
  t.deepEqual([code, stdout, stderr], [1, '[]\n', 'Error: No such object: nothing\n']);
});
