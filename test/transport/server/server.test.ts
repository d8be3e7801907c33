import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { lstat, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { GantryError } from '../../../src/kernel/contracts/errors.js';
import { write } from '../../../src/kernel/streams/write.js';
import { dockerGroupId } from '../../../src/transport/addresses/docker-group.js';
import { listen } from '../../../src/transport/server/server.js';
import {
  aborted,
  drain,
  exchange,
  finished,
  rawConnection,
  serve,
  startClient,
  temporaryFolder,
  until,
} from '../support.js';

const idle = async () => ({ exitCode: 0 });
const ping = { ping: ({ stdout }: { stdout: import('node:stream').Writable }) => write(stdout, 'pong') };

const REFUSED: Readonly<Record<string, [bytes: string | Buffer, answer: string]>> = {
  'a verb of http': ['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'Error: This port speaks rcli, not http\n'],
  'a verb of http with a body': [
    'POST /run HTTP/1.1\r\nOrigin: http://evil\r\n\r\n["ps"]\n',
    'Error: This port speaks rcli, not http\n',
  ],
  'bytes of TLS': [Buffer.from('160301020001000', 'hex'), 'Error: The first line is not JSON\n'],
  'a word': ['ping\n', 'Error: The first line is not JSON\n'],
  'broken JSON': ['["ping"\n', 'Error: The first line is not JSON\n'],
  'an empty line': ['\n', 'Error: The first line is not JSON\n'],
  'no end': ['["ping"', 'Error: The first line has no end\n'],
  'more than 1 MiB': [`["${'x'.repeat(1024 * 1024)}"]\n`, 'Error: The first line is longer than 1 MiB\n'],
  'far more than 1 MiB without an end': ['['.repeat(8 * 1024 * 1024), 'Error: The first line is longer than 1 MiB\n'],
  'lists within each other': [`${'['.repeat(1000)}${']'.repeat(1000)}\n`, 'Error: The first line is not JSON\n'],
  'a NUL byte': ['["a\\u0000b"]\n', 'Error: The command line holds a NUL byte\n'],
};

for (const [what, [bytes, answer]] of Object.entries(REFUSED)) {
  test(`a first line is refused in one line: ${what}`, async (t) => {
    const { address } = await serve(t, ping);
    t.is(await exchange(t, address, bytes), answer);
    t.is(await exchange(t, address, '["ping"]\n'), 'pong');
  });
}

test('the kernel asks whether a silent client of another host is still there', async (t) => {
  const { address } = await serve(t, ping, {}, 'tcp://127.0.0.1:0');
  const { localPort: port = 0 } = await rawConnection(t, address);
  const ofClient = new RegExp(
    `^\\s*\\d+: \\S+ \\w+:${port.toString(16).toUpperCase().padStart(4, '0')} 01 \\S+ (\\w+):`,
    'm',
  );
  const timer = (): string => ofClient.exec(readFileSync('/proc/net/tcp', 'latin1'))?.[1] ?? '';
  // 02: a keepalive timer is pending (proc(5)).
  await until(() => timer() === '02');
  t.pass();
});

test('1 MiB of first line is served', async (t) => {
  const { address } = await serve(t, ping);
  t.is(await exchange(t, address, `["ping","${'x'.repeat(1024 * 1024 - 11)}"]\n`), 'pong');
});

test('a first line that does not end in time is refused', async (t) => {
  const { address } = await serve(t, ping, { firstLineTimeout: 50 });
  const socket = await rawConnection(t, address);
  socket.write('["pi');
  t.is((await drain(socket)).toString(), 'Error: The first line did not end within 0.05 seconds\n');
});

test('a first line without end is cut off', async (t) => {
  const { address } = await serve(t, ping);
  const socket = await rawConnection(t, address);
  let sent = 0;
  while (!socket.destroyed && sent < 64 << 20) {
    sent += 65536;
    await new Promise((resolve) => socket.write(Buffer.alloc(65536, '['), resolve));
  }
  t.true(sent < 64 << 20);
});

test('3000 idle connections: the oldest are dropped, others served meanwhile', async (t) => {
  const { address } = await serve(t, ping, { mostIdle: 500 });
  const sockets: Socket[] = [];
  const dropped = new Set<number>();
  for (let n = 0; n < 3000; n++) {
    const socket = await rawConnection(t, address);
    socket.once('close', () => dropped.add(n)).once('end', () => socket.destroy());
    socket.resume();
    if (n % 2) socket.write('["never');
    sockets.push(socket);
    if (n % 500 === 499) t.is(await exchange(t, address, '["ping"]\n'), 'pong');
  }
  await until(() => dropped.size >= 2500);
  t.is(await exchange(t, address, '["ping"]\n'), 'pong');
  t.true(dropped.has(0) && dropped.has(2000));
  t.false(dropped.has(2999));
  for (const socket of sockets) socket.destroy();
});

test('idle connections cannot use up the file descriptors', async (t) => {
  const folder = await temporaryFolder(t);
  const address = `unix://${folder}/sock`;
  const script = `
    const { listen } = await import(${JSON.stringify(import.meta.resolve('../../../src/transport/server/server.js'))});
    await listen(${JSON.stringify(address)}, async (argv, client) => { client.stdout.write('pong'); return { exitCode: 0 }; });
    process.stdout.write('ready');`;
  const limited = 'ulimit -n 60; exec "$0" --input-type=module -e "$1"';
  const server = spawn('sh', ['-c', limited, process.execPath, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => server.kill('SIGKILL'));
  await once(server.stdout, 'data');
  const idlers = await Promise.all(Array.from({ length: 200 }, () => rawConnection(t, address)));
  for (let n = 0; n < 5; n++) t.is(await exchange(t, address, '["ping"]\n'), 'pong');
  t.is(server.exitCode, null);
  for (const idler of idlers) idler.destroy();
});

test('the socket is there with its rights, and nothing else', async (t) => {
  const folder = await temporaryFolder(t);
  const umask = process.umask(0);
  const listener = await listen(`unix://${folder}/docker.sock`, idle);
  process.umask(umask);
  const status = await lstat(join(folder, 'docker.sock'));
  t.true(status.isSocket());
  t.is(status.mode & 0o7777, 0o660);
  t.is(status.gid, ((await dockerGroupId()) ?? process.getgid?.()) as number);
  t.deepEqual(await readdir(folder), ['docker.sock']);
  await listener.close();
  t.deepEqual(await readdir(folder), []);
});

test('a socket that a killed daemon left is replaced, and its draft too', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['docker.sock', '.docker.sock']) {
    const script = `require('net').createServer().listen(${JSON.stringify(join(folder, name))}, () => process.kill(process.pid, 'SIGKILL'))`;
    await finished(spawn(process.execPath, ['-e', script]));
    t.true((await lstat(join(folder, name))).isSocket());
  }
  const { address } = await serve(t, ping, {}, `unix://${folder}/docker.sock`);
  t.is(await exchange(t, address, '["ping"]\n'), 'pong');
  t.deepEqual(await readdir(folder), ['docker.sock']);
});

test('a socket that somebody answers on is left alone', async (t) => {
  const path = join(await temporaryFolder(t), 'docker.sock');
  const other = createServer((socket) => socket.on('error', () => {}).end('other'));
  await new Promise<void>((resolve) => other.listen(path, resolve));
  t.teardown(() => other.close());
  await t.throwsAsync(listen(`unix://${path}`, idle), {
    instanceOf: GantryError,
    message: `Somebody already listens on ${path}`,
  });
  t.is(await exchange(t, `unix://${path}`, ''), 'other');
});

test('a file, a folder or a link at the path is left alone', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'file'), 'precious');
  await symlink('file', join(folder, 'link'));
  for (const path of [join(folder, 'file'), join(folder, 'link'), folder]) {
    await t.throwsAsync(listen(`unix://${path}`, idle), { message: `${path} is in the way: it is not a socket` });
  }
  t.deepEqual((await readdir(folder)).sort(), ['file', 'link']);
});

test('a folder that is not there, a file as a folder', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'file'), '');
  for (const path of [`${folder}/none/sock`, `${folder}/file/sock`]) {
    await t.throwsAsync(listen(`unix://${path}`, idle), { instanceOf: GantryError, message: /^Cannot listen on/ });
  }
  const message = `Cannot listen on ${folder}/none/sock: there is no folder ${folder}/none`;
  await t.throwsAsync(listen(`unix://${folder}/none/sock`, idle), { message });
});

test('a socket that has been replaced by another daemon is not removed', async (t) => {
  const folder = await temporaryFolder(t);
  const listener = await listen(`unix://${folder}/sock`, idle);
  const { unlink } = await import('node:fs/promises');
  await unlink(join(folder, 'sock'));
  await writeFile(join(folder, 'sock'), 'of another');
  await listener.close();
  t.deepEqual(await readdir(folder), ['sock']);
});

test('a port in use is one clear line', async (t) => {
  const { address } = await serve(t, {}, {}, 'tcp://127.0.0.1:0');
  await t.throwsAsync(listen(address, idle), {
    instanceOf: GantryError,
    message: /^Cannot listen on 127\.0\.0\.1:\d+: the port is in use$/,
  });
});

test('an address beyond this host is refused without TLS', async (t) => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry && !entry.internal && entry.family === 'IPv4')?.address;
  for (const host of ['0.0.0.0', '[::]', outside ?? '192.0.2.1']) {
    for (const scheme of ['tcp', 'http']) {
      await t.throwsAsync(listen(`${scheme}://${host}:0`, idle), {
        instanceOf: GantryError,
        message: /^Refusing to listen on/,
      });
    }
  }
});

test('other users are refused on a port of this host, also for http', async (t) => {
  for (const scheme of ['tcp', 'http']) {
    const { address } = await serve(t, ping, {}, `${scheme}://127.0.0.1:0`);
    const { port } = new URL(address);
    const request =
      scheme === 'tcp' ? '["ping"]\\n' : 'GET /ping HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n';
    const ask = `
      const socket = require('net').connect(${port}, '127.0.0.1');
      socket.write('${request}');
      socket.pipe(process.stdout);`;
    const asNobody = await finished(spawn(process.execPath, ['-e', ask], { uid: 65534, gid: 65534 }));
    t.regex(
      asNobody.stdout.toString(),
      /Error: Permission denied: user 65534 is neither root nor in the docker group\n/,
    );
    t.regex((await finished(spawn(process.execPath, ['-e', ask]))).stdout.toString(), /pong/);
  }
});

test('other users learn it from the client as one line', async (t) => {
  const { address } = await serve(t, ping, {}, 'tcp://127.0.0.1:0');
  const { exitCode, stderr } = await finished(startClient(t, address, ['ping'], { uid: 65534, gid: 65534 }));
  t.is(exitCode, 1);
  t.is(stderr, 'denied: Permission denied: user 65534 is neither root nor in the docker group\n');
});

test('closing waits for outcomes, but not for ever', async (t) => {
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const listener = await serve(
    t,
    {
      willing: async (client) => {
        begun[0].resolve();
        await aborted(client.gone);
        await write(client.stdout, 'bye');
      },
      stubborn: async () => {
        begun[1].resolve();
        await new Promise(() => {});
      },
    },
    { closeGrace: 50 },
  );
  const willing = exchange(t, listener.address, '["willing"]\n');
  const stubborn = exchange(t, listener.address, '["stubborn"]\n').catch(() => '');
  const waiting = await rawConnection(t, listener.address);
  await Promise.all(begun.map(({ promise }) => promise));
  await listener.close();
  t.is(await willing, 'bye');
  t.is(await stubborn, '');
  t.is((await drain(waiting)).length, 0);
  await t.throwsAsync(rawConnection(t, listener.address), { code: 'ENOENT' });
});

test('a link in place of the draft leads nowhere, and the socket is there with its rights', async (t) => {
  const folder = await temporaryFolder(t);
  const victim = join(folder, 'victim');
  await writeFile(victim, 'precious', { mode: 0o600 });
  await symlink(victim, join(folder, '.docker.sock'));
  const { address } = await serve(t, ping, { mode: 0o666 }, `unix://${folder}/docker.sock`);
  t.is(await exchange(t, address, '["ping"]\n'), 'pong');
  t.is((await lstat(join(folder, 'docker.sock'))).mode & 0o777, 0o666);
  t.is((await lstat(victim)).mode & 0o777, 0o600);
  t.deepEqual((await readdir(folder)).sort(), ['.docker.sock', 'docker.sock', 'victim']);
});
