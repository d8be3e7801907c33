import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ExecutionContext, TestFn } from 'ava';
import { libc, unmount } from '../../src/host/index.js';
import { portableXattrs } from '../../src/plugins/image/fs/xattrs.js';
import type { ImageEngine } from '../plugins/image/support/engine.js';
import { stream, type TestEntry, tar } from '../plugins/image/support/tars.js';
import { CAPABILITY, changesOf, directory, IMAGE, mount, NOT_UTF8, run, started } from './storage-fixture.js';

/** What every way to make roots of layers must do, on a filesystem that it works on. */
export function storageContract(test: TestFn, make: (t: ExecutionContext) => Promise<ImageEngine>): void {
  test('storage: nothing is different at first, and reading changes nothing', async (t) => {
    const engine = await make(t);
    const container = await run(t, engine, IMAGE);
    execFileSync('find', [container.root, '-type', 'f', '-exec', 'cat', '{}', '+']);
    t.deepEqual(await changesOf(engine, container), []);
  });

  test('storage: what was added, changed and deleted is told in path order, without the places of the engine', async (t) => {
    const engine = await make(t);
    const container = await run(t, engine, IMAGE);
    const { root } = container;
    writeFileSync(join(root, 'etc/hosts'), 'of the engine');
    mkdirSync(join(root, 'dev/mqueue'));
    writeFileSync(join(root, 'etc/passwd'), 'more');
    writeFileSync(join(root, 'var/log/new'), 'x');
    rmSync(join(root, 'usr/share/doc/NEWS'));
    mkdirSync(join(root, 'a/b'), { recursive: true });
    symlinkSync('/etc', join(root, 'a/link'));
    writeFileSync(join(root, 'a.txt'), 'x');
    rmSync(join(root, 'bin'), { recursive: true });
    t.deepEqual(await changesOf(engine, container), [
      'A /a',
      'A /a/b',
      'A /a/link',
      'A /a.txt',
      'D /bin',
      'C /etc/passwd',
      'C /usr/share/doc',
      'D /usr/share/doc/NEWS',
      'C /var/log',
      'A /var/log/new',
    ]);
  });

  test('storage: a directory made anew hides what was in it', async (t) => {
    const engine = await make(t);
    const container = await run(t, engine, IMAGE);
    rmSync(join(container.root, 'usr/share/doc'), { recursive: true });
    mkdirSync(join(container.root, 'usr/share/doc'));
    writeFileSync(join(container.root, 'usr/share/doc/README'), 'again');
    const found = await changesOf(engine, container);
    t.deepEqual(found.slice(0, 3), ['C /usr/share', 'C /usr/share/doc', 'D /usr/share/doc/NEWS']);
    // A new file, or another one than before: that depends on how the driver looks.
    t.regex(found.slice(3).join(), /^[AC] \/usr\/share\/doc\/README$/);
  });

  test('storage: an image committed from a container is what the container saw', async (t) => {
    const engine = await make(t);
    const container = await run(t, engine, IMAGE);
    writeFileSync(join(container.root, 'world'), 'hello\n');
    rmSync(join(container.root, 'usr/share/doc'), { recursive: true });
    mkdirSync(join(container.root, 'usr/share/doc'));
    rmSync(join(container.root, 'bin/sh'));
    const { id } = await engine.graph.create(engine.graph.changesArchive(container.imageId, container.upper), {
      parent: container.imageId,
    });
    const again = await started(t, engine, id);
    t.is(readFileSync(join(again.root, 'world'), 'utf8'), 'hello\n');
    t.deepEqual(readdirSync(join(again.root, 'usr/share/doc')), []);
    t.deepEqual(readdirSync(join(again.root, 'bin')), []);
  });

  test('storage: links in place of what the engine mounts over lead nowhere', async (t) => {
    const engine = await make(t);
    const link = (path: string): TestEntry => ({ path, type: 'SymbolicLink', linkpath: '/usr' });
    const { root } = await run(t, engine, [directory('usr'), ...['dev', 'proc', 'sys'].map(link)]);
    for (const name of ['dev', 'proc', 'sys', 'etc']) t.true(lstatSync(join(root, name)).isDirectory(), name);
    for (const name of ['hosts', 'hostname', 'resolv.conf']) t.true(lstatSync(join(root, 'etc', name)).isFile(), name);
  });

  test('storage: a root and an /etc are like those of the image, and a link in place of /etc stays one', async (t) => {
    const engine = await make(t);
    const owned = { mode: 0o700, uid: 5, gid: 6 };
    const container = await run(t, engine, [
      { ...directory('./'), mode: 0o711, uid: 3 },
      { ...directory('etc'), ...owned },
      { path: 'etc/passwd', body: 'x' },
    ]);
    t.like(lstatSync(container.root), { mode: 0o040711, uid: 3 });
    t.like(lstatSync(join(container.root, 'etc')), { ...owned, mode: 0o040700 });
    t.deepEqual(await changesOf(engine, container), []);
    const temporary = await run(t, engine, [{ ...directory('./'), mode: 0o700, uid: 1000 }, directory('etc')]);
    t.like(lstatSync(temporary.root), { mode: 0o040755, uid: 0 });
    const linked = await run(t, engine, [
      { ...directory('private/etc'), mode: 0o750 },
      { path: 'private/etc/passwd', body: 'users' },
      { path: 'etc', type: 'SymbolicLink', linkpath: 'private/etc' },
    ]);
    t.is(readlinkSync(join(linked.root, 'etc')), 'private/etc');
    t.is(readFileSync(join(linked.root, 'etc/passwd'), 'utf8'), 'users');
    t.is(lstatSync(join(linked.root, 'private/etc')).mode, 0o040750);
    for (const name of ['hosts', 'hostname', 'resolv.conf']) t.true(lstatSync(join(linked.root, 'etc', name)).isFile());
    t.deepEqual(await changesOf(engine, linked), []);
    for (const linkpath of ['/', 'nowhere', 'etc', '../proc/self']) {
      const { root } = await run(t, engine, [{ path: 'etc', type: 'SymbolicLink', linkpath }]);
      t.true(lstatSync(join(root, 'etc')).isDirectory(), linkpath);
    }
  });

  test('storage: a folder that a layer does not name is as lower layers have it', async (t) => {
    const engine = await make(t);
    const below: readonly TestEntry[] = [
      { ...directory('tmp'), mode: 0o1777, uid: 7 },
      directory('usr/lib'),
      { path: 'usr/lib/a', body: 'a' },
      { path: 'usr/lib/b', body: 'b' },
      { path: 'lib', type: 'SymbolicLink', linkpath: 'usr/lib' },
      directory('gone'),
      { path: 'gone/old' },
    ];
    const { id: parent } = await engine.graph.create(stream(tar(below)), {});
    const above: readonly TestEntry[] = [
      { path: 'tmp/x', body: 'x' },
      { path: 'lib/b', body: 'B' },
      { path: 'lib/deep/c', body: 'c' },
      { path: '.wh.gone' },
      { path: 'gone/new/f', body: 'f' },
    ];
    const { id } = await engine.graph.create(stream(tar(above)), { parent });
    const container = await started(t, engine, id);
    const at = (name: string): string => join(container.root, name);
    t.like(lstatSync(at('tmp')), { mode: 0o041777, uid: 7 });
    t.is(readFileSync(at('tmp/x'), 'utf8'), 'x');
    t.is(readlinkSync(at('lib')), 'usr/lib');
    t.deepEqual(
      ['a', 'b', 'deep/c'].map((name) => readFileSync(at(`lib/${name}`), 'utf8')),
      ['a', 'B', 'c'],
    );
    t.deepEqual(readdirSync(at('gone')), ['new']);
    t.deepEqual(await changesOf(engine, container), []);
    const shown = mkdtempSync(join(engine.root, 'shown-'));
    await mount(t, engine.graph.view(id, container.upper), shown);
    t.is(lstatSync(join(shown, 'tmp')).mode, 0o041777);
    // An image of them both, of another parent, is another one.
    const alone = await run(t, engine, above);
    t.is(lstatSync(join(alone.root, 'tmp')).mode, 0o040755);
    t.is(readFileSync(join(alone.root, 'lib/b'), 'utf8'), 'B');
  });

  test('storage: an opaque whiteout of the root hides the layers below', async (t) => {
    const engine = await make(t);
    const below = await engine.graph.create(stream(tar([{ path: 'below', body: 'x' }])), {});
    const above = await engine.graph.create(stream(tar([{ path: '.wh..wh..opq' }, { path: 'above' }])), {
      parent: below.id,
    });
    const { root } = await started(t, engine, above.id);
    t.deepEqual(readdirSync(root).sort(), ['.dockerenv', 'above', 'dev', 'etc', 'proc', 'sys']);
  });

  test('storage: layers hide, replace and merge, each what those below it have', async (t) => {
    const engine = await make(t);
    const layers: readonly (readonly TestEntry[])[] = [
      [directory('d'), { path: 'd/gone' }, { path: 'd/kept', body: '1' }, { path: 'turns', body: 'file' }],
      [
        { path: 'd/.wh.gone' },
        directory('turns'),
        { path: 'turns/in', body: '2' },
        directory('opaque'),
        { path: 'opaque/old' },
      ],
      [
        directory('opaque'),
        { path: 'opaque/.wh..wh..opq' },
        { path: 'opaque/new' },
        { path: 'd/gone/again', body: '3' },
      ],
      [{ path: '.wh.turns' }, { path: 'hard', body: 'h' }, { path: 'link', type: 'Link', linkpath: 'hard' }],
      ...Array.from({ length: 10 }, (_, index) => [
        { path: `many/${index}`, body: 'x' },
        { path: 'many/last', body: `${index}` },
      ]),
    ];
    let parent = '';
    for (const entries of layers) parent = (await engine.graph.create(stream(tar(entries)), { parent })).id;
    const container = await started(t, engine, parent);
    const { root } = container;
    t.deepEqual(readdirSync(root).sort(), [
      '.dockerenv',
      'd',
      'dev',
      'etc',
      'hard',
      'link',
      'many',
      'opaque',
      'proc',
      'sys',
    ]);
    t.deepEqual(readdirSync(join(root, 'd/gone')), ['again']);
    t.is(readFileSync(join(root, 'd/kept'), 'utf8'), '1');
    t.deepEqual(readdirSync(join(root, 'opaque')), ['new']);
    t.is(readdirSync(join(root, 'many')).length, 11);
    t.is(readFileSync(join(root, 'many/last'), 'utf8'), '9');
    t.is(lstatSync(join(root, 'hard')).ino, lstatSync(join(root, 'link')).ino);
    t.deepEqual(await changesOf(engine, container), []);
  });

  test('storage: a layer may be there more than once, and has the say where it is highest', async (t) => {
    const engine = await make(t);
    const a: readonly TestEntry[] = [
      directory('d'),
      { path: 'd/who', body: 'a' },
      { path: 'd/.wh.gone' },
      { path: 'a' },
    ];
    const b: readonly TestEntry[] = [
      directory('d'),
      { path: 'd/who', body: 'b' },
      { path: 'd/gone' },
      { path: '.wh.a' },
    ];
    const empty: readonly TestEntry[] = [directory('e')];
    const rootOf = async (...layers: (readonly TestEntry[])[]): Promise<string> => {
      let parent = '';
      for (const entries of layers) parent = (await engine.graph.create(stream(tar(entries)), { parent })).id;
      return (await started(t, engine, parent)).root;
    };
    const aba = await rootOf(a, b, a);
    t.is(readFileSync(join(aba, 'd/who'), 'utf8'), 'a');
    t.deepEqual([readdirSync(join(aba, 'd')), existsSync(join(aba, 'a'))], [['who'], true]);
    const bab = await rootOf(b, a, b, empty, empty);
    t.is(readFileSync(join(bab, 'd/who'), 'utf8'), 'b');
    t.deepEqual([readdirSync(join(bab, 'd')), existsSync(join(bab, 'a'))], [['gone', 'who'], false]);
  });

  test('storage: a second mount finds what the first one left', async (t) => {
    const engine = await make(t);
    const { imageId, upper, root } = await run(t, engine, IMAGE);
    writeFileSync(join(root, 'made'), 'x');
    rmSync(join(root, 'bin/sh'));
    unmount(root);
    const again = mkdtempSync(join(engine.root, 'again-'));
    await mount(t, engine.graph.rootFilesystem(imageId, upper, join(upper, '../work')), again);
    t.is(readFileSync(join(again, 'made'), 'utf8'), 'x');
    t.deepEqual(readdirSync(join(again, 'bin')), []);
  });

  test('storage: a view shows the changes, and takes none', async (t) => {
    const engine = await make(t);
    const { imageId, upper, root } = await run(t, engine, IMAGE);
    writeFileSync(join(root, 'made'), 'x');
    rmSync(join(root, 'bin/sh'));
    const shown = mkdtempSync(join(engine.root, 'shown-'));
    await mount(t, engine.graph.view(imageId, upper), shown);
    t.is(readFileSync(join(shown, 'made'), 'utf8'), 'x');
    t.deepEqual(readdirSync(join(shown, 'bin')), []);
    t.is(readFileSync(join(shown, 'usr/share/doc/NEWS'), 'utf8'), 'news');
    t.throws(() => writeFileSync(join(shown, 'made'), 'y'), { code: 'EROFS' });
  });

  test('storage: owners, modes, times, attributes and links of the image are there', async (t) => {
    const engine = await make(t);
    const entries: readonly TestEntry[] = [
      { path: 'su', body: 'x', mode: 0o4755, uid: 1, gid: 2, mtime: new Date(981173106123) },
      { path: 'cap', body: 'x', pax: { 'SCHILY.xattr.security.capability': CAPABILITY, mtime: '981173106.123456789' } },
      {
        path: 'd',
        type: 'Directory',
        mode: 0o1777,
        uid: 3,
        pax: { 'SCHILY.xattr.user.note': 'n' },
        mtime: new Date(5000),
      },
      { path: 'link', type: 'SymbolicLink', linkpath: '/nowhere', uid: 7 },
      { path: 'null', type: 'CharacterDevice', devmaj: 1, devmin: 3, mode: 0o666 },
      { path: 'fifo', type: 'FIFO', mode: 0o600 },
      { path: 'x', body: 'bytes', pax: { path: NOT_UTF8 } },
    ];
    const { root } = await run(t, engine, entries);
    t.like(lstatSync(join(root, 'su')), { mode: 0o104755, uid: 1, gid: 2 });
    t.is(lstatSync(join(root, 'cap'), { bigint: true }).mtimeNs, 981173106123456789n);
    t.is(portableXattrs(join(root, 'cap')).get('security.capability')?.toString('latin1'), CAPABILITY);
    t.like(lstatSync(join(root, 'd')), { mode: 0o041777, uid: 3, mtimeMs: 5000 });
    t.is(portableXattrs(join(root, 'd')).get('user.note')?.toString(), 'n');
    t.is(readlinkSync(join(root, 'link')), '/nowhere');
    t.like(lstatSync(join(root, 'null')), { mode: 0o020666, rdev: 0x103 });
    t.true(lstatSync(join(root, 'fifo')).isFIFO());
    t.is(readFileSync(Buffer.from(`${root}/${NOT_UTF8}`, 'latin1'), 'utf8'), 'bytes');
  });

  test('storage: what is done to a file without a trace in its content is told', async (t) => {
    const engine = await make(t);
    const container = await run(t, engine, IMAGE);
    const at = (name: string): string => join(container.root, name);
    chmodSync(at('bin/sh'), 0o600);
    const { mtime } = lstatSync(at('var/log/syslog'));
    writeFileSync(at('var/log/syslog'), 'lob');
    utimesSync(at('var/log/syslog'), mtime, mtime);
    renameSync(at('usr/share/doc/NEWS'), at('usr/share/doc/OLD'));
    t.deepEqual(await changesOf(engine, container), [
      'C /bin/sh',
      'C /usr/share/doc',
      'D /usr/share/doc/NEWS',
      'A /usr/share/doc/OLD',
      'C /var/log/syslog',
    ]);
  });

  test('storage: a folder that another takes the place of, and an attribute of a folder, are changes', async (t) => {
    const engine = await make(t);
    const container = await run(t, engine, [
      directory('app'),
      { path: 'app/f', body: 'old' },
      directory('app.new'),
      { path: 'app.new/f', body: 'new' },
      directory('kept'),
      { path: 'kept/f', body: 'kept' },
    ]);
    const at = (name: string): string => join(container.root, name);
    rmSync(at('app'), { recursive: true });
    // Overlayfs renames no folder of the image: mv copies it then.
    execFileSync('mv', [at('app.new'), at('app')]);
    t.is(libc().lsetxattr(at('kept'), 'user.k', Buffer.from('1'), 1, 0), 0);
    const found = (await changesOf(engine, container)).join();
    t.regex(found, /[AC] \/app\/f,D \/app\.new,C \/kept$/);
    const { id } = await engine.graph.create(engine.graph.changesArchive(container.imageId, container.upper), {
      parent: container.imageId,
    });
    const again = await started(t, engine, id);
    t.is(readFileSync(join(again.root, 'app/f'), 'utf8'), 'new');
    t.is(portableXattrs(join(again.root, 'kept')).get('user.k')?.toString(), '1');
  });

  test('storage: a container that was never started has no changes, and an empty archive of them', async (t) => {
    const engine = await make(t);
    const { id } = await engine.graph.create(stream(tar(IMAGE)), {});
    const upper = mkdtempSync(join(engine.root, 'upper-'));
    t.deepEqual(await changesOf(engine, { imageId: id, upper, root: '' }), []);
    t.true((await buffer(engine.graph.changesArchive(id, upper))).equals(tar([])));
  });
}
