import { existsSync } from 'node:fs';
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

/** Fields of Docker 28's API, which templates may name, and what they are for a container that nobody asked anything of. */
const PLAIN: Readonly<Record<string, readonly (readonly [template: string, text: string])[]>> = {
  'of the container': [
    ['{{eq .ID .Id}} {{.Driver}} {{.Platform}} {{.RestartCount}}', 'true overlay linux 0'],
    ['[{{.MountLabel}}{{.ProcessLabel}}{{.AppArmorProfile}}{{.LogPath}}{{.HostsPath}}] {{json .ExecIDs}}', '[] null'],
    ['{{.State.Dead}} {{.State.Health}} {{json .State.Health}}', 'false <nil> null'],
    [
      '{{.GraphDriver.Name}} {{len .GraphDriver.Data.UpperDir | lt 9}} {{.GraphDriver.Data.Nosuch}}',
      'overlay true <no value>',
    ],
  ],
  'of its configuration': [
    ['[{{.Config.Domainname}}{{.Config.StopSignal}}{{.Config.User}}] {{.Config.StopTimeout}}', '[] <nil>'],
    [
      '{{.Config.Entrypoint}} {{json .Config.Entrypoint}} {{.Config.Volumes}} {{json .Config.Volumes}}',
      '[] null map[] null',
    ],
    [
      '{{.Config.Labels}} {{.Config.Labels.nosuch}} {{.Config.ExposedPorts}} {{.Config.OnBuild}}',
      'map[] <no value> map[] []',
    ],
    ['{{.Config.AttachStdin}} {{.Config.Healthcheck}} {{.Config.Cmd}}', 'false <nil> [true]'],
  ],
  'of the host’s side': [
    ['{{json .HostConfig.Binds}} {{json .HostConfig.LogConfig}}', 'null {"Type":"local","Config":{}}'],
    [
      '{{json .HostConfig.CapAdd}} {{json .HostConfig.Dns}} {{json .HostConfig.DNS}} {{json .HostConfig.DnsOptions}}',
      'null [] [] []',
    ],
    ['{{.HostConfig.NanoCPUs}} {{.HostConfig.NanoCpus}} {{.HostConfig.CPUShares}} {{.HostConfig.Memory}}', '0 0 0 0'],
    [
      '{{.HostConfig.Tmpfs}} {{.HostConfig.Sysctls.nosuch}} {{.HostConfig.Mounts}} {{.HostConfig.Init}}',
      'map[] <no value> [] <nil>',
    ],
    ['{{.HostConfig.PublishAllPorts}} [{{.HostConfig.UsernsMode}}] {{.HostConfig.ShmSize}}', 'false [] 67108864'],
    ['{{json .HostConfig.PortBindings}} {{index .HostConfig.PortBindings "80/tcp"}}', '{} []'],
    ['{{.HostConfig.RestartPolicy}} {{json .HostConfig.MemorySwappiness}}', '{no 0} null'],
  ],
  'of its networks': [
    ['[{{.NetworkSettings.IPAddress}}{{.NetworkSettings.Bridge}}{{.NetworkSettings.SandboxKey}}]', '[]'],
    [
      '{{range $name, $on := .NetworkSettings.Networks}}{{$name}} {{json $on.Aliases}} {{json $on.IPAMConfig}}{{end}}',
      'bridge null null',
    ],
    [
      '{{.NetworkSettings.Ports}} {{json .NetworkSettings.Ports}} {{.NetworkSettings.Networks.nosuch}}',
      'map[] {} <no value>',
    ],
  ],
};

for (const [what, templates] of Object.entries(PLAIN)) {
  test.serial(`fields ${what} have Docker’s names and empty values`, async (t) => {
    const { engine } = given;
    await engine.quick(['create', '--name', 'plain', 'busybox', 'true']);
    for (const [template, text] of templates) t.is(await engine.ok('inspect', '-f', template, 'plain'), text, template);
  });
}

test.serial('JSON leaves out what Docker leaves out', async (t) => {
  const [plain] = JSON.parse(await given.engine.ok('inspect', 'plain'));
  for (const name of ['Tmpfs', 'Sysctls', 'Mounts', 'Init', 'Annotations']) t.false(name in plain.HostConfig, name);
  for (const name of ['ExposedPorts', 'StopSignal', 'StopTimeout', 'Healthcheck']) t.false(name in plain.Config, name);
  t.false('Health' in plain.State);
  t.false('ID' in plain);
});

const MOUNTS: Readonly<Record<string, readonly [flags: readonly string[], template: string, text: string]>> = {
  'a volume with a name': [
    ['-v', 'named:/d'],
    '{{.HostConfig.Binds}} {{range .Mounts}}{{.Name}} {{.Mode}} {{.Driver}}{{end}}',
    '[named:/d] named z local',
  ],
  'a volume without one': [
    ['-v', '/d'],
    '{{json .HostConfig.Binds}} {{range .Mounts}}{{.Type}} [{{.Mode}}] {{.RW}}{{end}}',
    'null volume [] true',
  ],
  'a folder': [
    ['-v', '/tmp:/d:ro'],
    '{{json .HostConfig.Binds}} {{.Mounts}}',
    '["/tmp:/d:ro"] [{bind  /tmp /d  ro false rprivate}]',
  ],
  'a tmpfs': [['--tmpfs', '/d'], '{{json .HostConfig.Tmpfs}} {{json .Mounts}}', '{"/d":""} []'],
  'a tmpfs with options': [['--tmpfs', '/d:size=1m,exec'], '{{.HostConfig.Tmpfs}}', 'map[/d:size=1m,exec]'],
  'an explicit tmpfs': [
    ['--mount', 'type=tmpfs,dst=/d,tmpfs-size=1m,tmpfs-mode=700'],
    '{{.HostConfig.Tmpfs}} {{json .HostConfig.Mounts}} {{range .Mounts}}{{.Type}} {{.Destination}} {{.RW}}{{end}}',
    'map[] [{"Type":"tmpfs","Target":"/d","TmpfsOptions":{"SizeBytes":1048576,"Mode":448}}] tmpfs /d true',
  ],
  'an explicit volume': [
    ['--mount', 'type=volume,src=named,dst=/d,readonly'],
    '{{json .HostConfig.Binds}} {{json .HostConfig.Mounts}}',
    'null [{"Type":"volume","Source":"named","Target":"/d","ReadOnly":true}]',
  ],
  'the options of a log and the streams of --attach': [
    ['-a', 'stdout', '--log-opt', 'max-size=10k', '--log-opt', 'tag=x'],
    '{{json .HostConfig.LogConfig.Config}} {{.Config.AttachStdin}} {{.Config.AttachStdout}} {{.Config.AttachStderr}}',
    '{"max-size":"10k","tag":"x"} false true false',
  ],
  ports: [
    ['-p', '127.0.0.1:41080:80', '-p', '41053:53/udp'],
    '{{json .HostConfig.PortBindings}} {{json .Config.ExposedPorts}}',
    '{"53/udp":[{"HostIp":"","HostPort":"41053"}],"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"41080"}]} {"53/udp":{},"80/tcp":{}}',
  ],
};

for (const [what, [flags, template, text]] of Object.entries(MOUNTS)) {
  test.serial(`inspect shows ${what} as Docker does`, async (t) => {
    const { engine } = given;
    const id = await engine.ok('create', ...flags, 'busybox', 'true');
    t.is(await engine.ok('inspect', '-f', template, id), text);
  });
}

test.serial('a container that runs has places that lead into it', async (t) => {
  const { engine } = given;
  const id = await engine.ok('run', '-d', '--tmpfs', '/d:size=1m', 'busybox', 'sleep', '1000');
  t.regex(await engine.ok('exec', id, 'grep', ' /d ', '/proc/mounts'), /nosuid,nodev,noexec.*size=1024k/);
  const places =
    '{{.HostsPath}} {{.ResolvConfPath}} {{.NetworkSettings.SandboxKey}} {{.GraphDriver.Data.MergedDir}}/bin/busybox';
  for (const place of (await engine.ok('inspect', '-f', places, id)).split(' ')) t.true(existsSync(place), place);
  t.regex(
    await engine.ok('inspect', '-f', '{{.NetworkSettings.EndpointID}} {{.LogPath}}', id),
    /^[0-9a-f]{64} \/.*\/log$/,
  );
});
