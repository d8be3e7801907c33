import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { appendingTo } from '../../src/daemon/daemon-log.js';

test('two files of a bounded size hold the newest lines, whatever was there', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-daemon-log-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'daemon.log');
  for (const process of ['first', 'second']) {
    const append = appendingTo(path, 50);
    for (let line = 0; line < 5; line++) append(`${process} ${line}\n`);
  }
  t.deepEqual(readdirSync(folder).sort(), ['daemon.log', 'daemon.log.1']);
  for (const name of readdirSync(folder)) t.true(statSync(join(folder, name)).size <= 50);
  const lines = readFileSync(`${path}.1`, 'utf8') + readFileSync(path, 'utf8');
  t.regex(lines, /^first 4\nsecond 0\n(.*\n)*second 4\n$/m);
});

test('a line that could not be written comes with the next one', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-daemon-log-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'missing/daemon.log');
  const append = appendingTo(path, 500);
  t.throws(() => append('one\n'), { code: 'ENOENT' });
  mkdirSync(join(folder, 'missing'));
  append('two\n');
  append('three\n');
  t.is(readFileSync(path, 'utf8'), 'one\ntwo\nthree\n');
});
