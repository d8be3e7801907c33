import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { StoredLogins } from '../../../src/plugins/auth/stored-logins.js';

const SERVER = 'registry.example:5000';
const HUB = 'https://index.docker.io/v1/';
const ken = { username: 'ken', password: 'pa:ss wörd' };
const AUTH = Buffer.from('ken:pa:ss wörd').toString('base64');

interface Home {
  readonly folder: string;
  readonly config: string;
  readonly logins: StoredLogins;
  json(): Record<string, unknown>;
  /** A helper that is a shell script. */
  helper(name: string, script: string): void;
}

function home(t: ExecutionContext, config?: unknown): Home {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-logins-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, '.docker/config.json');
  mkdirSync(join(folder, '.docker'));
  if (config) writeFileSync(file, JSON.stringify(config));
  return {
    folder,
    config: file,
    logins: new StoredLogins({ HOME: folder, PATH: `${folder}:${process.env['PATH']}` }),
    json: () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>,
    helper(name, script) {
      writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\ncd ${folder}\n${script}\n`);
      chmodSync(join(folder, `docker-credential-${name}`), 0o755);
    },
  };
}

test('in the file, as Docker has it', async (t) => {
  const { logins, json, config } = home(t);
  t.is(await logins.get(SERVER), undefined);
  t.is(await logins.set(SERVER, ken), config);
  t.deepEqual(json(), { auths: { [SERVER]: { auth: AUTH } } });
  t.deepEqual(await logins.get(SERVER), ken);
  t.true(await logins.erase(SERVER));
  t.false(await logins.erase(SERVER));
  t.deepEqual(json(), { auths: {} });
});

test('an identity token', async (t) => {
  const { logins, json } = home(t);
  const login = { username: 'ken', password: '', identityToken: 'tok' };
  await logins.set(SERVER, login);
  t.deepEqual(json(), { auths: { [SERVER]: { auth: 'a2VuOg==', identitytoken: 'tok' } } });
  t.deepEqual(await logins.get(SERVER), login);
});

test('keys of old files are addresses', async (t) => {
  const { logins } = home(t, { auths: { [`https://${SERVER}/v1/`]: { auth: AUTH }, [HUB]: { auth: 'YTpi' } } });
  t.deepEqual(await logins.get(SERVER), ken);
  t.deepEqual(await logins.get(HUB), { username: 'a', password: 'b' });
  t.is(await logins.get('registry.example'), undefined);
});

test('a file with secrets becomes its owner’s alone when it is read', async (t) => {
  const { logins, config } = home(t, { auths: { [SERVER]: { auth: AUTH } } });
  chmodSync(config, 0o644);
  await logins.get(SERVER);
  t.is(statSync(config).mode & 0o777, 0o600);
});

test('the old .dockercfg is read where there is nothing newer', async (t) => {
  const { logins, folder, config } = home(t);
  writeFileSync(
    join(folder, '.dockercfg'),
    JSON.stringify({ [`https://${SERVER}/v1/`]: { auth: AUTH, email: 'k@x' } }),
  );
  t.deepEqual(await logins.get(SERVER), ken);
  t.true(await logins.erase(SERVER));
  t.is(await logins.get(SERVER), undefined);
  writeFileSync(config, '{}');
  t.is(await logins.get(SERVER), undefined);
});

const KEEPER = `case $1 in
  get) read -r server; if [ -f kept ]; then cat kept; else echo 'credentials not found in native keychain'; exit 1; fi ;;
  store) cat >kept ;;
  erase) cat >erased; rm -f kept ;;
esac`;

test('a helper keeps it, and the file only says that there is one', async (t) => {
  const { logins, json, helper, folder } = home(t, { credsStore: 'keeper' });
  helper('keeper', KEEPER);
  t.is(await logins.get(SERVER), undefined);
  t.is(await logins.set(SERVER, ken), undefined);
  t.deepEqual(JSON.parse(readFileSync(join(folder, 'kept'), 'utf8')), {
    ServerURL: SERVER,
    Username: 'ken',
    Secret: ken.password,
  });
  t.deepEqual(json(), { credsStore: 'keeper', auths: { [SERVER]: {} } });
  t.deepEqual(await logins.get(SERVER), ken);
  t.true(await logins.erase(SERVER));
  t.is(readFileSync(join(folder, 'erased'), 'utf8'), SERVER);
  t.is(await logins.get(SERVER), undefined);
});

test('a helper keeps identity tokens under a name of their own', async (t) => {
  const { logins, helper } = home(t, { credHelpers: { [SERVER]: 'keeper' } });
  helper('keeper', KEEPER);
  await logins.set(SERVER, { ...ken, identityToken: 'tok' });
  t.deepEqual(await logins.get(SERVER), { username: '', password: '', identityToken: 'tok' });
});

test('each registry may have its own helper', async (t) => {
  const { logins, helper } = home(t, { credsStore: 'none', credHelpers: { [SERVER]: 'one' } });
  helper('one', `echo '{"Username":"a","Secret":"b"}'`);
  t.deepEqual(await logins.get(SERVER), { username: 'a', password: 'b' });
  t.is(await logins.get('other'), undefined);
  await t.throwsAsync(logins.set('other', ken), {
    message: 'docker-credential-none store: there is no such program in PATH',
  });
});

test('a helper in a relative folder of PATH is not run', async (t) => {
  const { folder, helper } = home(t, { credsStore: 'near' });
  helper('near', `touch ran; echo '{"Username":"a","Secret":"b"}'`);
  for (const path of [relative(process.cwd(), folder), '', '.']) {
    const logins = new StoredLogins({ HOME: folder, PATH: `${path}:/usr/bin` });
    t.is(await logins.get(SERVER), undefined);
  }
  t.throws(() => statSync(join(folder, 'ran')));
});

const SECRET = 'hunter2';
const bad = test.macro(async (t, script: string, message?: RegExp) => {
  const { logins, config, helper } = home(t, { credsStore: 'bad', auths: {} });
  helper('bad', script);
  t.is(await logins.get(SERVER), undefined, 'as where nobody has logged in');
  if (message) {
    const error = await t.throwsAsync(logins.set(SERVER, ken));
    t.regex(error.message, message);
    t.false(error.message.includes(SECRET));
  }
  writeFileSync(config, JSON.stringify({ credsStore: 'bad', auths: { [SERVER]: { auth: AUTH } } }));
  t.deepEqual(await logins.get(SERVER), ken);
});
test('a helper that fails', bad, `echo ${SECRET}; echo ${SECRET} >&2; exit 3`, /bad store failed \(exit code 3\)$/);
test('a helper that talks', bad, `echo ${SECRET}`);
test('a helper with half an answer', bad, `echo '{"Username":"${SECRET}"}'`);
test('a helper with an empty answer', bad, `echo '{"ServerURL":"","Username":"","Secret":""}'`);
test('a helper without end', bad, `yes ${SECRET}`, /answers with more than 1 MiB$/);

test('user and password apart, as in secrets of Kubernetes', async (t) => {
  const { logins } = home(t, {
    auths: {
      [SERVER]: { username: 'ken', password: ken.password },
      [HUB]: { username: 'x', password: 'y', auth: AUTH },
    },
  });
  t.deepEqual(await logins.get(SERVER), ken);
  t.deepEqual(await logins.get(HUB), ken, 'what Docker writes itself counts more');
});

for (const name of ['../evil', 'a/b', '-x', 'a b', 'x;id']) {
  test(`'${name}' is no helper`, async (t) => {
    await t.throwsAsync(home(t, { credsStore: name }).logins.get(SERVER), {
      message: /is no name of a credential helper/,
    });
  });
}
