import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('volume ls lists volumes by name', async (t) => {
  const { engine } = given;
  t.is(await engine.ok('volume', 'ls'), 'DRIVER    VOLUME NAME');
  await engine.ok('run', '--rm', '-v', 'second:/b', '-v', 'first:/a', 'busybox', 'true');
  t.is(await engine.ok('volume', 'list'), 'DRIVER    VOLUME NAME\nlocal     first\nlocal     second');
  t.is(await engine.ok('volume', 'ls', '-q'), 'first\nsecond');
});
