import test from 'ava';
import { beyondRetention } from '../../../../src/plugins/system/contracts/undo-retention.js';

const HOUR = 3_600_000;
const GIB = 2 ** 30;
const removed = (age: number, size: number) => ({ age, size });

test('undo keeps what is young, the newest hundred, and less than four gigabytes; nothing where the disk is nearly full', (t) => {
  const three = [removed(0, GIB), removed(HOUR, 2 * GIB), removed(2 * HOUR, GIB)];
  t.deepEqual(beyondRetention(three, false), three.slice(2));
  t.deepEqual(beyondRetention(three, true), three);
  const old = [removed(23 * HOUR, 0), removed(24 * HOUR, 0)];
  t.deepEqual(beyondRetention(old, false), old.slice(1));
  const many = Array.from({ length: 102 }, (_, age) => removed(age, 0));
  t.deepEqual(beyondRetention(many, false), many.slice(100));
});
