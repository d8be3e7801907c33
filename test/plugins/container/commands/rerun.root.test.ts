import { execFileSync } from 'node:child_process';
import test from 'ava';
import { DOCKER, engineFor } from '../../../support/engine.js';

const given = engineFor(test);

const FLAGS: readonly string[] = [
  ...['--init', '--read-only', '--restart', 'on-failure:3', '--stop-timeout', '0', '-u', '1', '-w', '/tmp'],
  ...['-e', "QUOTE=it's $HOME", '-l', 'a.b=c d', '-v', 'data:/d:ro', '-v', '/anon', '--tmpfs', '/t:size=1m'],
  ...['--mount', 'type=bind,source=/etc,target=/host,readonly', '-p', '127.0.0.1:41077:80', '-p', '53/udp'],
  ...['--cap-add', 'SYS_TIME', '--cap-drop', 'CHOWN', '--device', '/dev/zero', '--group-add', '5'],
  ...['--ulimit', 'core=100:-1', '-m', '64m', '--cpus', '0.5', '--pids-limit', '9', '--shm-size', '1m'],
  ...['--health-cmd', 'test -e "/x y"', '--health-interval', '1m30s', '--hostname', 'ship', '--dns', '192.0.2.1'],
];

test('a shell that runs the line gets another container like it', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'first', ...FLAGS, '--entrypoint', 'sleep', 'busybox', '1000');
  const line = await engine.ok('rerun', '--print', 'first');
  t.true(line.startsWith('docker run -d --name first '));
  const twin = line.replace('docker run -d --name first', `'${DOCKER}' create --name second`);
  execFileSync('sh', ['-c', twin], { env: engine.env });
  const [first, second] = JSON.parse(await engine.ok('inspect', 'first', 'second'));
  const comparable = ({ Config, HostConfig, Path, Args }: typeof first) => {
    const binds = HostConfig.Binds.map((bind: string) => bind.replace(/^[0-9a-f]{64}/, ''));
    return { Config, HostConfig: { ...HostConfig, Binds: binds }, Path, Args };
  };
  t.deepEqual(comparable(second), comparable(first));
  t.is(first.Command, line);
});

test('how it is on a network is said, and of another’s network nothing else', async (t) => {
  const { engine } = given;
  await engine.ok('network', 'create', '--subnet', '10.251.7.0/24', 'harbour');
  await engine.ok('create', '--name', 'pilot', '--network', 'harbour', 'busybox', 'true');
  const flags =
    '--network harbour --network-alias tug --ip 10.251.7.9 --mac-address 02:00:00:00:00:09 --link pilot:guide -p 80';
  await engine.ok('create', '--name', 'boat', ...flags.split(' '), 'busybox', 'true');
  t.is(await engine.ok('rerun', '--print', 'boat'), `docker run -d --name boat ${flags} busybox true`);
  const [boat] = JSON.parse(await engine.ok('inspect', 'boat'));
  t.like(boat.HostConfig, { NetworkMode: 'harbour', Links: ['pilot:guide'] });
  t.true(boat.NetworkSettings.Networks.harbour.DNSNames.includes('tug'));

  await engine.ok('create', '--name', 'guest', '--network', 'container:boat', 'busybox', 'true');
  t.is(
    await engine.ok('rerun', '--print', 'guest'),
    `docker run -d --name guest --network container:${boat.Id} busybox true`,
  );
});

test('what the image brings is not said, and only printing is there', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'plain', 'busybox', 'true');
  t.is(await engine.ok('rerun', '--print', 'plain'), 'docker run -d --name plain busybox true');
  const { code, stderr } = await engine.docker(['rerun', 'plain']);
  t.is(code, 125);
  t.regex(stderr, /rerun only prints as yet/);
});
