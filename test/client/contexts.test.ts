import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readContext } from '../../src/client/contexts.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-contexts-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');

/** As `docker context create` of Docker's client writes it. */
function create(name: string, docker: object): string {
  const meta = join(folder, 'contexts/meta', idOf(name));
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker } }));
  return idOf(name);
}

test("a context of Docker's client has the address", (t) => {
  create('far', { Host: 'tcp://far.example:4242', SkipTLSVerify: false });
  create('odd name', { Host: 'ssh://me@odd' });
  t.deepEqual(readContext('far', { DOCKER_CONFIG: folder }), { host: 'tcp://far.example:4242', variables: {} });
  t.like(readContext('odd name', { DOCKER_CONFIG: folder }), { host: 'ssh://me@odd' });
});

test('its certificates go along, and whether the daemon is verified', (t) => {
  for (const [name, SkipTLSVerify, verify] of [
    ['safe', false, '1'],
    ['unsafe', true, ''],
  ] as const) {
    const certificates = join(folder, 'contexts/tls', create(name, { Host: 'tcp://h:1', SkipTLSVerify }), 'docker');
    mkdirSync(certificates, { recursive: true });
    t.deepEqual(readContext(name, { DOCKER_CONFIG: folder }), {
      host: 'tcp://h:1',
      variables: { DOCKER_CERT_PATH: certificates, DOCKER_TLS: '1', DOCKER_TLS_VERIFY: verify },
    });
  }
});

test('one that is not there, or leads nowhere, is a failure', (t) => {
  create('empty', {});
  t.like(readContext('nosuch', { HOME: folder }), { kind: 'not found' });
  t.like(readContext('../empty', { DOCKER_CONFIG: folder }), { kind: 'not found' });
  t.like(readContext('empty', { DOCKER_CONFIG: folder }), { kind: 'invalid' });
});
