import test from 'ava';
import type { GantryError } from '../../../../src/kernel/contracts/errors.js';
import { fetchToken } from '../../../../src/plugins/registry/http/bearer-token.js';
import { Routes } from '../../../../src/plugins/registry/http/routes.js';
import { TestProxy } from '../support/proxy.js';
import { authorizations, BASIC, fake, get, ken, sessionAt, wants } from '../support/session.js';

test('a token is fetched once for its scope', async (t) => {
  const registry = await fake(t);
  registry.give('/token', JSON.stringify({ token: 'abc', expires_in: 300 }));
  registry.on('/v2/x', wants(`Bearer realm="http://${registry.host}/token",service="reg"`, 'Bearer abc'));
  const session = sessionAt(t, registry.host, ken);
  for (let time = 0; time < 3; time++) t.is(await get(session, '/v2/x', ['repository:x:pull']), '200 welcome');
  const tokens = registry.requests.filter((line) => line.includes('/token'));
  t.deepEqual(tokens, ['GET /token?service=reg&scope=repository%3Ax%3Apull&account=ken']);
  t.deepEqual(
    authorizations(registry).filter((value) => value === BASIC),
    [BASIC],
  );
});

test('an identity token is exchanged, and the password stays at home', async (t) => {
  const registry = await fake(t);
  let form = '';
  registry.on('/token', (request, response) => {
    request.on('data', (chunk) => (form += chunk)).on('end', () => response.end('{"access_token":"abc"}'));
  });
  registry.on('/v2/x', wants(`Bearer realm="http://${registry.host}/token",service="reg"`, 'Bearer abc'));
  t.is(await get(sessionAt(t, registry.host, { ...ken, identityToken: 'id-1' }), '/v2/x', ['s']), '200 welcome');
  t.is(form, 'grant_type=refresh_token&service=reg&client_id=gantry&refresh_token=id-1&scope=s');
  t.false(authorizations(registry).includes(BASIC));
});

for (const realm of ['ftp://x/', 'file:///etc/passwd', '/token', '', 'http://ken:word@127.0.0.1/']) {
  test(`a realm of '${realm}' is refused`, async (t) => {
    const registry = await fake(t);
    registry.on('/v2/x', wants(`Bearer realm="${realm}"`, 'never'));
    await t.throwsAsync(get(sessionAt(t, registry.host, ken)), { message: /a token server that is not https/ });
    t.deepEqual(authorizations(registry), [undefined]);
  });
}

test('a registry elsewhere cannot have its tokens fetched from this host', async (t) => {
  const registry = await fake(t);
  const proxy = await TestProxy.start({ 'registry.test': registry.host, 'registry.test:443': registry.host });
  t.teardown(() => proxy.stop());
  registry.on('/v2/x', wants(`Bearer realm="http://${registry.host}/token"`, 'never')).give('/token', '{"token":"a"}');
  const settings = { insecure: ['registry.test'], proxy: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } };
  await t.throwsAsync(get(sessionAt(t, 'registry.test', undefined, settings)), {
    message: /a server elsewhere has named an address of this host/,
  });
  t.false(registry.requests.some((line) => line.includes('/token')));
});

test('a realm of plain http is refused where the registry speaks TLS', async (t) => {
  const routes = new Routes({ insecure: [], mirrors: [], certificates: [], proxy: {}, stall: 300 });
  const wish = {
    challenge: { scheme: 'bearer', parameters: { realm: 'http://other.test/token' } },
    ...{ scopes: [], login: ken, offline: false },
    registry: new URL('https://registry.test'),
    signal: new AbortController().signal,
  };
  await t.throwsAsync(fetchToken(routes, wish), {
    message: 'registry registry.test names a token server that is not https',
  });
});

for (const [what, answer, why] of [
  ['of 1 GB', { 'Content-Length': String(2 ** 30) }, /a token from \S+ is larger than 4 MiB/],
  ['that is compressed', { 'Content-Encoding': 'gzip' }, /a token from \S+ is compressed/],
] as const) {
  test(`a token ${what} is refused`, async (t) => {
    const registry = await fake(t);
    registry.on('/v2/x', wants(`Bearer realm="http://${registry.host}/token"`, 'never'));
    registry.on('/token', (_, response) => void response.writeHead(200, answer).write('{'));
    await t.throwsAsync(get(sessionAt(t, registry.host, ken)), { message: why });
  });
}

test('a login goes to no other host by plain http', async (t) => {
  const registry = await fake(t);
  const realm = `http://${registry.host.replace('127.0.0.1', 'localhost')}/token`;
  registry.on('/v2/x', wants(`Bearer realm="${realm}"`, 'Bearer abc')).give('/token', '{"token":"abc"}');
  for (const login of [ken, { ...ken, identityToken: 'id-1' }]) {
    await t.throwsAsync(get(sessionAt(t, registry.host, login)), {
      message: /wants its login sent to \S+ by plain http/,
    });
  }
  t.false(registry.requests.some((line) => line.includes('/token')));
  t.is(await get(sessionAt(t, registry.host)), '200 welcome');
});

test('a token that comes a byte at a time is a failure of the server, not of the engine', async (t) => {
  const registry = await fake(t);
  registry.on('/v2/x', wants(`Bearer realm="http://${registry.host}/token"`, 'never'));
  registry.on('/token', (_, response) => {
    const timer = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(timer));
  });
  const error = await t.throwsAsync(get(sessionAt(t, registry.host)), { message: /it answers too slowly$/ });
  t.is((error as GantryError).kind, 'unavailable');
});

test('a token among more JSON than any answer needs is none', async (t) => {
  const registry = await fake(t);
  registry.on('/v2/x', wants(`Bearer realm="http://${registry.host}/token"`, 'Bearer abc'));
  registry.give('/token', `{"token":"abc","more":[${'[],'.repeat(300_000)}[]]}`);
  await t.throwsAsync(get(sessionAt(t, registry.host)), { message: /something that is no token/ });
});

test('a token that would start another header is refused', async (t) => {
  const registry = await fake(t);
  registry.on('/v2/x', wants(`Bearer realm="http://${registry.host}/token"`, 'never'));
  registry.give('/token', JSON.stringify({ token: 'a\r\nX-Evil: 1' }));
  await t.throwsAsync(get(sessionAt(t, registry.host, ken)), { message: /something that is no token/ });
});
