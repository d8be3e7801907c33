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

test.serial('networks and volumes too; --type chooses among things of one name', async (t) => {
  const { engine } = given;
  await engine.ok('network', 'create', 'same');
  await engine.ok('volume', 'create', 'same');
  const shown = (...words: string[]) => engine.ok('inspect', '-f', '{{json .}}', ...words).then(JSON.parse);
  t.like(await shown('same'), { Name: 'same', Driver: 'bridge' });
  t.like(await shown('--type', 'volume', 'same'), { Name: 'same', Mountpoint: `${engine.root}/volumes/same/_data` });
  t.like(await shown('none'), { Name: 'none', Driver: 'null' });
  await engine.ok('create', '--name', 'same', 'busybox', 'true');
  t.like(await shown('same'), { Name: '/same' });
  t.like(await shown('--type=network', 'same'), { Name: 'same', Scope: 'local' });
  for (const [type, words] of [
    ['image', /^Error: No such image: same:latest\n$/],
    ['container', /^Error: No such container: busybox\n$/],
    ['node', /"node" is not a valid value for --type/],
  ] as const) {
    const { code, stderr } = await engine.quick(['inspect', '--type', type, type === 'container' ? 'busybox' : 'same']);
    t.true(code === 1 || code === 125);
    t.regex(stderr, words);
  }
  const image = await engine.quick(['container', 'inspect', 'busybox']);
  t.deepEqual([image.code, image.stderr], [1, 'Error: No such container: busybox\n']);
});

test.serial('-s adds sizes of containers', async (t) => {
  const { engine } = given;
  await engine.ok('run', '--name', 'sized', 'busybox', 'sh', '-c', 'head -c 1000000 /dev/zero >/x');
  const sizes = await engine.ok('inspect', '-s', '-f', '{{.SizeRw}} {{.SizeRootFs}}', 'sized');
  const [own = 0, all = 0] = sizes.split(' ').map(Number);
  t.true(own >= 1_000_000 && own < 1_200_000 && all > own);
  t.is(await engine.ok('container', 'inspect', '--size', '-f', '{{.SizeRw}}', 'sized'), String(own));
  t.false('SizeRw' in JSON.parse(await engine.ok('inspect', 'sized'))[0]);
  t.regex((await engine.quick(['inspect', '-s', '--type', 'image', 'busybox'])).stderr, /--size ignored for images/);
});

test.serial('--format takes Go templates and json', async (t) => {
  const { engine } = given;
  const flags = ['--name', 'shaped', '-p', '41099:80/udp', '-v', 'data:/d', '--restart', 'on-failure:4', '-l', 'a.b=c'];
  await engine.ok('create', ...flags, 'busybox', 'true');
  const shown = (template: string, name = 'shaped') => engine.ok('inspect', '-f', template, name);
  t.is(await shown('{{.State.Status}} {{.State.OOMKilled}} {{.State.Pid}}'), 'created false 0');
  t.is(await shown('{{index .Config.Labels "a.b"}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}'), 'c 4');
  t.is(await shown('{{json .HostConfig.PortBindings}}'), '{"80/udp":[{"HostIp":"","HostPort":"41099"}]}');
  t.is(await shown('{{(index .Mounts 0).Source}}'), `${engine.root}/volumes/data/_data`);
  t.is(await shown('{{with .State.Health}}{{.Status}}{{else}}none{{end}}'), 'none');
  t.is(JSON.parse(await shown('json'))[0].Name, '/shaped');
  t.is(await shown('{{.Os}}', 'busybox'), 'linux');
  const { code, stderr } = await engine.docker(['inspect', '-f', '{{.State.Pidd}}', 'shaped']);
  t.is(code, 1);
  t.regex(stderr, /there is no field Pidd \(Did you mean Pid\? There are Status, Running/);
});
