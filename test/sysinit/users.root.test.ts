import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';
import { ContainerTree } from '../../src/sysinit/container-tree.js';
import { resolveUser, type User } from '../../src/sysinit/users.js';
import { temporaryRoot } from './temporary-root.js';

const userIn = (root: string, user: string, groups: readonly string[] = []): User =>
  resolveUser(new ContainerTree(root, []), user, groups);

for (const file of ['passwd', 'group']) {
  test(`a device in place of /etc/${file} is refused, and not opened`, (t) => {
    const root = temporaryRoot(t, { etc: null });
    execFileSync('mknod', [join(root, 'etc', file), 'c', '1', '5']);
    t.throws(() => userIn(root, file === 'passwd' ? 'x' : '0:staff'), {
      message: `/etc/${file} in the container is not a regular file`,
    });
  });
}
