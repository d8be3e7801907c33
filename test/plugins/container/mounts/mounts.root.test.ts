import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { libc } from '../../../../src/host/index.js';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);
const inside = (flags: readonly string[], script: string) =>
  given.engine.ok('run', '--rm', ...flags, 'busybox', 'sh', '-c', `exec 2>&1; ${script}`);

test('a part of a volume is a folder or a file of it, and no link leads out of the volume', async (t) => {
  const { engine } = given;
  await inside(['-v', 'parts:/v'], 'mkdir -p /v/a/b; echo in >/v/a/b/f; ln -s a/b /v/inner; ln -s /etc /v/outer');
  const part = (path: string) => ['--mount', `src=parts,dst=/p,volume-subpath=${path}`];
  t.is(await inside(part('a/b'), 'cat /p/f'), 'in');
  t.is(await inside([...part('a/b/f'), '--read-only'], 'cat /p'), 'in');
  t.is(await inside(part('inner'), 'ls /p'), 'f');
  for (const path of ['outer', 'nosuch/deeper']) {
    const { code, stderr } = await engine.quick(['run', '--rm', ...part(path), 'busybox', 'true']);
    t.is(code, 125);
    t.regex(stderr, new RegExp(`cannot access subpath '${path}' of volume parts: no such file or directory`));
  }
});

test('--volumes-from has the mounts of others, and what is asked for beside them stands', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'one', '-v', 'first:/a', '-v', '/tmp:/b:ro', '-v', '/c', 'busybox', 'true');
  await engine.ok('create', '--name', 'two', '--volumes-from', 'one:ro', '-v', 'own:/a', '-v', '/c', 'busybox', 'true');
  await engine.ok('create', '--name', 'three', '--volumes-from', 'two', 'busybox', 'true');
  const mounts = async (name: string) => {
    const [{ Mounts, HostConfig }] = JSON.parse(await engine.ok('inspect', name));
    const lines = Mounts.map((mount: Record<string, string>) => {
      return `${mount['Destination']} ${mount['Name'] ?? mount['Source']} ${mount['RW']}`;
    });
    return { lines: lines.sort(), from: HostConfig.VolumesFrom };
  };
  const { lines: one } = await mounts('one');
  t.deepEqual(await mounts('two'), {
    lines: ['/a own true', '/b /tmp false', one[2].replace('true', 'false')],
    from: ['one:ro'],
  });
  t.deepEqual((await mounts('three')).lines, (await mounts('two')).lines);
  await engine.ok('rm', '-v', 'one', 'two');
  t.is(await engine.ok('start', '-a', 'three'), '');
});

test('nocopy leaves a volume empty; read-only has all below a bind, unless told; nonrecursive has nothing below it', async (t) => {
  const { engine } = given;
  t.is(await inside(['-v', 'copied:/etc/'], 'test -e /etc/passwd && echo full'), 'full');
  const list = 'ls -A /etc | grep -v -e hostname -e hosts -e resolv.conf || echo empty';
  t.is(await inside(['-v', 'bare:/etc:nocopy'], list), 'empty');
  const folder = join(engine.root, 'outer');
  mkdirSync(join(folder, 'inner'), { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'inner', join(folder, 'inner')]);
  t.teardown(() => execFileSync('umount', [join(folder, 'inner')]));
  const write = 'touch /b/x /b/inner/x || true';
  const refused = (path: string) => `touch: ${path}: Read-only file system`;
  t.is(await inside(['-v', `${folder}:/b:ro`], write), [refused('/b/x'), refused('/b/inner/x')].join('\n'));
  const flag = `type=bind,src=${folder},dst=/b,readonly`;
  t.is(await inside(['--mount', `${flag},bind-recursive=writable`], write), refused('/b/x'));
  const count = 'grep -c " /b" /proc/self/mountinfo';
  t.is(await inside(['--mount', `${flag},bind-nonrecursive`], `${count.replace(' /b"', ' /b[ /]"')}`), '1');
});

test('a volume that a killed engine left half-filled is filled by the next start; one that was emptied is not', async (t) => {
  const { engine } = given;
  const data = join(engine.root, 'volumes/half/_data');
  const empty = () => {
    for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
  };
  await engine.ok('create', '--name', 'half', '-v', 'half:/etc', 'busybox', 'ls', '/etc/passwd');
  const all = readdirSync(data).length;
  t.true(all > 1);
  empty();
  writeFileSync(join(data, 'passwd'), 'cut');
  libc().lsetxattr(Buffer.from(`${data}\0`), 'trusted.gantry.filling', Buffer.from('y'), 1, 0);
  t.is(await engine.ok('start', '-a', 'half'), '/etc/passwd');
  t.is(readdirSync(data).length, all);
  empty();
  t.is((await engine.quick(['start', '-a', 'half'])).code, 1);
  empty();
  await engine.ok('create', '--name', 'later', '-v', 'half:/etc', 'busybox', 'true');
  t.is(readdirSync(data).length, all);
  await engine.ok('rm', 'half', 'later');
});

test('cp makes nothing where a part of a volume is missing', async (t) => {
  const { engine } = given;
  const part = 'src=lacking,dst=/made/part,volume-subpath=later,readonly';
  await engine.ok(
    'create',
    '--name',
    'lacking',
    '--mount',
    part,
    '--mount',
    part.replace('made/part', 'etc'),
    'busybox',
    'ls',
    '/made/part/file',
  );
  await engine.ok('cp', 'lacking:/bin/true', join(engine.root, 'copied'));
  t.is(await engine.ok('diff', 'lacking'), '');
  await inside(['-v', 'lacking:/v'], 'mkdir /v/later; touch /v/later/file');
  t.is(await engine.ok('start', '-a', 'lacking'), '/made/part/file');
  await engine.ok('rm', 'lacking');
});

test('a slave sees what the host mounts later; shared is refused where the host’s mount is not', async (t) => {
  const { engine } = given;
  const folder = join(engine.root, 'shared');
  mkdirSync(join(folder, 'late'), { recursive: true });
  const { stderr } = await engine.quick(['run', '--rm', '-v', `${folder}:/b:rshared`, 'busybox', 'true']);
  t.regex(stderr, /^[^\n]*path \S+ (is mounted on \S+ but it is not a shared mount|cannot be mounted as shared)/);
  execFileSync('mount', ['--bind', folder, folder]);
  t.teardown(() => execFileSync('umount', ['-R', folder]));
  execFileSync('mount', ['--make-rshared', folder]);
  await engine.ok('run', '-d', '--name', 'slave', '-v', `${folder}:/b:rslave`, 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'private', '-v', `${folder}:/b`, 'busybox', 'sleep', '1000');
  execFileSync('mount', ['-t', 'ramfs', 'late', join(folder, 'late')]);
  const type = (name: string) => engine.ok('exec', name, 'stat', '-f', '-c', '%T', '/b/late');
  t.is(await type('slave'), 'ramfs');
  t.not(await type('private'), 'ramfs');
  await engine.ok('rm', '-f', 'slave', 'private');
});
