import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import test from 'ava';
import { engineFor, eventually } from '../../../support/engine.js';

const given = engineFor(test);

async function fetched(url: string): Promise<string | undefined> {
  return fetch(url)
    .then((response) => response.text())
    .catch(() => undefined);
}

test.serial('a web server in a container answers on the published port, until it ends', async (t) => {
  const { engine } = given;
  const web = ['busybox', 'httpd', '-f', '-h', '/etc'];
  await engine.ok('run', '-d', '--name', 'web', '-p', '127.0.0.1::80', ...web);
  const address = await engine.ok('port', 'web', '80');
  t.regex(address, /^127\.0\.0\.1:\d+$/);
  t.is(await engine.ok('port', 'web'), `80/tcp -> ${address}`);
  for (const word of ['x', '65536', '0x50/tcp']) {
    t.regex((await engine.quick(['port', 'web', word])).stderr, new RegExp(`invalid port \\(${word}\\)`));
  }
  t.regex(await eventually(() => fetched(`http://${address}/passwd`)), /^root:/);
  t.regex(await engine.ok('ps'), new RegExp(`${address}->80/tcp`));

  const [, port = ''] = address.split(':');
  const taken = await engine.docker(['run', '--rm', '-p', `127.0.0.1:${port}:80`, ...web]);
  t.is(taken.code, 125);
  t.regex(taken.stderr, /port is already allocated/);

  await engine.ok('rm', '-f', 'web');
  t.is(await fetched(`http://${address}/passwd`), undefined);
});

test.serial('a port that another program listens on is refused, and nothing stays', async (t) => {
  const { engine } = given;
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await engine.docker(['run', '-d', '--rm', '-p', `127.0.0.1:${port}:80`, 'busybox', 'true']);
  server.close();
  t.is(code, 125);
  t.regex(stderr, /port is already allocated/);
  t.is(await engine.ok('ps', '-aq'), '');
});

test.serial('a port that is not published', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'closed', 'busybox', 'sleep', '1000');
  const { code, stderr } = await engine.docker(['port', 'closed', '80']);
  t.is(code, 1);
  t.regex(stderr, /No public port '80' published for closed/);
});

test.serial('on the network of the host no port is published, and a warning says so', async (t) => {
  const { engine } = given;
  const create = (...flags: string[]) => engine.quick(['create', ...flags, 'busybox', 'true']);
  t.is(
    (await create('--network', 'host', '-p', '80')).stderr,
    'WARNING: Published ports are discarded when using host network mode\n',
  );
  t.is((await create('--network', 'host')).stderr, '');
  t.is((await create('-p', '80')).stderr, '');
});

test.serial('a port of all addresses is shown for both families', async (t) => {
  const { engine } = given;
  const run = ['run', '-d', '--name', 'both', '-p', '80', '-p', '127.0.0.1::81', 'busybox', 'sleep', '1000'];
  await engine.ok(...run);
  const shown = await engine.ok('port', 'both');
  t.regex(shown, /^80\/tcp -> 0\.0\.0\.0:(\d+)\n80\/tcp -> \[::\]:\1\n81\/tcp -> 127\.0\.0\.1:\d+$/);
  t.regex(await engine.ok('ps'), /0\.0\.0\.0:(\d+)->80\/tcp, \[::\]:\1->80\/tcp/);
  await engine.ok('rm', '-f', 'both');
});
