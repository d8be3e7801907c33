import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openRegularFile } from '../../src/host/open-regular-file.js';

test('nothing but a regular file is opened', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-open-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  writeFileSync(path('file'), 'content');
  symlinkSync('file', path('link'));
  execFileSync('mkfifo', [path('pipe')]);
  for (const other of [path('link'), path('pipe'), folder, '/dev/null']) t.is(openRegularFile(other), undefined);
  const { fd, stat } = openRegularFile(path('file')) ?? { fd: -1, stat: undefined };
  t.teardown(() => closeSync(fd));
  t.is(readFileSync(fd, 'utf8'), 'content');
  t.is(stat?.size, 7n);
  t.throws(() => openRegularFile(path('none')), { code: 'ENOENT' });
});
