import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ContainerTree } from '../../src/sysinit/container-tree.js';
import { checkMountPoints, makeMountPoints } from '../../src/sysinit/mount-points.js';
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

test('folders for mounts are made with the usual mode, inside of the root and of no other mount', (t) => {
  const root = temporaryRoot(t, { ...FOLDERS, srv: null, data: '-> srv', gone: '-> /nowhere', file: 'x' });
  const made = ['/data/a/b', '/mnt', '/mnt/inner', '/dev/x', '/gone/y', '/file/z', '/../up'];
  makeMountPoints(new ContainerTree(root, []), made);
  for (const path of ['srv/a', 'srv/a/b', 'mnt', 'up', 'nowhere/y'])
    t.is(statSync(join(root, path)).mode & 0o7777, 0o755, path);
  for (const path of ['mnt/inner', 'dev/x']) t.false(existsSync(join(root, path)), path);
});
