import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { FileAuthConfig } from '../../../src/plugins/auth/auth-config.js';

const REGISTRY = 'registry.example:5000';
const ken = { username: 'ken', password: 'test' };
const config = new FileAuthConfig();

function folder(t: ExecutionContext): string {
  const made = mkdtempSync(join(tmpdir(), 'gantry-auth-'));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('a login is saved for its owner alone, and read back', async (t) => {
  const home = join(folder(t), '.docker');
  const file = join(home, 'config.json');
  t.is(await config.load(file, REGISTRY), undefined);
  await config.save(file, REGISTRY, ken);
  t.deepEqual(await config.load(file, REGISTRY), ken);
  t.is(await config.load(file, 'other.example'), undefined);
  t.is(await config.load(file, 'constructor'), undefined);
  t.is(statSync(file).mode & 0o777, 0o600);
  t.deepEqual(readdirSync(home), ['config.json']);
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { auths: { [REGISTRY]: { auth: 'a2VuOnRlc3Q=' } } });
});

test('what else stands in the file stays, and a file open to others is closed', async (t) => {
  const file = join(folder(t), 'config.json');
  const before = {
    credsStore: 'pass',
    auths: { [REGISTRY]: { auth: 'eA==', email: 'k@example' }, b: { auth: 'Yjpj' } },
  };
  writeFileSync(file, JSON.stringify(before), { mode: 0o644 });
  await config.save(file, REGISTRY, ken);
  const entry = { auth: 'a2VuOnRlc3Q=', email: 'k@example' };
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { ...before, auths: { ...before.auths, [REGISTRY]: entry } });
  t.is(statSync(file).mode & 0o777, 0o600);
});

test('a login is removed, the others stay', async (t) => {
  const file = join(folder(t), 'config.json');
  await config.save(file, REGISTRY, ken);
  await config.save(file, 'b', ken);
  await config.save(file, REGISTRY, undefined);
  t.is(await config.load(file, REGISTRY), undefined);
  t.deepEqual(await config.load(file, 'b'), ken);
});

test('a linked file is rewritten where it lies', async (t) => {
  const home = folder(t);
  writeFileSync(join(home, 'real.json'), '{}');
  symlinkSync('real.json', join(home, 'config.json'));
  await config.save(join(home, 'config.json'), REGISTRY, ken);
  t.regex(readFileSync(join(home, 'real.json'), 'utf8'), /a2VuOnRlc3Q=/);
});

for (const text of ['[]', '{"auths":', '"x"']) {
  test(`a file that holds '${text}' is refused and kept`, async (t) => {
    const file = join(folder(t), 'config.json');
    writeFileSync(file, text);
    t.like(await t.throwsAsync(config.load(file, REGISTRY)), { kind: 'invalid' });
    t.like(await t.throwsAsync(config.save(file, REGISTRY, ken)), { kind: 'invalid' });
    t.is(readFileSync(file, 'utf8'), text);
  });
}

test('an empty file has no logins, and takes one', async (t) => {
  const file = join(folder(t), 'config.json');
  writeFileSync(file, '\n');
  t.is(await config.load(file, REGISTRY), undefined);
  await config.save(file, REGISTRY, ken);
  t.deepEqual(await config.load(file, REGISTRY), ken);
});
