import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { TextLines } from '../../../src/transport/addresses/text-lines.js';

test('all lines, whole, each time anew, whatever pieces they are read in', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-lines-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const expected = Array.from({ length: 5000 }, (_, index) => `line ${index} ${'x'.repeat(index % 97)}`);
  writeFileSync(join(folder, 'table'), expected.map((line) => `${line}\n`).join(''));
  const lines = new TextLines(openSync(join(folder, 'table'), 'r'));
  t.teardown(() => closeSync(lines.fd));
  for (let round = 0; round < 2; round++) {
    const found: string[] = [];
    await lines.each((line) => found.push(line));
    t.deepEqual(found, expected);
  }
});
