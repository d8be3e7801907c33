import test from 'ava';
import type { FileReport } from './file-report.js';
import { Progress } from './progress.js';

const report = (file: string, ...titles: string[]): FileReport => ({
  file,
  wallSeconds: 1,
  cpuSeconds: 1,
  tests: titles.map((title) => ({ title, seconds: 1 })),
  left: [],
  output: '',
});

function progress() {
  const lines: string[] = [];
  return { lines, progress: new Progress(['dist/test/a.test.js', 'dist/test/b.test.js'], (line) => lines.push(line)) };
}

test("a file's line waits for the tests that AVA has not told of yet", (t) => {
  const { lines, progress: it } = progress();
  it.onTest({ title: 'a › first', passed: true, details: [] });
  it.onFile(report('dist/test/a.test.js', 'first', 'second'));
  t.deepEqual(lines, []);
  it.onTest({ title: 'a › second', passed: false, details: ['why'] });
  t.deepEqual(lines, [
    '[1/2] ✘ test/a.test.ts: 1 of 2 tests failed, 1.0 s, cpu 1.0 s',
    '    ✘ a › second',
    '      why',
  ]);
});

test('a file of which not every test is told has its line at the end', (t) => {
  const { lines, progress: it } = progress();
  it.onFile(report('dist/test/b.test.js', 'first'));
  t.deepEqual(lines, []);
  it.end();
  t.deepEqual(lines, ['[1/2] ✔ test/b.test.ts: 0 tests, 1.0 s, cpu 1.0 s']);
  t.deepEqual(it.unreported(), ['dist/test/a.test.js']);
});
