import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';
import { resolveUser } from '../../src/sysinit/users.js';
import { temporaryRoot } from './temporary-root.js';

for (const file of ['passwd', 'group']) {
  test(`a device in place of /etc/${file} is refused, and not opened`, (t) => {
    const root = temporaryRoot(t, { etc: null });
    execFileSync('mknod', [join(root, 'etc', file), 'c', '1', '5']);
    t.throws(() => resolveUser(root, file === 'passwd' ? 'x' : '0:staff'), {
      message: `/etc/${file} in the image is not a regular file`,
    });
  });
}
