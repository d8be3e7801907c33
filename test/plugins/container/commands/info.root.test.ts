import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('info counts containers and images, and names runtime and cgroups', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', 'busybox', 'sleep', '1000');
  await engine.docker(['run', 'busybox', 'true']);
  const info = await engine.ok('info');
  for (const line of ['Containers: 2', ' Running: 1', ' Stopped: 1', 'Images: 1', 'Storage Driver: overlay']) {
    t.true(info.split('\n').includes(line), line);
  }
  t.regex(info, /^Runtime: (crun|runc) \d/m);
  const template =
    '{{.Containers}} {{.ContainersRunning}} {{.ContainersPaused}} {{.Images}} {{.Driver}} {{.Swarm.LocalNodeState}}';
  t.is(await engine.ok('info', '-f', template), '2 1 0 1 overlay inactive');
  t.regex(
    await engine.ok('system', 'info', '--format', '{{.NCPU}} {{.MemTotal}} {{json .SecurityOptions}} {{.OSType}}'),
    /^\d+ \d+ \["name=.*\] linux$/,
  );
  t.is(JSON.parse(await engine.ok('info', '--format', 'json')).DockerRootDir, engine.root);
  t.regex((await engine.quick(['info', '-f', '{{.Nosuch}}'])).stderr, /there is no field Nosuch/);
  t.regex(info, /^Cgroup Version: (v1|v2|hybrid)$/m);
});
