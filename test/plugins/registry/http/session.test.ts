import test from 'ava';
import type { Handler } from '../support/fake-registry.js';
import { TestProxy } from '../support/proxy.js';
import { authorizations, BASIC, fake, get, ken, sessionAt, wants } from '../support/session.js';

test('the login is sent when it is wanted, and not before', async (t) => {
  const registry = await fake(t);
  registry.give('/v2/open', 'free').on('/v2/x', wants('Basic realm="r"', BASIC));
  const session = sessionAt(t, registry.host, ken);
  t.is(await get(session, '/v2/open'), '200 free');
  t.is(await get(session), '200 welcome');
  t.deepEqual(authorizations(registry), [undefined, undefined, BASIC]);
});

test('a redirect to another host carries no credentials', async (t) => {
  const [registry, other] = [await fake(t), await fake(t)];
  other.give('/data', 'bytes');
  registry.on('/v2/x', (request, response) => {
    if (request.headers.authorization !== BASIC)
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="r"' }).end();
    else response.writeHead(307, { Location: `http://${other.host}/data` }).end();
  });
  t.is(await get(sessionAt(t, registry.host, ken)), '200 bytes');
  t.deepEqual(authorizations(other), [undefined]);
});

const redirect =
  (location: string): Handler =>
  (_, response) =>
    void response.writeHead(302, { Location: location }).end();

for (const location of ['file:///etc/passwd', 'ftp://x/', 'http://user:word@127.0.0.1/', 'javascript:1', '']) {
  test(`a redirect to '${location}' is refused`, async (t) => {
    const registry = await fake(t);
    registry.on('/v2/x', redirect(location));
    const error = await t.throwsAsync(get(sessionAt(t, registry.host)), undefined);
    t.regex(error.message, /redirects to a URL that is not https|redirects more than 5 times/);
  });
}

test('redirects in a circle end', async (t) => {
  const registry = await fake(t);
  registry.on('/v2/x', redirect('/v2/x'));
  await t.throwsAsync(get(sessionAt(t, registry.host)), { message: /redirects more than 5 times/ });
  t.is(registry.requests.length, 6);
});

for (const target of ['127.0.0.1', 'localhost', '[::1]', '169.254.169.254']) {
  test(`a registry elsewhere cannot send us to ${target}`, async (t) => {
    const registry = await fake(t);
    const proxy = await TestProxy.start({
      'registry.test': registry.host,
      'registry.test:443': registry.host,
      [`${target}:47`]: registry.host,
    });
    t.teardown(() => proxy.stop());
    registry.on('/v2/x', redirect(`http://${target}:47/secret`)).give('/secret', 'secret');
    const session = sessionAt(t, 'registry.test', undefined, {
      insecure: ['registry.test'],
      proxy: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url },
    });
    await t.throwsAsync(get(session), {
      message: /has named an address of this host, or of its own link|connection refused/,
    });
    t.false(registry.requests.some((line) => line.includes('secret')));
  });
}

test('401 for ever ends at the second one', async (t) => {
  const registry = await fake(t);
  registry.on('/v2/x', wants('Basic realm="r"', 'never'));
  await t.throwsAsync(get(sessionAt(t, registry.host, ken)), { message: /HTTP status 401/ });
  t.is(registry.requests.length, 2);
});

test('what a registry says back of a secret is not shown', async (t) => {
  const registry = await fake(t);
  registry.on('/v2/x', (request, response) => {
    const message = `no \x1b[31m ${request.headers.authorization} for open sesame`;
    response
      .writeHead(401, { 'WWW-Authenticate': 'Basic realm="r"' })
      .end(JSON.stringify({ errors: [{ code: 'DENIED', message }] }));
  });
  const { message } = await t.throwsAsync(get(sessionAt(t, registry.host, ken)));
  t.is(message, `registry ${registry.host}: denied: no \\x1b[31m Basic *** for ***`);
});

for (const status of [429, 500, 503]) {
  test(`${status}: three times more, and no further`, async (t) => {
    const registry = await fake(t);
    registry.on('/v2/x', (_, response) => void response.writeHead(status, { 'Retry-After': '0' }).end());
    await t.throwsAsync(get(sessionAt(t, registry.host)), { message: /too many requests|HTTP status/ });
    t.is(registry.requests.length, 4);
  });
}

test('a wait of an hour is not waited for', async (t) => {
  const registry = await fake(t);
  registry.on('/v2/x', (_, response) => void response.writeHead(429, { 'Retry-After': '3600' }).end());
  await t.throwsAsync(get(sessionAt(t, registry.host)), { message: /try again in 3600 s/ });
});

test('a failure that passes is not seen', async (t) => {
  const registry = await fake(t);
  registry.on('/v2/x', (request, response) => {
    if (registry.requests.length === 1) request.socket.destroy();
    else if (registry.requests.length === 2) response.writeHead(503, { 'Retry-After': '0' }).end();
    else response.end('at last');
  });
  const session = sessionAt(t, registry.host);
  await session.base();
  registry.requests.length = 0;
  t.is(await get(session), '200 at last');
});

test('a document without end is given up at 4 MiB', async (t) => {
  const registry = await fake(t);
  let sent = 0;
  registry.on('/v2/x', (_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65536))) sent += 65536;
    };
    response.on('drain', more);
    more();
  });
  await t.throwsAsync(get(sessionAt(t, registry.host)), { message: /larger than 4 MiB/ });
  t.true(sent < 32 * 1024 * 1024);
});

test('one that says so beforehand is not even read', async (t) => {
  const registry = await fake(t);
  registry.on('/v2/x', (_, response) => void response.writeHead(200, { 'Content-Length': String(2 ** 30) }).write('x'));
  await t.throwsAsync(get(sessionAt(t, registry.host)), { message: /larger than 4 MiB/ });
});

test('one that is compressed is refused, not inflated', async (t) => {
  const registry = await fake(t);
  registry.give('/v2/x', 'zzz', { 'Content-Encoding': 'gzip' });
  await t.throwsAsync(get(sessionAt(t, registry.host)), { message: /is compressed, which was not asked for/ });
  t.is(registry.headers[0]?.['accept-encoding'], 'identity');
});

test('a server that says nothing is given up', async (t) => {
  const registry = await fake(t);
  registry.on('/v2/x', () => {});
  const session = sessionAt(t, registry.host, undefined, { stall: 100 });
  await t.throwsAsync(get(session), { message: /it has stopped answering/ });
});

test('a byte at a time is given up', async (t) => {
  const registry = await fake(t);
  registry.on('/v2/x', (_, response) => {
    const timer = setInterval(() => response.write('x'), 20);
    response.once('close', () => clearInterval(timer));
  });
  await t.throwsAsync(get(sessionAt(t, registry.host)), { message: /it answers too slowly/ });
});

test('through a proxy, which is not asked for names of its own', async (t) => {
  const registry = await fake(t);
  const proxy = await TestProxy.start({ 'registry.test': registry.host, 'registry.test:443': registry.host });
  t.teardown(() => proxy.stop());
  registry.give('/v2/x', 'hello');
  const settings = { insecure: ['registry.test'], proxy: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } };
  t.is(await get(sessionAt(t, 'registry.test', undefined, settings)), '200 hello');
  t.deepEqual(proxy.requests, ['CONNECT registry.test:443', 'GET registry.test']);
});

test('what cannot be reached is told in words', async (t) => {
  await t.throwsAsync(get(sessionAt(t, '127.0.0.1:1')), {
    message: 'cannot reach registry 127.0.0.1:1: connection refused',
  });
  await t.throwsAsync(get(sessionAt(t, 'no.such.host.invalid')), {
    message: /^cannot reach registry no.such.host.invalid: /,
  });
});
