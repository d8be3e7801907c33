import test from 'ava';
import { TestEngine } from '../../../support/engine.js';
import { Authority, type Certificate } from '../support/authority.js';
import { FakeRegistry } from '../support/fake-registry.js';
import { makeImage } from '../support/images.js';
import { TestProxy } from '../support/proxy.js';
import { engineFor, registryFor } from '../support/scene.js';

const untrusted = test.macro(
  async (t, issue: (authority: Authority, stranger: Authority) => Certificate, why: string) => {
    const authority = new Authority(t);
    const registry = await FakeRegistry.start(issue(authority, new Authority(t)));
    t.teardown(() => registry.stop());
    registry.image('app', '1', makeImage([Buffer.from('x')]));
    const engine = await engineFor(t, false);
    const env = { GANTRY_CERTS: authority.trusting(registry.host) };
    const { code, stdout, stderr } = await engine.docker(['pull', '-q', `${registry.host}/app:1`], { env });
    t.deepEqual([code, stdout], [1, '']);
    t.is(
      stderr,
      `Error: cannot trust registry ${registry.host}: its certificate ${why.replace('HOST', registry.host)}\n`,
    );
    t.deepEqual(registry.requests, []);
  },
);

const HINT = "(Put the authority's certificate into /etc/gantry/certs.d/HOST/ca.crt)";
const HERE = 'IP:127.0.0.1';
test.serial('expired', untrusted, (authority) => authority.issue(HERE, { days: -1 }), 'has expired');
test.serial('another name', untrusted, (authority) => authority.issue('IP:127.0.0.2'), 'is for another name');
test.serial(
  'signed by itself',
  untrusted,
  (authority) => authority.issue(HERE, { signed: false }),
  `is signed by itself alone ${HINT}`,
);
test.serial(
  'an authority that nobody knows',
  untrusted,
  (_, stranger) => stranger.issue(HERE),
  `is signed by an unknown authority ${HINT}`,
);

test.serial(
  'certificates of certs.d: an authority is trusted, and a certificate shown where one is asked for',
  async (t) => {
    const authority = new Authority(t);
    const registry = await FakeRegistry.start({
      ...authority.issue(HERE),
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    });
    t.teardown(() => registry.stop());
    registry.image('app', '1', makeImage([Buffer.from('x')]));
    const engine = await engineFor(t, false);
    const pull = (certs: string) =>
      engine.docker(['pull', '-q', `${registry.host}/app:1`], { env: { GANTRY_CERTS: certs } });
    const without = await pull(authority.trusting(registry.host));
    t.is(without.code, 1);
    t.regex(without.stderr, /^Error: cannot reach registry 127\S+: it asks for a certificate of ours \([^\n]+\)\n$/);
    const { code, stderr } = await pull(authority.trusting(registry.host, authority.issue('DNS:client')));
    t.is(code, 0, stderr);
  },
);

test.serial('through a proxy', async (t) => {
  const registry = await registryFor(t);
  const proxy = await TestProxy.start({ 'registry.test:5000': registry.host });
  t.teardown(() => proxy.stop());
  const engine = await engineFor(t, false);
  const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, GANTRY_INSECURE_REGISTRIES: 'registry.test:5000' };
  await engine.importImage('busybox');
  await engine.ok('tag', 'busybox', 'registry.test:5000/app');
  for (const line of [
    'push -q registry.test:5000/app',
    'pull registry.test:5000/app',
    'search registry.test:5000/ap',
  ]) {
    const { code, stderr } = await engine.docker(line.split(' '), { env });
    t.is(code, 0, stderr);
  }
  t.true(proxy.requests.includes('CONNECT registry.test:5000'));
  t.true(proxy.requests.includes('PUT registry.test:5000'));
});

test.serial('a mirror is asked before Docker Hub', async (t) => {
  const registry = await registryFor(t);
  const engine = await engineFor(t, true, 'busybox');
  await engine.ok('tag', 'busybox', `${registry.host}/library/mirrored`);
  await engine.ok('push', '-q', `${registry.host}/library/mirrored`);
  await engine.stopDaemon();
  const env = { GANTRY_REGISTRY_MIRRORS: `http://${registry.host}` };
  const { stdout, stderr } = await engine.docker(['pull', '-q', 'mirrored'], { env });
  t.is(stdout, 'docker.io/library/mirrored:latest\n', stderr);
});

test.serial('what NO_PROXY names is asked for without the proxy', async (t) => {
  const proxy = await TestProxy.start({});
  t.teardown(() => proxy.stop());
  const engine = await engineFor(t, false);
  const env = { HTTPS_PROXY: proxy.url, https_proxy: '', NO_PROXY: '.invalid' };
  const direct = await engine.docker(['pull', 'registry.invalid/app'], { env });
  t.regex(direct.stderr, /^Error: cannot reach registry registry\.invalid: (?!the proxy)[^\n]+\n$/);
  t.deepEqual(proxy.requests, []);
  await engine.docker(['pull', 'registry.invalid/app'], { env: { ...env, NO_PROXY: 'other.invalid' } });
  t.is(proxy.requests[0], 'CONNECT registry.invalid:443');
});

test.serial('a mirror that has it not, or lies, is passed over', async (t) => {
  const mirror = await FakeRegistry.start();
  t.teardown(() => mirror.stop());
  const engine = await engineFor(t, false);
  // Docker Hub itself cannot be reached from here, and is asked next.
  const proxy = await TestProxy.start({});
  t.teardown(() => proxy.stop());
  const env = { GANTRY_REGISTRY_MIRRORS: `http://${mirror.host}`, HTTPS_PROXY: proxy.url };
  const { code, stderr } = await engine.docker(['pull', 'nothing'], { env });
  t.is(code, 1);
  t.regex(stderr, /^Error: [^\n]*registry-1\.docker\.io[^\n]*\n$/);
  t.true(mirror.requests.includes('GET /v2/library/nothing/manifests/latest'));
  t.true(proxy.requests.includes('CONNECT registry-1.docker.io:443'));
});

test.serial('a mirror that says nothing is waited for once, and then left alone', async (t) => {
  const mirror = await FakeRegistry.start();
  t.teardown(() => mirror.stop());
  mirror.on('/v2/library/nothing/manifests/latest', () => {});
  const proxy = await TestProxy.start({});
  t.teardown(() => proxy.stop());
  const env = {
    GANTRY_REGISTRY_MIRRORS: `http://${mirror.host}`,
    HTTPS_PROXY: proxy.url,
    GANTRY_REGISTRY_TIMEOUT: '1',
  };
  const engine = new TestEngine(env);
  t.teardown(() => engine.destroy());
  await engine.startDaemon();
  for (const _ of [1, 2]) t.is((await engine.quick(['pull', 'nothing'])).code, 1);
  // An address with http is not tried with TLS.
  t.deepEqual(mirror.requests, ['GET /v2/library/nothing/manifests/latest']);
});

test.serial('a mirror with a path is refused in words', async (t) => {
  const engine = await engineFor(t, false);
  const env = { GANTRY_REGISTRY_MIRRORS: 'http://127.0.0.1:1/proxy' };
  const { code, stderr } = await engine.docker(['pull', 'nothing'], { env });
  t.is(code, 125);
  t.regex(stderr, /^[^\n]*GANTRY_REGISTRY_MIRRORS: a mirror is [^\n]+ without a path or login\n/);
});
