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
  t.regex(await engine.ok(...twin, 'cat', '/etc/hosts'), /\tweb .*www web\.\w+ /);
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
    [['network', 'create', '-o', 'com.docker.network.bridge.enable_icc=no', 'new'], 1, /invalid value of .*icc: "no"/],
    [['network', 'create', '-o', 'com.docker.network.bridge.name=lo', 'new'], 1, /lo is no bridge, but another device/],
    [['network', 'create', '--label', '=x', 'new'], 125, /invalid label '=x'/],
    [['network', 'create', '--subnet', '10.97.1.3/24', 'new'], 1, /10\.97\.1\.3\/24: it should be 10\.97\.1\.0\/24/],
    [['network', 'create', '--subnet', 'fd97::1/64', 'new'], 1, /fd97::1\/64: it should be fd97::\/64/],
    [['network', 'create', '--subnet', 'fd97::/80', 'new'], 1, /invalid IPv6 subnet: fd97::\/80 \(Give a \/64/],
    [
      ['network', 'create', '--subnet', '10.97.1.0/24,10.97.2.0/24', 'new'],
      1,
      /multiple subnets: 10\.97\.1\.0\/24 and/,
    ],
    [
      ['network', 'create', '--subnet', '10.97.1.0/24', '--gateway', '10.98.0.1', 'new'],
      1,
      /no matching subnet for gateway/,
    ],
    [['network', 'create', '--subnet', '10.97.1.0/24', '--ip-range', '10.98.0.0/28', 'new'], 1, /subnet for range/],
    [
      ['network', 'create', '--subnet', '10.97.1.0/24', '--ip-range', '10.97.1.9/28', 'new'],
      1,
      /it should be 10\.97\.1\.0/,
    ],
    [['network', 'create', '--subnet', '10.97.1.0/24', '--aux-address', 'a=10.98.0.1', 'new'], 1, /for aux-address/],
    [['network', 'create', '--aux-address', '10.97.1.1', 'new'], 125, /for "--aux-address" flag: must be NAME=VALUE/],
    [['network', 'create', '--ipam-driver', 'dhcp', 'new'], 1, /invalid ipam driver: dhcp/],
    [['network', 'create', '--scope', 'swarm', 'new'], 1, /invalid scope: swarm/],
    [['network', 'create', '--ipv4=false', 'new'], 1, /without IPv4/],
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
    const result = await engine.quick(args);
    t.regex(result.stderr, message);
    t.is(result.code, code, args.join(' '));
  }
  t.is(await engine.ok('network', 'ls', '-q'), before);
  t.is(await engine.ok('ps', '-aq', '--filter', 'status=created'), '');
});

test.serial('addresses of both families are those that were asked for', async (t) => {
  const { engine } = given;
  const subnets = ['--subnet', '10.97.5.0/24', '--subnet', 'fd97:5::/64', '--gateway', '10.97.5.254'];
  const more = ['--ip-range', '10.97.5.16/28', '--aux-address', 'router=10.97.5.16', '--aux-address', 'dns=10.97.5.9'];
  const notes = ['--attachable', '--ipam-opt', 'who=me', '--gateway=fd97:5::1', '--scope=local', '--ipv6'];
  await engine.ok('network', 'create', ...subnets, ...more, ...notes, 'chosen');
  const [shown] = JSON.parse(await engine.ok('network', 'inspect', 'chosen'));
  const aux = { router: '10.97.5.16', dns: '10.97.5.9' };
  t.deepEqual(shown.IPAM, {
    Driver: 'default',
    Options: { who: 'me' },
    Config: [
      { Subnet: '10.97.5.0/24', IPRange: '10.97.5.16/28', Gateway: '10.97.5.254', AuxiliaryAddresses: aux },
      { Subnet: 'fd97:5::/64', Gateway: 'fd97:5::1' },
    ],
  });
  t.true(shown.Attachable);
  const addresses = (...words: string[]) =>
    engine.ok('run', '--rm', ...words, 'busybox', 'sh', '-c', 'ip -o addr show eth0; ip route');
  const first = await addresses('--network', 'chosen');
  t.regex(first, /10\.97\.5\.17\/24/);
  t.regex(first, /fd97:5::a61:511\/64/);
  t.regex(first, /default via 10\.97\.5\.254/);
  t.regex(await addresses('--network', 'chosen', '--ip', '10.97.5.100'), /10\.97\.5\.100\/24/);
  const taken = await engine.quick(['run', '--rm', '--network', 'chosen', '--ip', '10.97.5.9', 'busybox', 'true']);
  t.regex(taken.stderr, /Address already in use: 10\.97\.5\.9/);
  const twice = await engine.quick(['network', 'create', '--subnet', 'fd97:5::/64', 'second']);
  t.regex(twice.stderr, /Pool overlaps .* and network chosen/);
  await engine.ok('run', '--rm', '--network', 'chosen', 'busybox', 'ping', '-6', '-c', '1', '-w', '5', 'fd97:5::1');
});

test.serial('a network can be without IPv6', async (t) => {
  const { engine } = given;
  await engine.ok('network', 'create', '--ipv6=false', 'four');
  t.is(await engine.ok('network', 'inspect', '-f', '{{.EnableIPv6}} {{len .IPAM.Config}}', 'four'), 'false 1');
  t.is(await engine.ok('run', '--rm', '--network', 'four', 'busybox', 'ip', '-6', '-o', 'addr', 'show', 'eth0'), '');
  const both = await engine.quick(['network', 'create', '--ipv6=false', '--subnet', 'fd98::/64', 'no']);
  t.regex(both.stderr, /has no IPv6, and a subnet of it/);
});

test.serial('a dry run makes nothing', async (t) => {
  const { engine } = given;
  const { stdout, stderr } = await engine.docker(['network', 'create', '--dry-run', 'dry']);
  t.regex(stdout + stderr, /create network dry/);
  t.notRegex(await engine.ok('network', 'ls'), /dry/);
});
