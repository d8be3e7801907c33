import test from 'ava';
import { DetachKeys } from '../../../../src/plugins/container/parsers/detach-keys.js';

function typed(keys: string, ...chunks: string[]) {
  const detach = new DetachKeys(keys);
  let passed = '';
  for (const chunk of chunks) {
    const { pass, detached } = detach.scan(Buffer.from(chunk));
    passed += Buffer.from(pass);
    if (detached) return { passed, detached };
  }
  return { passed, held: Buffer.from(detach.takePartialKeys()).toString() };
}

test('what is typed before the keys passes, what comes after them goes nowhere', (t) => {
  t.deepEqual(typed('', 'ab\x10\x11cd'), { passed: 'ab', detached: true });
  t.deepEqual(typed('', '\x10', '\x11'), { passed: '', detached: true });
});

test('a key that was held back comes with the next one that is not of the sequence', (t) => {
  t.deepEqual(typed('', '\x10', 'x'), { passed: '\x10x', held: '' });
  t.deepEqual(typed('', '\x10\x10'), { passed: '\x10', held: '\x10' });
  t.deepEqual(typed('', '\x11'), { passed: '\x11', held: '' });
});

test('a sequence that begins again inside itself is found', (t) => {
  t.deepEqual(typed('a,a,b', 'aaab'), { passed: 'a', detached: true });
});

test('letters and control characters', (t) => {
  t.deepEqual(typed('ctrl-@,ctrl-],q', '\x00\x1dq'), { passed: '', detached: true });
  for (const wrong of ['ctrl-', 'ctrl-1', 'ab', 'a,,b', 'strg-p']) {
    t.throws(() => new DetachKeys(wrong), { message: /^invalid detach keys: unknown key/ });
  }
});
