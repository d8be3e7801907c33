import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Result, TestEngine } from '../../../support/engine.js';

/** Runs the tests of a folder with these files, in a process that has no engine. */
async function run(t: ExecutionContext, files: Readonly<Record<string, string>>, ...args: string[]): Promise<Result> {
  const engine = new TestEngine();
  const folder = mkdtempSync(join(tmpdir(), 'gantry-author-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true });
    rmSync(engine.root, { recursive: true });
  });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const env = { GANTRY_ROOT: '/proc/no/such/root' };
  return engine.docker(['plugin', 'test', ...args], { cwd: folder, env });
}

const HEAD = `import test from 'node:test';\nimport assert from 'node:assert/strict';\n`;

test('a test that fails is shown with its line, and the exit code is 1', async (t) => {
  const { code, stdout } = await run(t, {
    'a.test.ts': `${HEAD}interface Unused { a: string }\ntest('sums', () => {\n  assert.equal(1 + 1, 3);\n});\n`,
  });
  t.is(code, 1);
  t.regex(stdout, /✖ sums/);
  t.regex(stdout, /a\.test\.ts:5:10/);
});

test('what does not compile, or imports what gantry does not have, is told with its place', async (t) => {
  const broken = await run(t, { 'a.test.ts': 'const = 1;' });
  t.is(broken.code, 1);
  t.regex(broken.stderr, /a\.test\.ts:1:7: Expected identifier/);
  const missing = await run(t, { 'a.test.ts': `import { humanSiz } from 'gantry';\nhumanSiz;` });
  t.is(missing.code, 1);
  t.regex(missing.stderr, /a\.test\.ts:1:10: 'gantry' has no member 'humanSiz'/);
});

test('files are chosen by name; one that is not there is an error', async (t) => {
  const files = { 'a.test.ts': `${HEAD}test('first', () => {});`, 'b.test.ts': `${HEAD}test('second', () => {});` };
  const { code, stdout } = await run(t, files, 'b.test.ts');
  t.is(code, 0);
  t.regex(stdout, /second/);
  t.notRegex(stdout, /first/);
  t.regex((await run(t, files, 'c.test.ts')).stderr, /there is no file .*c\.test\.ts/);
  t.regex((await run(t, {})).stderr, /there are no tests in /);
});
