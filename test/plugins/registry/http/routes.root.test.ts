import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';
import { TestProxy } from '../support/proxy.js';
import { engineFor, registryFor } from '../support/scene.js';

test.serial('a certificate for another name is not trusted', async (t) => {
  const registry = await registryFor(t, { tls: true });
  const engine = await engineFor(t, false);
  const port = registry.host.split(':')[1];
  const trusting = { GANTRY_CERTS: registry.certificates };
  execFileSync('cp', [
    '-r',
    join(registry.certificates, registry.host),
    join(registry.certificates, `localhost:${port}`),
  ]);
  const { code, stderr } = await engine.docker(['pull', `localhost:${port}/app`], { env: trusting });
  t.is(code, 1);
  t.regex(stderr, /^Error: cannot trust registry localhost:\d+: its certificate is for another name \(.*\)\n$/);
  t.regex(
    (await engine.docker(['pull', `${registry.host}/app`], { env: trusting })).stderr,
    /manifest for .* not found/,
  );
});

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
  const engine = await engineFor(t, false);
  await engine.importImage('busybox');
  await engine.ok('tag', 'busybox', `${registry.host}/library/mirrored`);
  await engine.ok('push', '-q', `${registry.host}/library/mirrored`);
  const env = { GANTRY_REGISTRY_MIRRORS: `http://${registry.host}` };
  const { stdout, stderr } = await engine.docker(['pull', '-q', 'mirrored'], { env });
  t.is(stdout, 'docker.io/library/mirrored:latest\n', stderr);
});
