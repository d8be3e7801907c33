import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import test from 'ava';
import { write } from '../../../src/kernel/streams/write.js';
import { aborted, drain, echo, exchange, flood, rawConnection, serve } from '../support.js';

test('the literal bytes: a line in, merged output out, closed by the server', async (t) => {
  const { address } = await serve(t, {
    greet: async (client, argv) => {
      await write(client.stdout, `hello ${argv[1]}\n`);
      await write(client.stderr, 'careful\n');
    },
  });
  const socket = await rawConnection(t, address);
  socket.write('["greet","wörld"]\n');
  t.is((await drain(socket)).toString(), 'hello wörld\ncareful\n');
});

test('a failure is a line in the stream, behind what was written', async (t) => {
  const { address } = await serve(t, {
    fail: async (client) => {
      await write(client.stdout, 'so far\n');
      return { exitCode: 1, failure: { kind: 'not found', message: 'No such container: x', hint: 'look' } };
    },
  });
  t.is(await exchange(t, address, '["fail"]\n'), 'so far\nError: No such container: x (look)\n');
});

test('10 MB through stdin and back, ended by a half-close', async (t) => {
  const { address } = await serve(t, { cat: echo });
  const sent = randomBytes(10 * 1024 * 1024);
  const socket = await rawConnection(t, address);
  socket.write('["cat"]\n');
  socket.end(sent);
  const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  t.is(hash(await drain(socket)), hash(sent));
});

test('stdin that comes with the first line, in pieces of one byte', async (t) => {
  const { address } = await serve(t, { cat: echo });
  t.is(await exchange(t, address, '["cat"]\nabc'), 'abc');
  const socket = await rawConnection(t, address);
  for (const byte of Buffer.from('["cat"]\nabc')) {
    socket.write(Buffer.of(byte));
    await new Promise(setImmediate);
  }
  socket.end();
  t.is((await drain(socket)).toString(), 'abc');
});

test('output goes on after the half-close', async (t) => {
  const { address } = await serve(t, {
    count: async (client) => {
      const { length } = await drain(client.stdin);
      for (let n = 0; n < 3; n++) await write(client.stdout, `${length}\n`);
    },
  });
  t.is(await exchange(t, address, '["count"]\n12345'), '5\n5\n5\n');
});

test('unread stdin costs the client nothing of its answer', async (t) => {
  const { address } = await serve(
    t,
    { ps: (client) => write(client.stdout, 'x'.repeat(300_000)) },
    {},
    'tcp://127.0.0.1:0',
  );
  t.is((await exchange(t, address, `["ps"]\n${'y'.repeat(100_000)}`)).length, 300_000);
});

test('a client that is killed makes its call go', async (t) => {
  const gone = Promise.withResolvers<void>();
  const { address } = await serve(t, {
    zeros: async (client) => {
      await flood(client.stdout, client.gone);
      await aborted(client.gone);
      gone.resolve();
    },
  });
  const socket = await rawConnection(t, address);
  socket.write('["zeros"]\n');
  await once(socket, 'data');
  socket.destroy();
  await gone.promise;
  t.pass();
});

test('it has no terminal, no environment, no files', async (t) => {
  const { address } = await serve(t, {
    tell: async (client) => {
      const { terminal, env, cwd } = client;
      const refused = await client.openFile('/etc/passwd').catch((error: Error) => error.message);
      client.terminal.setRaw(true);
      await write(
        client.stdout,
        JSON.stringify([terminal.stdin, terminal.stdout, terminal.size ?? null, env, cwd, refused]),
      );
    },
  });
  t.is(
    await exchange(t, address, '["tell"]\n'),
    '[false,false,null,{},"/","Cannot read /etc/passwd: a v1 client offers no files"]',
  );
});

test('a daemon that stops tells the call, and sends its outcome', async (t) => {
  const begun = Promise.withResolvers<void>();
  const listener = await serve(t, {
    hang: async (client) => {
      begun.resolve();
      await aborted(client.gone);
      return { exitCode: 1, failure: { kind: 'unavailable', message: 'The daemon is stopping' } };
    },
  });
  const answer = exchange(t, listener.address, '["hang"]\n');
  await begun.promise;
  await listener.close();
  t.is(await answer, 'Error: The daemon is stopping\n');
});
