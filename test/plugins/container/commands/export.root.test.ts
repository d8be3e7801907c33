import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

const WORK = [
  'mkdir -p /made/.wh.name; echo new > /made/.wh.name/file; ln /made/.wh.name/file /made/hard; ln -s /made /link',
  'rm -r /root; mknod /made/pipe p; mknod /made/null c 1 3; chmod 4755 /made/hard; touch -d "2001-02-03 04:05:06" /made/old',
  'truncate -s 50000000 /made/holes; chown 12:34 /made/old',
].join('; ');

test.serial('the whole filesystem of a container, as it is', async (t) => {
  const { engine } = given;
  await engine.ok('run', '--name', 'worker', 'busybox', 'sh', '-c', WORK);
  const file = join(engine.root, 'out.tar');
  await engine.ok('export', '-o', file, 'worker');
  t.is(statSync(file).mode & 0o777, 0o600);
  t.true(statSync(file).size < 4_000_000, 'holes take no space');
  const list = execFileSync('tar', ['--utc', '--numeric-owner', '-tvf', file], { encoding: 'utf8' });
  t.regex(list, /^hrwsr-xr-x 0\/0 .* made\/hard link to made\/\.wh\.name\/file$/m);
  t.regex(list, /^prw.* made\/pipe$/m);
  t.regex(list, /^crw.* 1,3 .* made\/null$/m);
  t.regex(list, /^-rw-r--r-- 12\/34 +0 2001-02-03 .* made\/old$/m);
  t.regex(list, /50000000 .* made\/holes$/m);
  t.regex(list, /^-rwxr-xr-x 0\/0 +0 .* \.dockerenv$/m);
  t.regex(list, /^lrwxrwxrwx .* etc\/mtab -> \/proc\/mounts$/m);
  for (const name of ['dev/console', 'dev/pts/', 'dev/shm/', 'etc/hosts', 'etc/hostname', 'etc/resolv.conf']) {
    t.true(list.includes(` ${name}\n`), name);
  }
  t.notRegex(await engine.ok('diff', 'worker'), /dockerenv|mtab/);
  t.notRegex(list, / root\//, 'what was removed is not in it');
  t.notRegex(list, /\.wh\.root/);
  const { code, stdout } = await engine.docker(['export', 'worker']);
  t.is(code, 0);
  t.true(stdout.length > 1_000_000, 'the same goes to stdout');
  t.is(execFileSync('tar', ['-xOf', file, 'made/.wh.name/file'], { encoding: 'utf8' }), 'new\n');
});

test.serial('a container that runs can be exported, and a file that cannot be made is refused first', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'busy', 'busybox', 'sh', '-c', 'echo here > /mark; sleep 1000');
  const file = join(engine.root, 'busy.tar');
  await engine.ok('export', 'busy', '-o', file);
  t.true(execFileSync('tar', ['-xOf', file, 'mark']).equals(Buffer.from('here\n')));
  const { code, stderr } = await engine.docker(['export', '-o', '/no/such/folder/x.tar', 'busy']);
  t.is(code, 1);
  t.regex(stderr, /open \/no\/such\/folder\/x\.tar: no such file or directory/);
  t.is((await engine.docker(['export', '-o', join(engine.root, 'never.tar'), 'nosuch'])).code, 1);
  t.false(existsSync(join(engine.root, 'never.tar')));
});

test.serial('save and load, through files of the client, bring the same image', async (t) => {
  const { engine } = given;
  const file = join(engine.root, 'saved.tar');
  await engine.ok('save', '-o', file, 'busybox');
  const id = await engine.ok('images', '-q', '--no-trunc', 'busybox');
  t.true(
    (await engine.docker(['load'], { input: readFileSync(file) })).stdout.includes('Loaded image: busybox:latest'),
  );
  t.is(await engine.ok('load', '-i', file), 'Loaded image: busybox:latest');
  t.is(await engine.ok('images', '-q', '--no-trunc', 'busybox'), id);
});
