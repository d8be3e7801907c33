import test from 'ava';
import { parseChallenges } from '../../../../src/plugins/registry/http/challenge.js';

const read = test.macro((t, header: string | undefined, expected: readonly unknown[]) => {
  const challenges = parseChallenges(header).map(({ scheme, parameters }) => [scheme, { ...parameters }]);
  t.deepEqual(challenges, expected as typeof challenges);
});

test('none', read, undefined, []);
test('basic', read, 'Basic realm="r"', [['basic', { realm: 'r' }]]);
test('bearer', read, 'Bearer realm="https://a/t?x=1,2",service=reg, scope="repository:a/b:pull,push"', [
  ['bearer', { realm: 'https://a/t?x=1,2', service: 'reg', scope: 'repository:a/b:pull,push' }],
]);
test('two in one', read, 'Basic realm="a", Bearer realm="b"', [
  ['basic', { realm: 'a' }],
  ['bearer', { realm: 'b' }],
]);
test('quotes in quotes', read, 'Basic realm="a\\"b"', [['basic', { realm: 'a"b' }]]);
test('a scheme alone', read, 'Negotiate, Basic realm=x', [
  ['negotiate', {}],
  ['basic', { realm: 'x' }],
]);
test('what cannot be read ends it', read, 'Basic realm="a" ;;; Bearer realm="b"', [['basic', { realm: 'a' }]]);
test('a property of all objects is a parameter like any other', read, 'Basic __proto__="x"', [
  ['basic', JSON.parse('{"__proto__":"x"}')],
]);
