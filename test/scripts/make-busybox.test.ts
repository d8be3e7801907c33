import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';

const script = join(import.meta.dirname, '../../../scripts/make-busybox.sh');

test('the same busybox gives the same bytes, and nothing half-made stays', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-busybox-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const tars = ['one.tar', 'two.tar'].map((name) => join(folder, name));
  for (const tar of tars) execFileSync('sh', [script, tar]);
  const [one, two] = await Promise.all(tars.map((tar) => readFile(tar)));
  t.true(one && two?.equals(one));
  t.deepEqual((await readdir(folder)).toSorted(), ['one.tar', 'two.tar']);
});

test('the image knows root and daemon, and every applet leads to busybox', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-busybox-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const tar = join(folder, 'busybox.tar');
  execFileSync('sh', [script, tar]);
  const read = (path: string) => execFileSync('tar', ['-xOf', tar, path], { encoding: 'utf8' });
  t.regex(read('./etc/passwd'), /^root:x:0:0:.*\ndaemon:x:1:1:/);
  t.regex(read('./etc/group'), /^root:x:0:\ndaemon:x:1:\n/);
  const list = execFileSync('tar', ['-tvf', tar], { encoding: 'utf8' });
  for (const applet of ['bin/sh', 'bin/cat', 'bin/ls', 'bin/true', 'bin/false', 'usr/bin/id', 'usr/bin/env']) {
    t.regex(list, new RegExp(` 0/0 .* \\./${applet} -> /bin/busybox\\n`));
  }
});
