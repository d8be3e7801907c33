import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { TestProxy } from '../plugins/registry/support/proxy.js';
import { DOCKER, TestEngine } from '../support/engine.js';
import { PASSWORD, RealRegistry, type RegistryOptions, USER } from '../support/registry.js';
import { Terminal } from '../support/terminal.js';

async function engineFor(t: ExecutionContext, withDaemon = true): Promise<TestEngine> {
  const engine = new TestEngine();
  t.teardown(() => engine.destroy());
  if (withDaemon) await engine.startDaemon();
  return engine;
}

async function registryFor(t: ExecutionContext, options: RegistryOptions = {}): Promise<RealRegistry> {
  const registry = await RealRegistry.start(options);
  t.teardown(() => registry.stop());
  return registry;
}

function scratch(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-interop-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const skopeo = (...args: string[]): string =>
  execFileSync('skopeo', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const digestIn = (output: string): string | undefined => /sha256:[0-9a-f]{64}/.exec(output)?.[0];
const digestAt = (name: string): string =>
  skopeo('inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${name}`).trim();

test.serial('push, push again, mount, pull, run; the digest stays from registry to registry', async (t) => {
  const [first, second, third] = [await registryFor(t), await registryFor(t), await registryFor(t)];
  const engine = await engineFor(t);
  await engine.importImage('busybox');
  await engine.ok('tag', 'busybox', `${first.host}/app:1`);
  const pushed = await engine.ok('push', `${first.host}/app:1`);
  t.regex(pushed, /: Pushed\n1: digest: sha256:[0-9a-f]{64} size: \d+$/);
  t.regex(await engine.ok('push', `${first.host}/app:1`), /: Layer already exists\n/);
  await engine.ok('tag', 'busybox', `${first.host}/team/other`);
  t.regex(await engine.ok('push', `${first.host}/team/other`), /: Mounted from app\n/);
  const digest = digestIn(pushed) ?? '';
  const others = [await engineFor(t), await engineFor(t)];
  for (const [index, [from, to]] of [
    [first, second],
    [second, third],
  ].entries() as ArrayIterator<[number, [RealRegistry, RealRegistry]]>) {
    const other = others[index] as TestEngine;
    await other.ok('pull', `${from.host}/app:1`);
    await other.ok('tag', `${from.host}/app:1`, `${to.host}/app:1`);
    t.is(digestIn(await other.ok('push', `${to.host}/app:1`)), digest);
    t.is(digestAt(`${to.host}/app:1`), digest);
  }
  const { code, stdout, stderr } = await engine.docker([
    'run',
    '--rm',
    '--pull',
    'always',
    `${third.host}/app:1`,
    'echo',
    'hi',
  ]);
  t.deepEqual([code, stdout], [0, 'hi\n'], stderr);
  t.is(await engine.ok('pull', '-q', `${third.host}/app@${digest}`), `${third.host}/app@${digest}`);
});

for (const compression of ['gzip', 'zstd']) {
  test.serial(
    `an image that podman has built (${compression}): pulled, run, pushed with the same digest`,
    async (t) => {
      const [registry, other, engine, folder] = [
        await registryFor(t),
        await registryFor(t),
        await engineFor(t),
        scratch(t),
      ];
      const podman = (...args: string[]): string =>
        execFileSync('podman', ['--root', `${folder}/root`, '--runroot', `${folder}/run`, ...args], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        });
      const busybox = execFileSync('sh', ['scripts/image.sh', 'busybox'], { encoding: 'utf8' }).trim();
      podman('import', '-c', 'CMD ["/bin/echo","from podman"]', busybox, 'made');
      podman(
        'push',
        '-q',
        '--tls-verify=false',
        '--compression-format',
        compression,
        'made',
        `${registry.host}/made:1`,
      );
      t.is(await engine.ok('run', '--rm', '-q', `${registry.host}/made:1`), 'from podman');
      await engine.ok('tag', `${registry.host}/made:1`, `${other.host}/again:1`);
      await engine.ok('push', '-q', `${other.host}/again:1`);
      t.is(digestAt(`${other.host}/again:1`), digestAt(`${registry.host}/made:1`));
      // And back: what was pushed runs there too.
      podman('pull', '-q', '--tls-verify=false', `${other.host}/again:1`);
      t.regex(podman('images'), /again/);
    },
  );
}

test.serial('what was made here is read by skopeo, layer by layer', async (t) => {
  const [registry, engine, folder] = [await registryFor(t), await engineFor(t), scratch(t)];
  await engine.importImage('busybox');
  await engine.ok('run', '--name', 'maker', '--network', 'none', 'busybox', 'touch', '/new');
  await engine.ok('commit', 'maker', `${registry.host}/made:1`);
  await engine.ok('push', '-q', `${registry.host}/made:1`);
  skopeo('copy', '-q', '--src-tls-verify=false', `docker://${registry.host}/made:1`, `oci:${folder}/made:1`);
  const index = JSON.parse(readFileSync(`${folder}/made/index.json`, 'utf8')) as { manifests: { digest: string }[] };
  t.is(index.manifests[0]?.digest, digestAt(`${registry.host}/made:1`));
  const fresh = await engineFor(t);
  t.is(await fresh.ok('run', '--rm', '-q', '--network', 'none', `${registry.host}/made:1`, 'ls', '/new'), '/new');
});

test.serial('a password over TLS: asked for at a terminal, kept by the client alone', async (t) => {
  const registry = await registryFor(t, { auth: 'htpasswd', tls: true });
  const engine = new TestEngine();
  t.teardown(() => engine.destroy());
  const env = { ...engine.env, GANTRY_CERTS: registry.certificates };
  Object.defineProperty(engine, 'env', { value: env });
  await engine.startDaemon('-D');
  await engine.importImage('busybox');
  await engine.ok('tag', 'busybox', `${registry.host}/app:1`);
  const refused = await engine.docker(['push', `${registry.host}/app:1`]);
  t.regex(refused.stderr, /no basic auth credentials \(Try 'docker login 127\.0\.0\.1:\d+'\)/);
  const wrong = await engine.docker(['login', '-u', USER, '--password-stdin', registry.host], { input: 'wrong\n' });
  t.deepEqual([wrong.code, wrong.stdout], [1, '']);
  t.regex(wrong.stderr, /unauthorized/);

  const terminal = new Terminal(DOCKER, ['login', registry.host], env);
  await terminal.sees(/Username: /);
  terminal.type(`${USER}\r`);
  await terminal.sees(/Password: /);
  terminal.type(`x\x7f${PASSWORD}\r`);
  await terminal.sees(/stored unencrypted in/);
  await terminal.sees(/Login Succeeded/);
  t.is(await terminal.exit, 0);
  const config = join(engine.root, '.docker/config.json');
  t.is(statSync(config).mode & 0o777, 0o600);

  await engine.ok('push', '-q', `${registry.host}/app:1`);
  await engine.ok('rmi', `${registry.host}/app:1`);
  await engine.ok('pull', '-q', `${registry.host}/app:1`);
  t.regex(await engine.ok('login', registry.host), /Authenticating with existing credentials/);
  const secrets = [PASSWORD, Buffer.from(`${USER}:${PASSWORD}`).toString('base64')];
  for (const secret of secrets) t.false(engine.daemonLog().includes(secret));
  for (const secret of secrets) t.false(readFileSync(join(engine.root, 'gantry.db')).includes(secret));

  t.is(await engine.ok('logout', registry.host), `Removing login credentials for ${registry.host}`);
  t.is((await engine.docker(['pull', `${registry.host}/app:1`])).code, 1);
});

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

test.serial('tokens: for each scope one, with a login where one is needed', async (t) => {
  const registry = await registryFor(t, { auth: 'token' });
  const engine = await engineFor(t, false);
  await engine.importImage('busybox');
  await engine.ok('tag', 'busybox', `${registry.host}/app:1`);
  t.is((await engine.docker(['push', `${registry.host}/app:1`])).code, 1);
  const login = await engine.docker(['login', '-u', USER, '--password-stdin', registry.host], { input: PASSWORD });
  t.is(login.code, 0, login.stderr);
  const before = registry.scopes.length;
  await engine.ok('push', '-q', `${registry.host}/app:1`);
  t.deepEqual(registry.scopes.slice(before), ['repository:app:pull,push']);
  await engine.ok('logout', registry.host);
  await engine.ok('pull', '-q', `${registry.host}/app:1`);
  const wrong = await engine.docker(['login', '-u', USER, '--password-stdin', registry.host], { input: 'wrong' });
  t.regex(wrong.stderr, /incorrect username or password/);
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

test.serial('all tags', async (t) => {
  const registry = await registryFor(t);
  const engine = await engineFor(t, false);
  await engine.importImage('busybox');
  for (const tag of ['1', '2']) await engine.ok('tag', 'busybox', `${registry.host}/app:${tag}`);
  await engine.ok('push', '-qa', `${registry.host}/app`);
  await engine.ok('rmi', `${registry.host}/app:1`, `${registry.host}/app:2`);
  t.is(await engine.ok('pull', '-qa', `${registry.host}/app`), `${registry.host}/app:1\n${registry.host}/app:2`);
  t.regex(await engine.ok('search', `${registry.host}/ap`), new RegExp(`^${registry.host}/app `, 'm'));
});
