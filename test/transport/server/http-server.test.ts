import { once } from 'node:events';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import test from 'ava';
import { write } from '../../../src/kernel/streams/write.js';
import { aborted, drain, echo, exchange, rawConnection, serve } from '../support.js';

type Asked = RequestOptions & { body?: string };

async function ask(address: string, path: string, { body, ...options }: Asked = {}): Promise<IncomingMessage> {
  const sent = request(`${address}${path}`, { agent: false, ...options });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

async function answer(address: string, path: string, options?: Asked): Promise<[number, string, string | undefined]> {
  const response = await ask(address, path, options);
  const text = (await drain(response)).toString();
  return [response.statusCode ?? 0, text, response.trailers['x-exit-code']];
}

const LOCAL = 'http://127.0.0.1:0';

test('the last element of the path is the command, each q a word, the body stdin', async (t) => {
  const { address } = await serve(
    t,
    {
      run: async (client, argv) => {
        await write(client.stdout, `${JSON.stringify(argv)}\n`);
        await write(client.stderr, await drain(client.stdin));
        return { exitCode: 3 };
      },
    },
    {},
    LOCAL,
  );
  const asked = await answer(address, '/v1/run?q=-i&q=a+b%26&x=y&q=', { method: 'POST', body: 'the body' });
  t.deepEqual(asked, [200, '["run","-i","a b&",""]\nthe body', '3']);
  t.deepEqual(await answer(address, '/'), [200, '', '0']);
});

test('each write is flushed', async (t) => {
  const go = Promise.withResolvers<void>();
  const { address } = await serve(
    t,
    {
      slow: async (client) => {
        await write(client.stdout, 'one');
        await go.promise;
        await write(client.stdout, 'two');
      },
    },
    {},
    LOCAL,
  );
  const response = await ask(address, '/slow');
  const [first] = (await once(response, 'data')) as [Buffer];
  t.is(first.toString(), 'one');
  go.resolve();
  t.is((await drain(response)).toString(), 'two');
});

test('input and output at the same time', async (t) => {
  const { address } = await serve(t, { cat: echo }, {}, LOCAL);
  const sent = request(`${address}/cat`, { method: 'POST' });
  sent.write('ping');
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  t.is(String((await once(response, 'data'))[0]), 'ping');
  sent.end('pong');
  t.is((await drain(response)).toString(), 'pong');
});

test('a failure before any output has its status, behind output only its words', async (t) => {
  const { address } = await serve(
    t,
    {
      none: async () => ({ exitCode: 1, failure: { kind: 'not found', message: 'No such container: x' } }),
      late: async (client) => {
        await write(client.stdout, 'so far\n');
        return { exitCode: 1, failure: { kind: 'conflict', message: 'taken' } };
      },
    },
    {},
    LOCAL,
  );
  t.deepEqual(await answer(address, '/none'), [404, 'Error: No such container: x\n', '1']);
  t.deepEqual(await answer(address, '/late'), [200, 'so far\nError: taken\n', '1']);
});

const BROWSERS: Readonly<Record<string, Record<string, string>>> = {
  'an origin': { Origin: 'http://evil.example' },
  'an origin that is this very port': { Origin: 'http://127.0.0.1' },
  'a null origin': { Origin: 'null' },
  'a referer': { Referer: 'http://evil.example/' },
  'fetch metadata': { 'Sec-Fetch-Site': 'none' },
  'the name of a browser': { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)' },
  'a name that was made to resolve to this host': { Host: 'evil.example' },
  'a name that begins like this host': { Host: '127.0.0.1.evil.example:80' },
};

for (const [what, headers] of Object.entries(BROWSERS)) {
  test(`refused: ${what}`, async (t) => {
    const { address } = await serve(t, { ping: () => Promise.reject(t.fail()) }, {}, LOCAL);
    const [status, text] = await answer(address, '/ping', { headers, method: 'POST' });
    t.is(status, 403);
    t.regex(text, /^Error: .*\n$/);
  });
}

test('served under each name of this host', async (t) => {
  const { address } = await serve(t, { ping: (client) => write(client.stdout, 'pong') }, {}, LOCAL);
  for (const Host of ['localhost', '127.0.0.1:80', '[::1]:80', 'LOCALHOST:1']) {
    t.is((await answer(address, '/ping', { headers: { Host } }))[1], 'pong');
  }
});

test('other verbs, bad paths and NUL bytes are refused', async (t) => {
  const { address } = await serve(t, {}, {}, LOCAL);
  t.is((await answer(address, '/ps', { method: 'DELETE' }))[0], 400);
  t.is((await answer(address, '/%ff'))[0], 400);
  t.is((await answer(address, '/ps?q=a%00b'))[0], 400);
  t.regex(await exchange(t, address, '["ps"]\n'), /^HTTP\/1\.1 400 /);
});

test('a client that hangs up has gone', async (t) => {
  const gone = Promise.withResolvers<void>();
  const { address } = await serve(
    t,
    {
      hang: async (client) => {
        await write(client.stdout, 'here');
        await aborted(client.gone);
        gone.resolve();
      },
    },
    {},
    LOCAL,
  );
  const response = await ask(address, '/hang');
  response.on('error', () => {});
  await once(response, 'data');
  response.destroy();
  await gone.promise;
  t.pass();
});

for (const [what, head, answer] of [
  [
    'two Host headers',
    'GET /ping HTTP/1.1\r\nHost: localhost\r\nHost: evil.example',
    '400 .*A request has one Host header',
  ],
  [
    'the name of another host in the target',
    'GET http://evil.example/ping HTTP/1.1\r\nHost: localhost',
    '403 .*must name localhost',
  ],
  ['this host in the target', 'GET http://localhost/ping HTTP/1.1\r\nHost: other.example', '200 .*pong'],
] as const) {
  test(`a request with ${what}`, async (t) => {
    const { address } = await serve(t, { ping: ({ stdout }) => write(stdout, 'pong') }, {}, LOCAL);
    const socket = await rawConnection(t, address);
    socket.write(`${head}\r\nConnection: close\r\n\r\n`);
    t.regex((await drain(socket)).toString(), new RegExp(`^HTTP/1.1 ${answer}`, 's'));
  });
}
