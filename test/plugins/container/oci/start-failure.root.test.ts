import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('what a runtime says when it cannot start a program is told once', async (t) => {
  const args = ['run', '--rm', '-v', '/dev/null:/bin', 'busybox', '/bin/true'];
  const { code, stdout, stderr } = await given.engine.docker(args);
  t.not(code, 0);
  t.is(stdout, '');
  t.is(stderr.trim().split('\n').length, 1, stderr);
});
