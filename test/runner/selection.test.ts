import test from 'ava';
import { needsRoot, select } from './selection.js';

const files = (...words: string[]) => select(words).files;

test('without words all test files are selected', (t) => {
  const all = files();
  t.true(all.length > 200);
  t.true(all.every((file) => /^dist\/test\/.*\.test\.js$/.test(file)));
});

test('a file is named by its source, or as it is compiled', (t) => {
  t.deepEqual(files('test/runner/selection.test.ts'), ['dist/test/runner/selection.test.js']);
  t.deepEqual(files('dist/test/runner/selection.test.js'), ['dist/test/runner/selection.test.js']);
});

test('a folder selects what is below it, with or without a slash at its end', (t) => {
  t.true(files('test/runner/').length > 1);
  t.deepEqual(files('test/runner/'), files('./test/runner'));
  t.true(files('test/runner').every((file) => file.startsWith('dist/test/runner/')));
});

test('a source file or folder selects its tests', (t) => {
  const run = files('src/plugins/container/commands/run.ts');
  t.deepEqual(run, ['dist/test/plugins/container/commands/run.root.test.js']);
  t.deepEqual(files('src/kernel'), files('test/kernel'));
});

test('a part of a path selects the files that have it', (t) => {
  t.deepEqual(files('commands/run.root'), ['dist/test/plugins/container/commands/run.root.test.js']);
});

test('several words select what any of them does, each file once', (t) => {
  t.deepEqual(files('runner/selection', 'test/runner/selection.test.ts'), ['dist/test/runner/selection.test.js']);
});

test('flags go to AVA', (t) => {
  t.deepEqual(select(['--match=x', 'runner/selection']).flags, ['--match=x']);
});

test('a word that selects nothing is an error that names it', (t) => {
  t.throws(() => files('nosuch'), { message: /^no test file matches 'nosuch'/ });
  t.throws(() => files('bin'), { message: /^no tests below 'bin'/ });
  t.throws(() => files('README.md'), { message: /^no tests of 'README.md'/ });
});

test('end-to-end tests and those of root are known by their paths', (t) => {
  t.true(needsRoot('dist/test/e2e/x.test.js'));
  t.true(needsRoot('dist/test/kernel/x.root.test.js'));
  t.false(needsRoot('dist/test/kernel/x.test.js'));
});
