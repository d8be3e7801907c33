import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { write } from '../../../src/kernel/streams/write.js';
import { drain, finished, flood, inShell, serve, startClient, temporaryFolder } from '../support.js';

test('a reader that has seen enough ends the client quietly', async (t) => {
  const gone = Promise.withResolvers<void>();
  const { address } = await serve(t, {
    ps: async (client) => {
      await flood(client.stdout, client.gone);
      gone.resolve();
    },
  });
  const { stdout, stderr } = await finished(inShell(t, address, '{ client ps; echo $? >&2; } | head -c 1 | wc -c'));
  t.is(stdout.toString(), '1\n');
  t.is(stderr, '141\n');
  await gone.promise;
});

test('a full disk is one clear line', async (t) => {
  const { address } = await serve(t, { ps: (client) => flood(client.stdout, client.gone) });
  const { stderr } = await finished(inShell(t, address, 'client ps >/dev/full; echo $? >&2'));
  t.is(stderr, 'unavailable: Cannot write the output: ENOSPC\n1\n');
});

test('the client leaves a pipe that it shares as it was', async (t) => {
  const { address } = await serve(t, {
    hang: async (client) => {
      await write(client.stdout, 'x'.repeat(100_000));
      await drain(client.stdin);
    },
  });
  const script =
    '{ sleep 100 & echo $! >sleeper; } | { client hang & sleep 0.2; grep flags: /proc/self/fdinfo/0 /proc/self/fdinfo/1 >flags; kill $(cat sleeper); wait; } | wc -c';
  const folder = await temporaryFolder(t);
  t.is((await finished(inShell(t, address, script, { cwd: folder }))).stdout.toString(), '100000\n');
  const flags = (await readFile(join(folder, 'flags'), 'utf8')).match(/\d+$/gm) ?? [];
  t.is(flags.length, 2);
  for (const text of flags) t.is(Number.parseInt(text, 8) & 0o4000, 0);
});

test('a daemon that is lost in the middle is one clear line', async (t) => {
  const path = join(await temporaryFolder(t), 'sock');
  const server = createServer((socket) => socket.once('data', () => socket.end(Buffer.from('1100000005ab', 'hex'))));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.teardown(() => server.close());
  const { exitCode, stdout, stderr } = await finished(startClient(t, `unix://${path}`, ['ps']));
  t.is(exitCode, 1);
  t.is(stdout.toString('hex'), 'ab');
  t.regex(stderr, /^unavailable: The connection to the daemon at unix:.* was lost before the command ended\n$/);
});

for (const [what, answer, expected] of [
  ['a refusal', 'Error: The first line is longer than 1 MiB\n', /^invalid: The first line is longer than 1 MiB\n$/],
  [
    'an http server',
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    /^unavailable: What listens at unix:.* does not speak rcli\n$/,
  ],
  ['frames that are none', '\x1f\0\0\0\0', /^unavailable: .*unknown frame type 31\n$/],
] as const) {
  test(`an answer that is ${what}`, async (t) => {
    const path = join(await temporaryFolder(t), 'sock');
    const server = createServer((socket) => socket.once('data', () => socket.end(answer)));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    t.teardown(() => server.close());
    const { exitCode, stderr } = await finished(startClient(t, `unix://${path}`, ['ps']));
    t.is(exitCode, 1);
    t.regex(stderr, expected);
  });
}

test('no daemon is told apart: no socket, nobody on it, no port', async (t) => {
  const folder = await temporaryFolder(t);
  const listener = await serve(t, {}, {}, 'tcp://127.0.0.1:0');
  await listener.close();
  const stale = join(folder, 'stale');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(stale, resolve));
  server.close();
  await writeFile(join(folder, 'file'), '');
  for (const address of [`unix://${folder}/none`, `unix://${folder}/file`, `unix://${stale}`, listener.address]) {
    t.is((await finished(startClient(t, address, ['ps']))).exitCode, 77, address);
  }
});

test('no right to the socket is one clear line', async (t) => {
  const { address } = await serve(t, {});
  const folder = new URL(address).pathname.replace(/\/sock$/, '');
  await chmod(folder, 0o755);
  const { exitCode, stderr } = await finished(startClient(t, address, ['ps'], { uid: 65534, gid: 65534 }));
  t.is(exitCode, 1);
  t.is(stderr, `denied: Permission denied while trying to connect to the daemon at ${address}\n`);
});
