import { writeFile } from 'node:fs/promises';
import { connect as connectRaw } from 'node:net';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Listener } from '../../../src/transport/server/server.js';
import { CA, CLIENT_CERT, CLIENT_KEY, SERVER_CERT, SERVER_KEY, STRANGER_CERT, STRANGER_KEY } from '../certificates.js';
import { drain, echo, type Finished, finished, serve, startClient, temporaryFolder } from '../support.js';

const tls = { ca: CA, cert: SERVER_CERT, key: SERVER_KEY };

const serveTls = (t: ExecutionContext, mostIdle?: number): Promise<Listener> =>
  serve(t, { cat: echo }, mostIdle === undefined ? { tls } : { tls, mostIdle }, 'tcp://127.0.0.1:0');

async function call(
  t: ExecutionContext,
  address: string,
  certificate: object,
  how: Record<string, string> = { DOCKER_TLS_VERIFY: '1' },
): Promise<Finished> {
  const folder = await temporaryFolder(t);
  for (const [name, pem] of Object.entries(certificate)) await writeFile(join(folder, `${name}.pem`), pem);
  const files = Object.entries(how).map(([name, value]) => [name, value.replace('FOLDER', folder)]);
  const env = { DOCKER_CERT_PATH: folder, ...Object.fromEntries(files) };
  const client = startClient(t, address, ['cat'], { env });
  client.stdin.end('through TLS');
  return finished(client);
}

test('a client with a certificate of the authority is served, by v2 and by v1', async (t) => {
  const { address } = await serveTls(t);
  const { exitCode, stdout, stderr } = await call(t, address, { ca: CA, cert: CLIENT_CERT, key: CLIENT_KEY });
  t.is(stderr, '');
  t.is(exitCode, 0);
  t.is(stdout.toString(), 'through TLS');

  const port = Number(new URL(address).port);
  const certified = { ca: CA, cert: CLIENT_CERT, key: CLIENT_KEY };
  const socket = connect({ port, host: '127.0.0.1', ...certified, allowHalfOpen: true } as ConnectionOptions);
  socket.end('["cat"]\nold');
  t.is((await drain(socket)).toString(), 'old');
});

test('a client of another authority is not served', async (t) => {
  const { address } = await serveTls(t);
  const { exitCode, stdout, stderr } = await call(t, address, { ca: CA, cert: STRANGER_CERT, key: STRANGER_KEY });
  t.is(exitCode, 1);
  t.is(stdout.length, 0);
  t.regex(stderr, /^unavailable: .+\n$/);
});

test('a server of another authority is not trusted', async (t) => {
  const { address } = await serveTls(t);
  const { exitCode, stderr } = await call(t, address, { ca: STRANGER_CERT, cert: CLIENT_CERT, key: CLIENT_KEY });
  t.is(exitCode, 1);
  t.regex(stderr, /^unavailable: Cannot connect to the daemon at tcp:.*: [A-Z_]+\n$/);
});

test('--tls alone does not verify the server; files have any name', async (t) => {
  const { address } = await serveTls(t);
  const how = { DOCKER_TLS: '1', GANTRY_TLS_CERT: 'FOLDER/mine.pem', GANTRY_TLS_KEY: 'FOLDER/secret.pem' };
  const unverified = await call(t, address, { ca: STRANGER_CERT, mine: CLIENT_CERT, secret: CLIENT_KEY }, how);
  t.is(unverified.stdout.toString(), 'through TLS');
});

test('a missing certificate is one clear line', async (t) => {
  const { address } = await serveTls(t);
  t.regex((await call(t, address, { ca: CA })).stderr, /^unavailable: Cannot read .*\/(cert|key)\.pem: ENOENT\n$/);
});

test('a connection without TLS gets no answer, and idle ones make room for a call', async (t) => {
  const { address } = await serveTls(t, 3);
  const port = Number(new URL(address).port);
  const first = connectRaw(port, '127.0.0.1').on('error', () => {});
  for (let n = 0; n < 8; n++) {
    const idler = connectRaw(port, '127.0.0.1').on('error', () => {});
    t.teardown(() => idler.destroy());
  }
  t.is((await drain(first)).length, 0);
  const { stdout } = await call(t, address, { ca: CA, cert: CLIENT_CERT, key: CLIENT_KEY });
  t.is(stdout.toString(), 'through TLS');
});
