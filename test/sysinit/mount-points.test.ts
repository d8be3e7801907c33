import { existsSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ContainerTree } from '../../src/sysinit/container-tree.js';
import { checkMountPoints, makeMountPoints, makeRootMountPoints } from '../../src/sysinit/mount-points.js';
import { type RootEntries, temporaryFolder, temporaryRoot } from './temporary-root.js';

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

const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

test('mount points that a volume lacks are made for everybody to read, and those of the image are not', (t) => {
  const root = temporaryRoot(t, { etc: null });
  const [etc, inner] = [temporaryFolder(t), temporaryFolder(t)];
  const volumes = [
    { source: etc, destination: '/etc' },
    { source: inner, destination: '/etc/deep/inner' },
  ];
  makeMountPoints(root, volumes, [
    { destination: '/etc/deep/inner/file', isFolder: false },
    { destination: '/etc/deep/inner', isFolder: true },
    { destination: '/etc/hosts', isFolder: false },
    { destination: '/opt/new', isFolder: true },
  ]);
  t.deepEqual(readdirSync(etc).toSorted(), ['deep', 'hosts']);
  t.is(modeOf(join(etc, 'hosts')), '644');
  t.is(modeOf(join(etc, 'deep')), '755');
  t.is(modeOf(join(etc, 'deep/inner')), '755');
  t.is(modeOf(join(inner, 'file')), '644');
  t.deepEqual(readdirSync(root), ['etc']);
});

test('a volume leads nowhere else: not by links, and not by names that are there', (t) => {
  const root = temporaryRoot(t, { etc: null, srv: null });
  const [volume, victim] = [temporaryFolder(t), temporaryFolder(t)];
  symlinkSync(victim, join(volume, 'out'));
  symlinkSync(join(victim, 'new'), join(volume, 'hosts'));
  symlinkSync('/srv', join(volume, 'in'));
  mkdirSync(join(volume, 'taken'), 0o700);
  const volumes = [{ source: volume, destination: '/etc' }];
  makeMountPoints(root, volumes, [
    { destination: '/etc/out/file', isFolder: false },
    { destination: '/etc/hosts', isFolder: false },
    { destination: '/etc/in/file', isFolder: false },
    { destination: '/etc/taken', isFolder: true },
  ]);
  t.deepEqual(readdirSync(victim), []);
  t.deepEqual(readdirSync(join(root, 'srv')), []);
  t.deepEqual(readdirSync(root).toSorted(), ['etc', 'srv']);
  t.is(modeOf(join(volume, 'taken')), '700');
});

test('mount points are made with the usual mode, inside of the root and of no other mount', (t) => {
  const root = temporaryRoot(t, { ...FOLDERS, srv: null, data: '-> srv', gone: '-> /nowhere', file: 'x' });
  const made = ['/data/a/b', '/mnt', '/mnt/inner', '/dev/x', '/gone/y', '/file/z', '/../up'];
  const files = [{ destination: '/opt/f', isFolder: false }];
  makeRootMountPoints(new ContainerTree(root, []), [
    ...made.map((destination) => ({ destination, isFolder: true })),
    ...files,
  ]);
  t.is(modeOf(join(root, 'opt/f')), '644');
  for (const path of ['srv/a', 'srv/a/b', 'mnt', 'up', 'nowhere/y'])
    t.is(statSync(join(root, path)).mode & 0o7777, 0o755, path);
  for (const path of ['mnt/inner', 'dev/x']) t.false(existsSync(join(root, path)), path);
  makeRootMountPoints(new ContainerTree(root, []), [{ destination: '/deep'.repeat(129), isFolder: true }]);
  t.false(existsSync(join(root, 'deep')));
});
