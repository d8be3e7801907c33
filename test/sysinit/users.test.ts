import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ContainerTree } from '../../src/sysinit/container-tree.js';
import { resolveUser, type User } from '../../src/sysinit/users.js';
import { type RootEntries, temporaryRoot } from './temporary-root.js';

const userIn = (root: string, user: string, groups: readonly string[] = []): User =>
  resolveUser(new ContainerTree(root, []), user, groups);

const PASSWD = [
  'root:x:0:0:root:/root:/bin/sh',
  'daemon:x:1:1:daemon:/usr/sbin:/bin/sh',
  '4294967296:x:0:0:trap:/:/bin/sh',
  'broken:x:many:0::/:',
  'huge:x:4294967296:0::/:',
  'short:x:5',
  '',
  'web:x:33:34:a:/srv:/bin/sh',
].join('\n');
const GROUP = [
  'root:x:0:',
  'daemon:x:1:',
  'staff:x:50:web,root',
  'dialout:x:20:web',
  'bad:x:-1:web',
  'www:x:34:web',
].join('\n');

const FILES: RootEntries = { 'etc/passwd': PASSWD, 'etc/group': GROUP };

const refused = (t: ExecutionContext, entries: RootEntries, user: string, message: RegExp | string) => {
  t.throws(() => userIn(temporaryRoot(t, entries), user), { name: 'GantryError', message });
};

test('no user is root, with its groups and home', (t) => {
  const root = { uid: 0, gid: 0, additionalGids: [0, 50], home: '/root', name: 'root' };
  t.deepEqual(userIn(temporaryRoot(t, FILES), ''), root);
  t.deepEqual(userIn(temporaryRoot(t, FILES), '0'), root);
});

test('a uid and its name are one user', (t) => {
  const daemon = { uid: 1, gid: 1, additionalGids: [1], home: '/usr/sbin', name: 'daemon' };
  t.deepEqual(userIn(temporaryRoot(t, FILES), '1'), daemon);
  t.deepEqual(userIn(temporaryRoot(t, FILES), 'daemon'), daemon);
});

test('supplementary groups stand in /etc/group, the primary one first and once', (t) => {
  t.deepEqual(userIn(temporaryRoot(t, FILES), 'web').additionalGids, [34, 50, 20]);
});

test('a named group replaces the primary and the supplementary ones', (t) => {
  const root = temporaryRoot(t, FILES);
  t.like(userIn(root, 'web:staff'), { uid: 33, gid: 50, additionalGids: [50] });
  t.like(userIn(root, 'web:7'), { uid: 33, gid: 7, additionalGids: [7] });
  t.like(userIn(root, ':staff'), { uid: 0, gid: 50 });
});

test('numbers need no files', (t) => {
  const root = temporaryRoot(t);
  t.deepEqual(userIn(root, '1000:1001'), { uid: 1000, gid: 1001, additionalGids: [1001], home: '/' });
  t.deepEqual(userIn(root, '2147483647'), { uid: 2147483647, gid: 0, additionalGids: [0], home: '/' });
  t.deepEqual(userIn(root, ''), { uid: 0, gid: 0, additionalGids: [0], home: '/' });
});

for (const user of ['4294967296', '2147483648', '-1', '+0', '18446744073709551616', 'web:4294967296', 'web:-1']) {
  test(
    `an id out of range is refused, and never looked up as a name: ${user}`,
    refused,
    FILES,
    user,
    /must be in range/,
  );
}

test('an unknown user', refused, FILES, 'x', 'unable to find user x: no matching entries in passwd file');
test('an unknown user without files', refused, {}, 'x', 'unable to find user x: no matching entries in passwd file');
test('an unknown group', refused, FILES, 'web:x', 'unable to find group x: no matching entries in group file');
for (const user of ['broken', 'huge', 'short', '0x0', ' 0']) {
  test(`a malformed entry is nobody: ${user}`, refused, FILES, user, /no matching entries/);
}

test('links end inside the root', (t) => {
  const root = temporaryRoot(t, { 'etc/passwd': '-> ../../../../../etc/passwd', etc2: null });
  t.throws(() => userIn(root, 'root'), { message: /no matching entries/ });
  writeFileSync(join(dirname(root), 'outside'), PASSWD);
  const outside = temporaryRoot(t, { 'etc/passwd': `-> ${join(dirname(root), 'outside')}` });
  t.throws(() => userIn(outside, 'daemon'), { message: /no matching entries/ });
  const inside = temporaryRoot(t, { 'etc/passwd': '-> /usr/lib/passwd', 'usr/lib/passwd': PASSWD });
  t.is(userIn(inside, 'daemon').uid, 1);
});

test('a FIFO, a folder and a giant are refused, and not waited for', (t) => {
  const make: Record<string, (path: string) => void> = {
    fifo: (path) => execFileSync('mkfifo', [path]),
    folder: (path) => mkdirSync(path),
  };
  for (const [what, maker] of Object.entries(make)) {
    const root = temporaryRoot(t, { etc: null });
    maker(join(root, 'etc/passwd'));
    t.throws(() => userIn(root, 'x'), { message: '/etc/passwd in the container is not a regular file' }, what);
  }
  const root = temporaryRoot(t, { 'etc/passwd': PASSWD });
  truncateSync(join(root, 'etc/passwd'), 2 ** 30);
  t.throws(() => userIn(root, '1'), { message: /too large: 1073741824 bytes/ });
});

test('lines as editors and other systems leave them', (t) => {
  const passwd = ' web:x:033:34::/srv \r\n\r\n\n:x:7:7::/\nx:y:7\nlast:x:7:7::/last';
  const group = 'a:x:20:root, web\nb:x:21:web\r\nc:x:22:webs,web2\nd:x:23:x:web,web\ne:x:24:x,web,y';
  const root = temporaryRoot(t, { 'etc/passwd': passwd, 'etc/group': group });
  t.deepEqual(userIn(root, '33'), { uid: 33, gid: 34, additionalGids: [34, 21, 24], home: '/srv', name: 'web' });
  t.is(userIn(root, '7').name, 'last');
});

const LARGE = 4_000_000;
for (const [what, line] of Object.entries({ 'empty lines': '\n', accounts: 'a:b:1:1\n', members: 'u,' })) {
  test(`a file of millions of ${what} is read without a copy of it`, (t) => {
    const start = what === 'members' ? 'g:x:5:' : '';
    const large = start + line.repeat((LARGE - start.length) / line.length);
    const root = temporaryRoot(t, { 'etc/passwd': `${large}\nweb:x:33:34::/srv`, 'etc/group': `${large}\nl:x:6:web` });
    const before = process.memoryUsage();
    t.like(userIn(root, 'web', ['l']), { uid: 33, additionalGids: [34, 6] });
    const { heapTotal } = process.memoryUsage();
    t.true(heapTotal - before.heapTotal < 32 * 2 ** 20);
  });
}
