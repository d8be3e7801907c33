import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { ContainerTree } from '../../src/sysinit/container-tree.js';
import { findProgram, type ProgramQuery } from '../../src/sysinit/program.js';
import { temporaryRoot } from './temporary-root.js';

const ROOT_USER = { uid: 0, gid: 0, additionalGids: [0] };
const query = (program: string, more: Partial<ProgramQuery> = {}): ProgramQuery => {
  return { program, path: '/usr/local/bin:/usr/bin:/bin', cwd: '/', user: ROOT_USER, ...more };
};
const EXECUTABLE = ['', 0o755] as const;

test('PATH is searched in order, links as the container sees them', (t) => {
  const tree = new ContainerTree(
    temporaryRoot(t, {
      bin: '-> usr/bin',
      'usr/bin/busybox': EXECUTABLE,
      'usr/bin/sh': '-> /bin/busybox',
      'usr/bin/data': '',
    }),
    [],
  );
  t.is(findProgram(tree, query('sh')), '/usr/bin/sh');
  t.is(findProgram(tree, query('sh', { path: '/nowhere::/bin' })), '/bin/sh');
  t.is(findProgram(tree, query('/bin/sh')), '/bin/sh');
});

test('a word with a slash, and an empty folder of PATH, start at the working directory', (t) => {
  const tree = new ContainerTree(temporaryRoot(t, { 'app/bin/run': EXECUTABLE, 'app/tool': EXECUTABLE }), []);
  t.is(findProgram(tree, query('bin/run', { cwd: '/app' })), '/app/bin/run');
  t.is(findProgram(tree, query('./tool', { cwd: '/app' })), '/app/./tool');
  t.is(findProgram(tree, query('tool', { cwd: '/app', path: ':/bin' })), '/app/tool');
  t.is(findProgram(tree, query('run', { cwd: '/', path: 'app/bin' })), '/app/bin/run');
});

test('what is not there is no such program, in the words of Docker', (t) => {
  const tree = new ContainerTree(
    temporaryRoot(t, { 'bin/loop': '-> loop', 'bin/gone': '-> /no/where', 'bin/file': '', 'bin/sh': EXECUTABLE }),
    [],
  );
  const absent = (program: string, message: string) => {
    t.like(
      t.throws(() => findProgram(tree, query(program))),
      { kind: 'no such program', message },
      program,
    );
  };
  absent('nope', 'exec: "nope": executable file not found in $PATH');
  absent('', 'exec: "": executable file not found in $PATH');
  absent('/nope', 'exec: "/nope": stat /nope: no such file or directory');
  absent('/bin/loop', 'exec: "/bin/loop": stat /bin/loop: no such file or directory');
  absent('gone', 'exec: "gone": executable file not found in $PATH');
  absent('/bin/file/../sh', 'exec: "/bin/file/../sh": stat /bin/file/../sh: no such file or directory');
  absent('/bin/sh/', 'exec: "/bin/sh/": stat /bin/sh/: no such file or directory');
  absent('/bin/loop/x', 'exec: "/bin/loop/x": stat /bin/loop/x: no such file or directory');
});

test('what is there and cannot run is not executable', (t) => {
  const tree = new ContainerTree(temporaryRoot(t, { 'etc/passwd': 'x', 'bin/plain': '', 'bin/own': ['', 0o700] }), []);
  const denied = (program: string, more: Partial<ProgramQuery> = {}) => {
    const message = `exec: "${program}": permission denied`;
    t.like(
      t.throws(() => findProgram(tree, query(program, more))),
      { kind: 'not executable', message },
      program,
    );
  };
  denied('/etc/passwd');
  denied('/etc');
  denied('plain');
  denied('own', { user: { uid: 5, gid: 5, additionalGids: [5] } });
  t.is(findProgram(tree, query('own')), '/bin/own');
});

test('a later folder of PATH is tried after one that denies', (t) => {
  const tree = new ContainerTree(temporaryRoot(t, { 'usr/bin/x': '', 'bin/x': EXECUTABLE }), []);
  t.is(findProgram(tree, query('x')), '/bin/x');
});

test('folders of PATH that lead out of the root lead into it', (t) => {
  const root = temporaryRoot(t, { bin: '-> ../outside', 'usr/bin': '-> /../../outside' });
  mkdirSync(join(dirname(root), 'outside'));
  writeFileSync(join(dirname(root), 'outside/tool'), '', { mode: 0o755 });
  const tree = new ContainerTree(root, []);
  t.throws(() => findProgram(tree, query('tool')), { message: /not found in \$PATH/ });
  const absolute = new ContainerTree(temporaryRoot(t, { bin: `-> ${dirname(root)}/outside` }), []);
  t.throws(() => findProgram(absolute, query('tool')), { message: /not found in \$PATH/ });
});

test('programs of volumes are found before they are mounted', (t) => {
  const source = temporaryRoot(t, { 'bin/tool': EXECUTABLE, other: EXECUTABLE, 'bin/up': '-> /usr/bin/sh' });
  const root = temporaryRoot(t, { 'usr/bin/sh': EXECUTABLE, data: '-> /srv', srv: null, bin: '-> /data/tools/bin' });
  const tree = new ContainerTree(root, [
    { source, destination: '/data/tools' },
    { source: join(source, 'other'), destination: '/new/place/one' },
  ]);
  t.is(findProgram(tree, query('tool')), '/bin/tool');
  t.is(findProgram(tree, query('/srv/tools/bin/tool')), '/srv/tools/bin/tool');
  t.is(findProgram(tree, query('up')), '/bin/up');
  t.is(findProgram(tree, query('/new/place/one')), '/new/place/one');
  t.throws(() => findProgram(tree, query('/new/place/one/more')), { message: /no such file/ });
  t.throws(() => findProgram(tree, query('/new/place')), { message: /permission denied/ });
});

test('what an image makes long leads nowhere, or is given up', (t) => {
  const deep = 'd/'.repeat(25);
  const entries: Record<string, string | null> = { [deep]: null, q: null };
  for (let link = 0; link < 40; link++) entries[`l${link}`] = `-> ${'q/../'.repeat(700)}l${link + 1}`;
  entries['l40'] = null;
  const root = temporaryRoot(t, entries);
  const search =
    (path: string, cwd = '/') =>
    () =>
      findProgram(new ContainerTree(root, []), query('nosuch', { path, cwd }));
  // Each folder is looked into once, however often it is named.
  t.throws(search(':'.repeat(130_000), `/${deep}`), { message: /executable file not found/ });
  t.throws(search('/x'.repeat(65_000)), { message: /executable file not found/ });
  t.throws(search(`/${'l0/../'.repeat(600)}l0`), { message: /too many folders and links/ });
  t.throws(search(Array.from({ length: 2000 }, (_, index) => `/l0${'/'.repeat(index % 20)}`).join(':')), {
    message: /too many folders and links/,
  });
});
