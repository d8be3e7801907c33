import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { write } from '../../../src/kernel/streams/write.js';
import { aborted, finished, flood, inShell, serve, stands, startClient, temporaryFolder, until } from '../support.js';

test('signals reach a command that listens, while its stdin is full', async (t) => {
  const { address } = await serve(t, {
    run: async (client) => {
      const signal = new Promise<string>((resolve) => client.onSignal(resolve));
      client.stdin.once('readable', () => void client.stdout.write('ready'));
      await write(client.stderr, await signal);
      return { exitCode: 9 };
    },
  });
  const client = startClient(t, address, ['run']);
  client.stdin.write(Buffer.alloc(8 * 1024 * 1024));
  await once(client.stdout, 'data');
  client.kill('SIGUSR1');
  const { exitCode, stderr } = await finished(client);
  t.is(stderr, 'SIGUSR1');
  t.is(exitCode, 9);
});

test('signals reach a command while the output is stuck', async (t) => {
  const signalled = Promise.withResolvers<void>();
  let written = 0;
  const { address } = await serve(t, {
    run: async (client) => {
      client.onSignal(() => signalled.resolve());
      await Promise.race([flood(client.stdout, client.gone, () => written++), signalled.promise]);
      client.stdout.destroy();
      return { exitCode: 9 };
    },
  });
  const cwd = await temporaryFolder(t);
  const script = 'mkfifo out; exec 3<>out; "$NODE" "$FIXTURE" "$ADDRESS" run >out & echo $!; wait $!; echo $? >&2';
  const shell = inShell(t, address, script, { cwd });
  const [pid] = (await once(shell.stdout as Readable, 'data')) as [Buffer];
  await stands(() => written);
  process.kill(Number(pid), 'SIGTERM');
  await signalled.promise;
  const reader = spawn('cat', ['out'], { cwd, stdio: 'ignore' });
  t.is((await finished(shell)).stderr, '9\n');
  reader.kill();
});

test('a signal that the command does not listen to ends it', async (t) => {
  const gone = Promise.withResolvers<void>();
  const { address } = await serve(t, {
    pull: async (client) => {
      await write(client.stdout, 'ready');
      await aborted(client.gone);
      gone.resolve();
    },
  });
  const client = startClient(t, address, ['pull']);
  await once(client.stdout, 'data');
  client.kill('SIGINT');
  t.is((await finished(client)).exitCode, 130);
  await gone.promise;
});

test('a client that is killed has gone', async (t) => {
  const gone = Promise.withResolvers<void>();
  const { address } = await serve(t, {
    run: async (client) => {
      await write(client.stdout, 'ready');
      await aborted(client.gone);
      gone.resolve();
    },
  });
  const client = startClient(t, address, ['run']);
  await once(client.stdout, 'data');
  client.kill('SIGKILL');
  await gone.promise;
  t.pass();
});

/** A daemon that hangs, and what it has got. */
async function hanging(t: ExecutionContext): Promise<{ readonly address: string; readonly received: () => number }> {
  const path = join(await temporaryFolder(t), 'sock');
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  let received = 0;
  server.on('connection', (socket) => socket.on('data', () => received++));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.teardown(() => server.close());
  return { address: `unix://${path}`, received: () => received };
}

test('the third signal without an answer ends a client whose daemon hangs', async (t) => {
  const { address, received } = await hanging(t);
  const client = startClient(t, address, ['run']);
  const done = finished(client);
  for (let n = 1; n <= 3; n++) {
    await until(() => received() >= n);
    client.kill('SIGHUP');
  }
  t.like(await done, { exitCode: 129, stderr: 'got 3 SIGTERM/SIGINTs, forcefully exiting\n' });
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`the first ${signal} ends a client that only asks, whatever its daemon does`, async (t) => {
    const { address, received } = await hanging(t);
    const client = startClient(t, address, ['ps', '-a']);
    const done = finished(client);
    await until(() => received() >= 1);
    client.kill(signal);
    t.is((await done).exitCode, code);
  });
}
