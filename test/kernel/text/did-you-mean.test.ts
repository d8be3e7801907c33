import test from 'ava';
import { didYouMean } from '../../../src/kernel/text/did-you-mean.js';

const COMMANDS = ['run', 'ps', 'images', 'inspect', 'container', 'logs', 'rm', 'rmi', 'cp'];

const cases: [typed: string, meant: string[]][] = [
  ['imgaes', ['images']],
  ['IMAGE', ['images']],
  ['pss', ['ps']],
  ['lgos', ['logs']],
  ['contianer', ['container']],
  ['insp', ['inspect']],
  ['foo', []],
  ['x', []],
  ['', []],
];

for (const [typed, meant] of cases) {
  test(`'${typed}' means ${meant.join() || 'nothing'}`, (t) => t.deepEqual(didYouMean(typed, COMMANDS), meant));
}

test('the nearest come first, three at most', (t) => {
  t.deepEqual(didYouMean('rmx', ['run', 'rm', 'rmi', 'rmx', 'r']), ['rmx', 'rm', 'rmi']);
});
