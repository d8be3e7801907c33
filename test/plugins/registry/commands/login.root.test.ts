import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { DOCKER, TestEngine } from '../../../support/engine.js';
import { PASSWORD, USER } from '../../../support/registry.js';
import { Terminal } from '../../../support/terminal.js';
import { v1Call } from '../../../support/v1-call.js';
import { engineFor, registryFor, scene } from '../support/scene.js';

test.serial('a password over TLS: asked for at a terminal, kept by the client alone', async (t) => {
  const registry = await registryFor(t, { auth: 'htpasswd', tls: true });
  const engine = new TestEngine();
  t.teardown(() => engine.destroy());
  const env = { ...engine.env, GANTRY_CERTS: registry.certificates };
  Object.defineProperty(engine, 'env', { value: env });
  await engine.importImage('busybox');
  await engine.startDaemon('-D');
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

  // The login goes with the client's own process.
  t.is((await engine.docker(['push', '-q', `${registry.host}/app:1`])).code, 0);
  await engine.ok('rmi', `${registry.host}/app:1`);
  t.is((await engine.docker(['pull', '-q', `${registry.host}/app:1`])).code, 0);
  const again = await engine.docker(['login', registry.host]);
  t.regex(again.stdout, /Authenticating with existing credentials/);
  const secrets = [PASSWORD, Buffer.from(`${USER}:${PASSWORD}`).toString('base64')];
  for (const secret of secrets) t.false(engine.daemonLog().includes(secret));
  for (const secret of secrets) t.false(readFileSync(join(engine.root, 'gantry.db')).includes(secret));

  const { stdout } = await engine.docker(['logout', registry.host]);
  t.is(stdout, `Removing login credentials for ${registry.host}\n`);
  t.is((await engine.docker(['pull', `${registry.host}/app:1`])).code, 1);
});

test.serial('tokens: for each scope one, with a login where one is needed', async (t) => {
  const registry = await registryFor(t, { auth: 'token' });
  const engine = await engineFor(t, true, 'busybox');
  await engine.ok('tag', 'busybox', `${registry.host}/app:1`);
  t.is((await engine.docker(['push', `${registry.host}/app:1`])).code, 1);
  const login = await engine.docker(['login', '-u', USER, '--password-stdin', registry.host], { input: PASSWORD });
  t.is(login.code, 0, login.stderr);
  const before = registry.scopes.length;
  t.is((await engine.docker(['push', '-q', `${registry.host}/app:1`])).code, 0);
  t.deepEqual(registry.scopes.slice(before), ['repository:app:pull,push']);
  t.is((await engine.docker(['logout', registry.host])).code, 0);
  await engine.ok('pull', '-q', `${registry.host}/app:1`);
  const wrong = await engine.docker(['login', '-u', USER, '--password-stdin', registry.host], { input: 'wrong' });
  t.regex(wrong.stderr, /incorrect username or password/);

  // A client of 2013 keeps no login: the daemon does, for it alone.
  const old = (argv: readonly string[], input?: string) => v1Call(engine.socket, argv, input);
  t.regex(await old(['push', `${registry.host}/app`]), /^Error: /m);
  const answers = `${USER}\n${PASSWORD}\nken@example.com\n`;
  t.regex(
    await old(['login', registry.host], answers),
    /Username \(\): ken.*Password: .*Email \(\): .*Login Succeeded/s,
  );
  const kept = join(engine.root, 'logins/config.json');
  t.is(statSync(kept).mode & 0o777, 0o600);
  t.is(statSync(join(engine.root, 'logins')).mode & 0o777, 0o700);
  t.notRegex(await old(['push', `${registry.host}/app`]), /^Error: /m);
  t.is((await engine.docker(['push', `${registry.host}/app:1`])).code, 1);
});

test.serial('no process shows a login while it is used', async (t) => {
  const { engine, registry, name } = await scene(t);
  const auth = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
  mkdirSync(join(engine.root, '.docker'));
  writeFileSync(join(engine.root, '.docker/config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
  const shown: string[] = [];
  registry.on('/v2/app/manifests/1', ({ headers }, response) => {
    if (headers.authorization !== `Basic ${auth}`) {
      return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="r"' }).end();
    }
    for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)) {
      for (const file of ['cmdline', 'environ']) shown.push(textOf(`/proc/${pid}/${file}`));
    }
    response.writeHead(404).end();
  });
  await engine.startDaemon();
  const { stderr } = await engine.docker(['pull', name]);
  t.regex(stderr, /manifest for \S+ not found/);
  t.true(shown.some((text) => text.includes(engine.root)));
  for (const secret of [PASSWORD, auth]) t.false(shown.some((text) => text.includes(secret)));
});

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

test.serial('what contradicts itself is refused', async (t) => {
  const engine = await engineFor(t);
  for (const [args, said] of [
    [['-p', 'x', '-u', 'ken', '--password-stdin'], '--password and --password-stdin are mutually exclusive'],
    [['--password-stdin'], 'Must provide --username with --password-stdin'],
    [['-u', 'ken'], 'Cannot perform an interactive login from a non TTY device'],
  ] as const) {
    const { code, stderr } = await engine.docker(['login', ...args, 'r.example'], { input: 'secret' });
    t.is(code, 125);
    t.true(stderr.includes(said), stderr);
  }
});
