import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { PROJECT } from '../support/engine.js';
import { allPids, commandOf } from './host-processes.js';

/** Runs the runner on test files of a project of its own, as on a host that can run no engine. */
function run(t: ExecutionContext, files: Readonly<Record<string, string>>, ...words: string[]) {
  const home = mkdtempSync(join(tmpdir(), 'runner-'));
  t.teardown(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, 'dist/test'), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(home, 'node_modules'));
  symlinkSync(join(PROJECT, 'dist/test/runner'), join(home, 'dist/test/runner'));
  copyFileSync(join(PROJECT, 'ava.config.js'), join(home, 'ava.config.js'));
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
  for (const [name, body] of Object.entries(files)) {
    writeFileSync(join(home, 'dist/test', `${name}.test.js`), `import test from 'ava';\n${body}`);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(PROJECT, 'dist/test/runner/main.js'), ...words],
    {
      cwd: home,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        TMPDIR: home,
        GANTRY_TEST_LACKS: 'You are not root.',
        GANTRY_TEST_STUCK_MS: '3000',
      },
    },
  );
  return { status, lines: stdout.split('\n'), stderr };
}

const GOOD = "test('good', (t) => t.pass());";

test('a run that passes: a line each with what a file prints, an end for all, and the count', (t) => {
  const listens = `import { createServer } from 'node:net';
    test('listens', (t) => { createServer().listen(0, '127.0.0.1'); setInterval(() => {}, 1000); t.pass(); });`;
  const files = {
    a: `console.error('a warning');\n${GOOD}`,
    b: `${GOOD}\ntest('too', (t) => t.pass());`,
    'an-open-handle': listens,
    'needs.root': GOOD,
  };
  const { status, lines } = run(t, files, 'dist/test');
  const all = lines.join('\n');
  t.is(status, 0, all);
  const line = lines.findIndex((each) => /^\[\d\/3\] ✔ test\/a\.test\.ts: 1 tests, /.test(each));
  t.is(lines[line + 1], '    | a warning', all);
  t.true(lines.some((each) => /^\[\d\/3\] ✔ test\/b\.test\.ts: 2 tests, /.test(each)));
  t.true(lines.some((each) => /^\[\d\/3\] ✔ test\/an-open-handle\.test\.ts: 1 tests, /.test(each)));
  t.true(lines.includes('Not all tests ran. Left out: 1 files that need a capable host, because:'));
  t.true(lines.includes('  You are not root.'));
  t.true(lines.includes('    test/needs.root.test.ts'));
  t.is(lines.at(-2), '4 passed, 0 failed');
});

test('a run that fails: each failure with its details, and again at the end', (t) => {
  const leaves = `import { spawn } from 'node:child_process';
    test('leaves', (t) => { spawn('sleep', ['98765'], { detached: true, stdio: 'ignore' }).unref(); t.pass(); });`;
  const files = {
    a: "test('bad', (t) => t.is(1, 2));",
    leaves,
    dies: "test('dies', async () => { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); });",
    good: GOOD,
    hangs: `${GOOD}\ntest('hangs', () => { setInterval(() => {}, 1000); return new Promise(() => {}); });`,
  };
  const { status, lines } = run(t, files, 'dist/test');
  const all = lines.join('\n');
  t.is(status, 1, all);
  t.is(lines.filter((line) => line.includes('✘ a › bad')).length, 2, all);
  t.true(lines.some((line) => line.includes('AssertionError')));
  // A process that outlives its file is named and ended, and fails the file at once.
  t.true(
    lines.some((line) => /^ +✘ it left process \d+ behind: sleep 98765$/.test(line)),
    all,
  );
  t.deepEqual(
    allPids().filter((pid) => commandOf(pid) === 'sleep 98765'),
    [],
  );
  t.true(
    lines.some((line) => /dies\.test\.js exited due to SIGKILL/.test(line)),
    all,
  );
  // A file that hangs is given up alone.
  t.true(
    lines.some((line) => line === '    | no test has ended for 3 s: the file is given up'),
    all,
  );
  t.regex(lines.at(-2) ?? '', /^3 passed, [1-9] failed$/);
});

test('a word that selects nothing is told in one line', (t) => {
  const { status, stderr } = run(t, { a: GOOD }, 'nosuch');
  t.is(status, 1);
  t.regex(stderr, /^gantry: no test file matches 'nosuch'; .*\n$/);
});
