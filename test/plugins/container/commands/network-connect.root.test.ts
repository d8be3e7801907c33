import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('a container joins a second network, running or not', async (t) => {
  const { engine } = given;
  for (const name of ['one', 'two']) await engine.ok('network', 'create', name);
  await engine.ok('run', '-d', '--name', 'web', '--network', 'one', 'busybox', 'httpd', '-f', '-h', '/etc');
  const reaches = async (network: string, name: string): Promise<boolean> => {
    const ping = ['run', '--rm', '--network', network, 'busybox', 'ping', '-c', '1', '-W', '2', name];
    return (await engine.docker(ping)).code === 0;
  };
  t.false(await reaches('two', 'web'));
  await engine.ok('network', 'connect', '--alias', 'www', 'two', 'web');
  t.true(await reaches('two', 'www'));
  t.true(await reaches('one', 'web'));

  await engine.ok('restart', '-t', '0', 'web');
  t.true(await reaches('two', 'www'), 'it stays for the next run');
  const again = await engine.docker(['network', 'connect', 'two', 'web']);
  t.regex(again.stderr, /endpoint with name web already exists in network two/);

  await engine.ok('network', 'disconnect', 'two', 'web');
  await engine.ok('stop', '-t', '0', 'web');
  await engine.ok('network', 'connect', 'two', 'web');
  await engine.ok('start', 'web');
  t.true(await reaches('two', 'web'));
});

test.serial('a container that is renamed is reached by its new name, and not by the old one', async (t) => {
  const { engine } = given;
  await engine.ok('network', 'create', 'names');
  const sleeper = ['--network', 'names', 'busybox', 'sleep', '1000'];
  await engine.ok('run', '-d', '--name', 'before', '--network-alias', 'always', ...sleeper);
  await engine.ok('run', '-d', '--name', 'asks', ...sleeper);
  await engine.ok('rename', 'before', 'after');
  const hosts = await engine.ok('exec', 'asks', 'cat', '/etc/hosts');
  t.regex(hosts, /\tafter [0-9a-f]{12} always after\.names /m);
  t.notRegex(hosts, /before/);
});

/** Takes a lease on a file, and lets nobody have it: who opens the file waits 45 seconds, unless he asks not to. */
const LEASE = `
import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
file = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print('held', flush=True)
signal.pause()`;

test.serial('a program that holds a lease on its hosts file keeps nobody waiting', async (t) => {
  const { engine } = given;
  const id = await engine.ok('ps', '-q', '--no-trunc', '--filter', 'name=after');
  const holder = spawn('python3', ['-c', LEASE, `${engine.root}/containers/${id}/hosts`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const begun = engine.ok('run', '--rm', '--network', 'names', 'busybox', 'true');
  t.not(await Promise.race([begun, sleep(30_000, 'waits', { ref: false })]), 'waits');
});

test.serial('one that uses the network of another has no say in it', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'lends', 'busybox', 'true');
  for (const [flags, message] of [
    [['--add-host', 'a:192.0.2.1'], /conflicting options: custom host-to-IP mapping and the network mode/],
    [['--dns', '192.0.2.1'], /conflicting options: dns and the network mode/],
    [['--hostname', 'mine'], /conflicting options: hostname and the network mode/],
    [['-P'], /conflicting options: port publishing/],
    [['--sysctl', 'net.ipv4.ip_forward=1'], /is not allowed/],
  ] as const) {
    const { code, stderr } = await engine.docker(['create', '--network', 'container:lends', ...flags, 'busybox']);
    t.is(code, 1, flags.join(' '));
    t.regex(stderr, message);
  }
});

test.serial('one without a network of its own joins none', async (t) => {
  const { engine } = given;
  for (const [mode, message] of [
    ['none', /private \(none\) mode/],
    ['host', /sharing network namespace/],
  ] as const) {
    await engine.ok('run', '-d', '--name', 'lone', '--network', mode, 'busybox', 'sleep', '1000');
    const { code, stderr } = await engine.docker(['network', 'connect', 'one', 'lone']);
    t.is(code, 1);
    t.regex(stderr, message);
    await engine.ok('rm', '-f', 'lone');
  }
});

test.serial('the lack of a network is none to join', async (t) => {
  const { code, stderr } = await given.engine.docker(['network', 'connect', 'host', 'web']);
  t.is(code, 1);
  t.regex(stderr, /cannot be connected to or disconnected from the network host[\s\S]*run --network host/);
});

test.serial('it is told as an event', async (t) => {
  const { engine } = given;
  const events = await engine.ok(
    'events',
    '--since',
    '0',
    '--until',
    String(Math.ceil(Date.now() / 1000)),
    '--filter',
    'type=network',
  );
  for (const action of ['create', 'connect', 'disconnect'])
    t.regex(events, new RegExp(`network ${action} [0-9a-f]{64} \\(`));
});
