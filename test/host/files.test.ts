import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { ifThere, namesIn, textOf } from '../../src/host/files.js';

test('what is not there is undefined; what cannot be looked at is an error, or nothing where nothing depends on it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-files-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [file, missing] = [join(folder, 'file'), join(folder, 'missing')];
  writeFileSync(file, 'text');
  t.is(
    ifThere(() => readFileSync(file, 'utf8')),
    'text',
  );
  t.is(
    ifThere(() => readFileSync(missing)),
    undefined,
  );
  t.throws(() => ifThere(() => readFileSync(folder)), { code: 'EISDIR' });
  t.throws(() => ifThere(() => readdirSync(file)), { code: 'ENOTDIR' });
  t.deepEqual([textOf(file), textOf(missing), textOf(folder)], ['text', undefined, undefined]);
  t.deepEqual([namesIn(folder), namesIn(missing), namesIn(file)], [['file'], [], []]);
});
