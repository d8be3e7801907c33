import test from 'ava';
import { ContainerTree } from '../../src/sysinit/container-tree.js';
import { checkMountPoints } from '../../src/sysinit/mount-points.js';
import { type RootEntries, temporaryRoot } from './temporary-root.js';

const FOLDERS: RootEntries = { dev: null, proc: null, sys: null };
const check = (root: string) => checkMountPoints(new ContainerTree(root, []));

test('folders are fine', (t) => t.notThrows(() => check(temporaryRoot(t, FOLDERS))));

for (const [what, entry] of Object.entries({ 'a link out': '-> /root', 'a link in': '-> proc', 'a file': 'x' })) {
  test(`${what} in place of /dev is refused`, (t) => {
    const message = "/dev in the container's root is not a folder of its own";
    t.like(
      t.throws(() => check(temporaryRoot(t, { ...FOLDERS, dev: entry })), { message }),
      { kind: 'invalid' },
    );
  });
}

test('nothing in place of /sys is refused', (t) => {
  t.throws(() => check(temporaryRoot(t, { dev: null, proc: null })), { message: /^\/sys / });
});
