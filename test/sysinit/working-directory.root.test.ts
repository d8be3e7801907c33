import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { ContainerTree } from '../../src/sysinit/container-tree.js';
import { prepareWorkingDirectory } from '../../src/sysinit/working-directory.js';
import { temporaryRoot } from './temporary-root.js';

test('what is there is returned free of links', (t) => {
  const tree = new ContainerTree(temporaryRoot(t, { 'srv/app': null, app: '-> srv/app' }), []);
  t.is(prepareWorkingDirectory(tree, ''), '/');
  t.is(prepareWorkingDirectory(tree, '/'), '/');
  t.is(prepareWorkingDirectory(tree, '/app/'), '/srv/app');
  t.is(prepareWorkingDirectory(tree, '//srv/./x/../app'), '/srv/app');
});

test('what is missing is made, owned by root', (t) => {
  const root = temporaryRoot(t, { 'srv/x': null, link: '-> /srv/new', out: '-> ../../../made/outside' });
  const tree = new ContainerTree(root, []);
  t.is(prepareWorkingDirectory(tree, '/srv/x/a/b'), '/srv/x/a/b');
  t.like(statSync(join(root, 'srv/x/a/b')), { uid: 0, gid: 0, mode: 0o40755 });
  t.is(prepareWorkingDirectory(tree, '/link/deep'), '/srv/new/deep');
  t.true(existsSync(join(root, 'srv/new/deep')));
  t.is(prepareWorkingDirectory(tree, '/out'), '/made/outside');
  t.true(existsSync(join(root, 'made/outside')));
  t.false(existsSync(join(dirname(root), 'made')));
});

test('an image names no working directory with folders without end', (t) => {
  const root = temporaryRoot(t);
  for (const path of ['/a'.repeat(1000), '/a'.repeat(3000)]) {
    t.throws(() => prepareWorkingDirectory(new ContainerTree(root, []), path), {
      message: /folders of it are missing/,
    });
  }
  t.false(existsSync(join(root, 'a')));
});

for (const path of ['relative', './x', '../x', 'a\0b', '/a\0b']) {
  test(`refused: ${JSON.stringify(path)}`, (t) => {
    const tree = new ContainerTree(temporaryRoot(t), []);
    t.like(
      t.throws(() => prepareWorkingDirectory(tree, path)),
      { kind: 'invalid' },
    );
  });
}

for (const path of [
  '/proc/self/fd/7',
  '/proc/self/fd/7/../..//x/../../self/fd/8',
  '/proc/1/cwd',
  '/x/../proc/12/root/etc',
  '/dev/fd/7',
]) {
  test(`links of the kernel are refused: ${path}`, (t) => {
    const tree = new ContainerTree(temporaryRoot(t, { proc: null }), []);
    t.throws(() => prepareWorkingDirectory(tree, path), { message: /must not be a file of a process/ });
  });
}

test('a link of the image, or of a volume, to a file of a process is refused', (t) => {
  const evil = { proc: null, app: '-> /proc/self/fd/8', b: '-> c', c: '-> ../../proc/1/root', d: '-> /dev/fd/8' };
  const root = temporaryRoot(t, evil);
  for (const path of ['/app', '/app/sub', '/b', '/d']) {
    const message = /must not be a file of a process/;
    t.throws(() => prepareWorkingDirectory(new ContainerTree(root, []), path), { message });
  }
  const tree = new ContainerTree(root, [{ source: temporaryRoot(t, evil), destination: '/vol' }]);
  t.throws(() => prepareWorkingDirectory(tree, '/vol/app'), { message: /must not be a file of a process/ });
});

test('files and loops are refused', (t) => {
  const tree = new ContainerTree(temporaryRoot(t, { 'etc/passwd': 'x', loop: '-> loop', odd: '-> nowhere/../x' }), []);
  t.throws(() => prepareWorkingDirectory(tree, '/etc/passwd'), {
    message: 'Cannot mkdir: /etc/passwd is not a directory',
  });
  t.throws(() => prepareWorkingDirectory(tree, '/etc/passwd/x'), { message: /\/etc\/passwd is not a directory/ });
  t.throws(() => prepareWorkingDirectory(tree, '/loop'), { message: /a link in it leads nowhere/ });
  t.throws(() => prepareWorkingDirectory(tree, '/odd'), { message: /a link in it leads nowhere/ });
});

test('what is missing in a volume is left to the runtime', (t) => {
  const source = temporaryRoot(t, { there: null });
  const root = temporaryRoot(t);
  const tree = new ContainerTree(root, [{ source, destination: '/vol/a' }]);
  t.is(prepareWorkingDirectory(tree, '/vol/a/there'), '/vol/a/there');
  t.is(prepareWorkingDirectory(tree, '/vol/a/new/one'), '/vol/a/new/one');
  t.is(prepareWorkingDirectory(tree, '/vol/a'), '/vol/a');
  t.false(existsSync(join(source, 'new')));
  t.false(existsSync(join(root, 'vol')));
});
