import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { removeTree } from '../../../src/host/files/deep-paths.js';
import { folderSize } from '../../../src/host/files/folder-size.js';

test('folders that are nested deeper than a path can say are measured and deleted', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'gantry-deep-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const nest = `const { mkdirSync, writeFileSync } = require('node:fs');
    for (let level = 0; level < 30; level++) { mkdirSync('n'.repeat(200)); process.chdir('n'.repeat(200)); }
    writeFileSync('file', Buffer.alloc(1_000_000, 1));`;
  execFileSync(process.execPath, ['-e', nest], { cwd: root });
  t.true((await folderSize(root)) >= 1_000_000);
  await removeTree(root);
  t.false(existsSync(root));
});
