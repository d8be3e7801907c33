import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('diff lists what was added, changed and deleted, in the order of paths', async (t) => {
  const { engine } = given;
  const script = 'mkdir /new; echo > /new/file; rm /etc/group; echo >> /etc/passwd; rm -r /var/log; ln -s x /link';
  await engine.docker(['run', '--name', 'changed', 'busybox', 'sh', '-c', script]);
  t.deepEqual((await engine.ok('diff', 'changed')).split('\n'), [
    'C /etc',
    'D /etc/group',
    'C /etc/passwd',
    'A /link',
    'A /new',
    'A /new/file',
    'C /var',
    'D /var/log',
  ]);
});

test.serial('a container that changed nothing has no difference', async (t) => {
  await given.engine.docker(['run', '--name', 'same', 'busybox', 'true']);
  t.is(await given.engine.ok('diff', 'same'), '');
});
