import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('a web page is served by name, and through a published port', async (t) => {
  const { engine } = given;
  t.regex(await engine.ok('network', 'create', 'site'), /^[0-9a-f]{64}$/);
  const web = ['busybox', 'httpd', '-f', '-h', '/etc'];
  await engine.ok(
    'run',
    '-d',
    '--name',
    'web',
    '--network',
    'site',
    '--network-alias',
    'www',
    '-p',
    '127.0.0.1::80',
    '-p',
    '[::1]::80',
    ...web,
  );
  for (const name of ['web', 'www']) {
    t.regex(
      await engine.ok('run', '--rm', '--network', 'site', 'busybox', 'wget', '-qO-', `http://${name}/passwd`),
      /^root:/,
    );
  }
  const [ipv4, ipv6] = (await engine.ok('port', 'web', '80')).split('\n');
  t.regex(ipv6 ?? '', /^\[::1\]:\d+$/);
  for (const address of [ipv4, ipv6]) t.regex(await (await fetch(`http://${address}/passwd`)).text(), /^root:/);
  const elsewhere = await engine.docker(['run', '--rm', 'busybox', 'ping', '-c', '1', 'web']);
  t.regex(elsewhere.stderr, /bad address/);
});

test.serial('names answer although the daemon is dead', async (t) => {
  const { engine } = given;
  await engine.stopDaemon('SIGKILL');
  const look = ['run', '--rm', '--network', 'site', 'busybox', 'wget', '-qO-', 'http://www/passwd'];
  t.regex(await engine.ok(...look), /^root:/);
  await engine.startDaemon();
  t.regex(await engine.ok(...look), /^root:/);
});

test.serial('a container that uses the network of another', async (t) => {
  const { engine } = given;
  const inside = ['wget', '-qO-', 'http://127.0.0.1/hostname'];
  const twin = ['run', '--rm', '--network', 'container:web', 'busybox'];
  t.is(await engine.ok(...twin, ...inside), await engine.ok(...twin, 'hostname'));
  t.regex(await engine.ok(...twin, 'cat', '/etc/hosts'), /\tweb .*www\n/);
  for (const [flags, message] of [
    [['-p', '80'], /port publishing and the container type network mode/],
    [['-h', 'x'], /hostname and the network mode/],
    [['--ip', '10.1.1.1'], /addresses and names on a network/],
  ] as const) {
    const { code, stderr } = await engine.docker([
      'run',
      '--rm',
      '--network',
      'container:web',
      ...flags,
      'busybox',
      'true',
    ]);
    t.is(code, 125);
    t.regex(stderr, message);
  }
  await engine.ok('stop', '-t', '0', 'web');
  const late = await engine.docker([...twin, 'true']);
  t.regex(late.stderr, /cannot join network of a non running container: web/);
  await engine.ok('start', 'web');
});

test.serial('what cannot be is refused, and nothing stays', async (t) => {
  const { engine } = given;
  const before = await engine.ok('network', 'ls', '-q');
  for (const [args, code, message] of [
    [['network', 'create', 'site'], 1, /network with name site already exists/],
    [['network', 'create', '-d', 'overlay', 'new'], 1, /plugin "overlay" not found/],
    [['network', 'create', '--subnet', '10.0.0.0', 'new'], 1, /invalid CIDR address: 10\.0\.0\.0/],
    [['network', 'create', '-o', 'com.docker.network.driver.mtu=many', 'new'], 1, /invalid MTU: NaN/],
    [['network', 'create', '-o', 'color=red', 'new'], 1, /unknown option color/],
    [['network', 'create', '--label', '=x', 'new'], 125, /invalid label '=x'/],
    [['run', '--rm', '--network', 'nope', 'busybox', 'true'], 125, /network nope not found/],
    [['run', '--rm', '--network-alias', 'x', 'busybox', 'true'], 125, /only for containers in user defined networks/],
    [['run', '--rm', '--link', 'nope', 'busybox', 'true'], 125, /No such container: nope/],
    [['run', '--rm', '--ip', '10.1.1.1', 'busybox', 'true'], 125, /user defined networks only/],
    [
      ['run', '--rm', '--network', 'site', '--mac-address', '01:02', 'busybox', 'true'],
      125,
      /invalid MAC address: 01:02/,
    ],
  ] as const) {
    const result = await engine.docker(args);
    t.regex(result.stderr, message);
    t.is(result.code, code, args.join(' '));
  }
  t.is(await engine.ok('network', 'ls', '-q'), before);
  t.is(await engine.ok('ps', '-aq', '--filter', 'status=created'), '');
});

test.serial('a dry run makes nothing', async (t) => {
  const { engine } = given;
  const { stdout, stderr } = await engine.docker(['network', 'create', '--dry-run', 'dry']);
  t.regex(stdout + stderr, /create network dry/);
  t.notRegex(await engine.ok('network', 'ls'), /dry/);
});
