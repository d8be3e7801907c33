import test from 'ava';
import { matchesGlob } from '../../../../src/plugins/image/views/name-glob.js';

for (const [text, glob, expected] of [
  ['busybox', 'busybox', true],
  ['busybox', 'busy*', true],
  ['busybox', '*', true],
  ['busybox', 'b*b*x', true],
  ['busybox', 'b*b', false],
  ['busybox', 'bus?box', true],
  ['busybox', 'busybox?', false],
  ['busybox', 'busybox*', true],
  ['busybox', '', false],
  ['me/app:1.2', '*', false],
  ['me/app:1.2', '*/*', true],
  ['me/app:1.2', 'me/*:1.*', true],
  ['me/app:1.2', 'me/a.p:1.2', false],
  ['busybox', 'b[t-v]sybox', true],
  ['busybox', 'b[^t-v]sybox', false],
  ['busybox', '[abc]*[!x-z]', true],
  ['a*b', 'a\\*b', true],
  ['axb', 'a\\*b', false],
  ['a]b', 'a[\\]]b', true],
  ['a', '[a', false],
  ['a'.repeat(200), `${'*a'.repeat(60)}b`, false],
] as const) {
  test(`${text.slice(0, 20)} and ${glob.slice(0, 20)}: ${expected}`, (t) => t.is(matchesGlob(text, glob), expected));
}
