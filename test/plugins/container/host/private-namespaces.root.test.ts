import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { mount } from '../../../../src/host/index.js';
import { inPrivateNamespaces } from '../../../../src/plugins/container/host/private-namespaces.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-ns-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const namespaces = () => ['mnt', 'net'].map((kind) => readlinkSync(`/proc/thread-self/ns/${kind}`));

test('what is mounted in there is seen by what is spawned in there, and by nobody else', (t) => {
  const target = join(folder, 'target');
  mkdirSync(target);
  const before = namespaces();
  const listing = inPrivateNamespaces({ network: true }, () => {
    mount('none', target, 'tmpfs', 0, null);
    writeFileSync(join(target, 'inside'), '');
    return execFileSync('ls', [target, '/sys/class/net'], { encoding: 'utf8' });
  });
  t.regex(listing, /inside/);
  t.deepEqual(namespaces(), before);
  t.false(existsSync(join(target, 'inside')));
  t.false(readFileSync('/proc/self/mounts', 'utf8').includes(target));
});

test('the thread comes back when the work throws', (t) => {
  const before = namespaces();
  t.throws(
    () =>
      inPrivateNamespaces({ network: true }, () => {
        throw new Error('in there');
      }),
    { message: 'in there' },
  );
  t.deepEqual(namespaces(), before);
});

test.serial('a working folder that is gone is no failure, and the thread comes back', (t) => {
  const before = { folder: process.cwd(), namespaces: namespaces() };
  t.teardown(() => process.chdir(before.folder));
  const gone = mkdtempSync(join(tmpdir(), 'gantry-gone-'));
  process.chdir(gone);
  rmSync(gone, { recursive: true });
  t.is(
    inPrivateNamespaces({ network: false }, () => 'done'),
    'done',
  );
  t.deepEqual(namespaces(), before.namespaces);
  t.is(process.cwd(), '/');
});
