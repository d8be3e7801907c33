import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('a running container leaves a network at once: its address, its names, and the way out', async (t) => {
  const { engine } = given;
  for (const name of ['one', 'two']) await engine.ok('network', 'create', name);
  await engine.ok(
    'run',
    '-d',
    '--name',
    'web',
    '--network',
    'one',
    '-p',
    '127.0.0.1::80',
    'busybox',
    'httpd',
    '-f',
    '-h',
    '/etc',
  );
  await engine.ok('network', 'connect', 'two', 'web');
  await engine.ok('run', '-d', '--name', 'asks', '--network', 'one', 'busybox', 'sleep', '1000');

  await engine.ok('network', 'disconnect', '-f', 'one', 'web');
  t.notRegex(await engine.ok('exec', 'asks', 'cat', '/etc/hosts'), /\tweb /);
  const devices = await engine.ok('exec', 'web', 'ls', '/sys/class/net');
  t.deepEqual(devices.split(/\s+/), ['eth1', 'lo']);
  t.regex(await engine.ok('exec', 'web', 'ip', 'route'), /^default via .* dev eth1/m);
  const address = await engine.ok('port', 'web', '80');
  t.regex(await (await fetch(`http://${address}/passwd`)).text(), /^root:/, 'its ports lead to where it is yet');

  await engine.ok('network', 'disconnect', 'two', 'web');
  t.is(await engine.ok('exec', 'web', 'ls', '/sys/class/net'), 'lo');
});

test.serial('one that is not on a network cannot leave it', async (t) => {
  const { engine } = given;
  for (const [network, container, message] of [
    ['two', 'web', /container [0-9a-f]{64} is not connected to network two/],
    ['nope', 'web', /network nope not found/],
    ['two', 'nobody', /No such container: nobody/],
    ['none', 'web', /cannot be connected to or disconnected from the network none/],
  ] as const) {
    const { code, stderr } = await engine.docker(['network', 'disconnect', network, container]);
    t.is(code, 1);
    t.regex(stderr, message);
  }
});

test.serial('a container that is on no network any more is not started', async (t) => {
  const { engine } = given;
  await engine.ok('stop', '-t', '0', 'web');
  const { code, stderr } = await engine.docker(['start', 'web']);
  t.is(code, 1);
  t.regex(stderr, /is on no network[\s\S]*docker network connect/);
});
