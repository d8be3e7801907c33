import test from 'ava';
import { TapReader, type TapTest } from './tap.js';

function read(text: string): readonly TapTest[] {
  const tests: TapTest[] = [];
  const reader = new TapReader((each) => tests.push(each));
  for (const line of text.split('\n')) reader.read(line);
  reader.end();
  return tests;
}

test('a test that passes is given at once', (t) => {
  const tests: TapTest[] = [];
  new TapReader((each) => tests.push(each)).read('ok 1 - a › b');
  t.deepEqual(tests, [{ title: 'a › b', passed: true, details: [] }]);
});

test('a test that fails has the lines of its details, up to their end', (t) => {
  const text =
    'TAP version 13\nnot ok 1 - bad\n  ---\n    name: Error\n    message: no\n  ...\n# other\nok 2 - good\n\n1..2';
  t.deepEqual(read(text), [
    { title: 'bad', passed: false, details: ['    name: Error', '    message: no'] },
    { title: 'good', passed: true, details: [] },
  ]);
});

test('a failure without details is given when the next test comes, or at the end', (t) => {
  t.deepEqual(
    read('not ok 1 - one\nnot ok 2 - two').map(({ title, passed }) => [title, passed]),
    [
      ['one', false],
      ['two', false],
    ],
  );
});
