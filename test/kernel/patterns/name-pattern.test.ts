import test from 'ava';
import { namePattern } from '../../../src/kernel/patterns/name-pattern.js';

const TEXTS = ['web', 'web1', 'my-web', 'WEB', '', 'a', 'aaa', 'ab12', 'a.b', 'x_y-z.9', '/web', 'é'];
const PATTERNS = [
  ...['web', '^web', 'web$', '^web$', '^/?web', 'w.b', 'a*', 'a+', '^a{2,3}$', '^a{3}$', '^a{2,}$', 'we?b', 'we??b'],
  ...[
    'web|a\\.b',
    '^(web|ab)\\d*$',
    '^(?:a|b)+$',
    '[a-c]\\d',
    '[^a-z]',
    '^[\\w.-]+$',
    '^[]a]',
    '[a-]',
    '^$',
    '$^',
    '\\D\\d',
  ],
  ...['(a*)*', '(a|a)*b', '', '|x', '^(a+)+$', 'a{0}', '\\/web', 'é'],
];

for (const pattern of PATTERNS) {
  test(`/${pattern}/ matches what it should`, (t) => {
    const matches = namePattern(pattern);
    // Of one that begins with a bracket JavaScript has another opinion: an empty class.
    const expected = new RegExp(pattern === '^[]a]' ? '^[\\]a]' : pattern);
    for (const text of TEXTS) t.is(matches(text), expected.test(text), text);
  });
}

for (const bad of [
  '(',
  'a)',
  '[a',
  '*a',
  'a\\',
  'a{5000}',
  'a{3,2}',
  '(?=a)',
  '(?i)a',
  '\\b',
  '\\1',
  '('.repeat(500),
]) {
  test(`${bad.slice(0, 9)} is no pattern`, (t) => {
    t.like(
      t.throws(() => namePattern(bad)),
      { kind: 'invalid' },
    );
  });
}

test('what backtracking would never end does end, or is refused', (t) => {
  t.false(namePattern('^(a+)+$')(`${'a'.repeat(200)}!`));
  t.false(namePattern('(x+x+)+y')('x'.repeat(200)));
  t.throws(() => namePattern('((((a{100}){100}){100}){100})'), { message: /takes too long/ });
  const greedy = namePattern('(.*)*(.*)*(.*)*(.*)*(.*)*(.*)*(.*)*(.*)*!');
  t.throws(() => greedy('x'.repeat(1_000_000)), { message: /takes too long/ });
});
