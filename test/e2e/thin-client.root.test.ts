import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { engineFor, PROJECT } from '../support/engine.js';

const given = engineFor(test);

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

test('a call to the daemon loads one file: no DI, no plugin, no koffi, no SQLite', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-coverage-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const main = join(PROJECT, 'dist', readFileSync(join(PROJECT, 'dist/build'), 'utf8').trim(), 'main.cjs');
  const { status } = spawnSync(process.execPath, ['--', main, 'version'], {
    env: { ...given.engine.env, NODE_V8_COVERAGE: folder },
  });
  t.is(status, 0);
  const [report = ''] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, report), 'utf8')) as Coverage;
  const files = result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  t.deepEqual(files, [`file://${main}`]);
  t.false(result.some(({ url }) => /^node:(sqlite|http|tls|child_process|worker_threads)/.test(url)));
});

test("what changes how Node runs is nothing of the caller's", async (t) => {
  const env = { NODE_OPTIONS: '--require=/nonexistent', NODE_PATH: '/nonexistent' };
  t.is((await given.engine.docker(['version', '--quiet'], { env })).code, 0);
});
