import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);
const folder = mkdtempSync(join(tmpdir(), 'gantry-cp-'));
test.after.always(() => rmSync(folder, { recursive: true }));

async function bytesOf(...args: string[]): Promise<Buffer> {
  const child = given.engine.spawn(args);
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin?.end();
  await once(child, 'close');
  return Buffer.concat(chunks);
}

async function namesIn(path: string, ...flags: string[]): Promise<string[]> {
  const { stdout: archive } = await given.engine.quick(['cp', ...flags, path, '-']);
  const { stdout } = spawnSync('tar', ['-t'], { input: archive });
  return stdout.toString().trim().split('\n');
}

const SCRIPT =
  'mkdir /data; echo one >/data/a; ln -s a /data/link; ln -s /data /way; echo >/data/.wh.x; echo 1 >/v/in; ';

test.serial('out of a container that runs, and of one that has ended, as a tar stream', async (t) => {
  const { engine } = given;
  const run = (name: string, ...flags: string[]) => ['run', '--name', name, ...flags, 'busybox', 'sh', '-c'];
  await engine.ok(...run('ended', '-v', 'kept:/v'), SCRIPT);
  await engine.ok(...run('runs', '-v', 'kept:/v', '-di'), `${SCRIPT} cat`);
  await engine.ok('exec', 'runs', 'sh', '-c', 'until [ -e /v/in ]; do sleep 0.05; done');
  for (const name of ['ended', 'runs']) {
    t.deepEqual(await namesIn(`${name}:/data`), ['data/', 'data/.wh.x', 'data/a', 'data/link']);
    t.deepEqual(await namesIn(`${name}:data/.`), ['./', './.wh.x', './a', './link']);
    t.deepEqual(await namesIn(`${name}:/data/a`), ['a']);
    t.deepEqual(await namesIn(`${name}:/v`), ['v/', 'v/in']);
    t.deepEqual(await namesIn(`${name}:/way`), ['way']);
    t.deepEqual(await namesIn(`${name}:/way`, '-L'), ['way/', 'way/.wh.x', 'way/a', 'way/link']);
    const { code, stderr } = await engine.quick(['cp', `${name}:/nosuch`, '-']);
    t.is(code, 1);
    t.regex(stderr, /Could not find the file \/nosuch in container/);
  }
});

test.serial('into a container, and from one to another', async (t) => {
  const { engine } = given;
  const input = execFileSync('tar', ['-cz', '-C', '/', 'etc/passwd']);
  for (const name of ['ended', 'runs']) {
    t.is((await engine.docker(['cp', '-', `${name}:/way`], { input })).code, 0);
    const copied = spawnSync('tar', ['-xO'], { input: await bytesOf('cp', `${name}:/data/etc/passwd`, '-') });
    t.is(copied.stdout.toString(), readFileSync('/etc/passwd', 'utf8'));
    t.regex(
      (await engine.quick(['cp', '-', `${name}:/data/a`])).stderr,
      /destination "\w+:\/data\/a" must be a directory/,
    );
    t.regex((await engine.quick(['cp', '-', `${name}:/no`])).stderr, /destination "\w+:\/no" must be a directory/);
  }
  await engine.ok('cp', 'ended:/data/a', 'runs:/tmp');
  t.is(await engine.ok('exec', 'runs', 'cat', '/tmp/a'), 'one');
  t.is((await engine.quick(['cp', '-', '-'])).code, 125);
  t.is((await engine.quick(['cp', './here', './there'])).code, 125);
});

/** What stands where, as `find` tells it. */
const tree = (path: string): string[] =>
  spawnSync('find', [path, '-mindepth', '1', '-printf', '%P %y %m %l\n'])
    .stdout.toString()
    .split('\n')
    .filter((line) => line !== '')
    .sort();

test.serial('a destination has a path', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'pathless', 'busybox', 'true');
  for (const from of ['/etc/hostname', 'pathless:/etc', '-']) {
    const { code, stderr } = await engine.quick(['cp', from, 'pathless:']);
    t.is(code, 1);
    t.regex(stderr, /no such directory: pathless: \(The root of the container is pathless:\/\)/);
  }
});

test.serial('between a container and folders of the client, with a daemon and without', async (t) => {
  const { engine } = given;
  const script = 'mkdir -p /d/s /www; echo one >/d/a; ln -s /d /d/link; echo x >/d/s/x; ln -s /www/i /at';
  await engine.ok('run', '--name', 'site', 'busybox', 'sh', '-c', `${script}; chown -R 7:8 /d; chmod 4750 /d/a`);
  const inD = ['a f 750 ', 'link l 777 /d', 's d 755 ', 's/x f 644 '];
  for (const how of ['daemon', 'local']) {
    const cwd = join(folder, how);
    mkdirSync(join(cwd, 'there'), { recursive: true });
    writeFileSync(join(cwd, 'page'), how);
    if (how === 'local') await engine.stopDaemon();
    const cp = (...words: string[]) => engine.docker(['cp', ...words], { cwd });
    const here = (name: string): string => join(cwd, name);
    const quick = (...words: string[]) => engine.quick(['cp', ...words]);
    // By its own process no more than one of each kind: where things go is found out by the same code.
    for (const target of how === 'daemon' ? ['new', 'new2/', 'there', './page2'] : ['new', 'there']) {
      t.deepEqual(await cp(target === './page2' ? 'site:/d/a' : 'site:/d', target), {
        code: 0,
        stdout: '',
        stderr: '',
      });
    }
    await quick('site:/d/.', here('there'));
    t.deepEqual(tree(join(cwd, 'new')), inD);
    if (how === 'daemon') t.deepEqual(tree(join(cwd, 'new2')), inD);
    t.deepEqual(tree(join(cwd, 'there')), [...inD, 'd d 755 ', ...inD.map((line) => `d/${line}`)].sort());
    t.is(statSync(join(cwd, 'new/a')).uid, 0);
    await quick('-a', 'site:/d', here('kept'));
    t.deepEqual([statSync(join(cwd, 'kept/a')).uid, statSync(join(cwd, 'kept/a')).mode & 0o7777], [7, 0o4750]);
    t.regex((await cp('site:/d', 'page')).stderr, /cannot copy to page: it is a file/);
    if (how === 'daemon') {
      t.regex(
        (await quick('site:/d/a', here('none/'))).stderr,
        /cannot copy to \S+\/none\/: there is no such directory/,
      );
      t.regex((await quick('site:/d/a', here('none/x'))).stderr, /none: no such file or directory/);
      t.regex(
        (await quick('site:/d/a/.', here('page'))).stderr,
        /Could not find the folder \/d\/a\/\. in container site/,
      );
    }
    t.regex((await quick(here('nosuch'), 'site:/')).stderr, /Could not find the file \S+\/nosuch/);

    t.deepEqual(await cp('there/d/.', 'site:/www/'), { code: 0, stdout: '', stderr: '' });
    t.is((await quick(here('there/d'), `site:/www/${how}`)).code, 0);
    t.is((await quick(here('page'), 'site:/at')).stderr, '', 'through a link to what is not there: in its place');
    const { stdout: archive } = await quick('site:/www', '-');
    const copied = spawnSync('tar', ['-tv', '--numeric-owner'], { input: archive });
    const lines = copied.stdout.toString().split('\n');
    for (const name of ['a', 's/x', `${how}/a`, `${how}/s/x`]) {
      t.true(
        lines.some((line) => line.includes(' 0/0 ') && line.endsWith(` www/${name}`)),
        name,
      );
    }
  }
  await engine.startDaemon();
});

test.serial('links at the destination stay, on both sides', async (t) => {
  const { engine } = given;
  const script = `mkdir -p /usr/real /t/empty /s/dir; ln -s usr/real /r; echo old >/t/target; ln -s target /t/file
    ln -s none /t/dangling; echo new >/s/dir/x; echo new >/s/one; ln -s nowhere /s/loose; mkfifo /s/pipe`;
  await engine.ok('run', '--name', 'links', 'busybox', 'sh', '-c', script);
  const cwd = join(folder, 'links');
  const here = (name: string): string => join(cwd, name);
  mkdirSync(here('h/r'), { recursive: true });
  for (const [name, text] of [
    ['h/r/tool', 'new'],
    ['n', 'new'],
    ['target', 'old'],
  ] as const)
    writeFileSync(here(name), text);
  for (const [name, to] of [
    ['loose', 'nowhere'],
    ['file', 'target'],
    ['dangling', 'none'],
    ['dir', 'h'],
  ] as const) {
    symlinkSync(to, here(name));
  }
  const cp = async (from: string, to: string): Promise<string> => (await engine.quick(['cp', from, to])).stderr;
  t.is(await cp(`${here('h')}/.`, 'links:/'), '', 'a folder over a link to one: into it');
  t.is(await cp(here('n'), 'links:/t/file'), '');
  t.is(await cp(here('n'), 'links:/t/dangling'), '');
  t.is(await cp(here('loose'), 'links:/t'), '', 'a link is copied, wherever it leads');
  t.regex(await cp(here('n'), 'links:/t/target/.'), /cannot copy to \/t\/target\/\.: it is a file/);
  writeFileSync(here('empty'), '');
  t.regex(await cp(here('empty'), 'links:/t/'), /empty: a directory is in its place/);
  const archive = spawnSync('tar', ['-tv'], { input: await bytesOf('cp', 'links:/', '-') }).stdout.toString();
  for (const line of [
    /r -> usr\/real$/m,
    /usr\/real\/tool$/m,
    / 3 .*t\/target$/m,
    / 3 .*t\/none$/m,
    /t\/loose -> nowhere/m,
  ]) {
    t.regex(archive, line);
  }

  t.is(await cp('links:/s/one', here('file')), '');
  t.is(await cp('links:/s/one', here('dangling')), '');
  t.deepEqual(
    [here('target'), here('none')].map((name) => readFileSync(name, 'utf8')),
    ['new\n', 'new\n'],
  );
  t.regex(await cp('links:/s/.', cwd), /dir\/: what is in its place is no directory/);
  t.is(await cp('links:/s/pipe', here('pipe')), '');
  t.true(statSync(here('pipe')).isFIFO());
  t.regex(await cp('links:/s/one', '/dev/null'), /cannot copy over \/dev\/null: it is no regular file/);
});

test.serial('a file that is mounted in a container stays so', async (t) => {
  const { engine } = given;
  const file = join(folder, 'mounted');
  writeFileSync(file, 'old');
  await engine.ok('run', '-d', '--name', 'mounts', '-v', `${file}:/f`, 'busybox', 'sleep', '1000');
  for (const to of ['/f', '/etc/hosts']) {
    t.regex((await engine.quick(['cp', '/etc/passwd', `mounts:${to}`])).stderr, /something is mounted in its place/);
  }
  writeFileSync(file, 'new');
  t.is(await engine.ok('exec', 'mounts', 'cat', '/f'), 'new');
  t.regex((await engine.quick(['cp', 'mounts:/dev/null', join(folder, 'null')])).stderr, /not copied without -a/);
  t.regex((await engine.quick(['cp', 'mounts:/proc/self', join(folder, 'self')])).stderr, /there is nothing to copy/);
  await engine.ok('rm', '-f', 'mounts');
});

test.serial('a container that swaps links meanwhile gets nothing of the host, and puts nothing there', async (t) => {
  const { engine } = given;
  const secret = join(folder, 'secret');
  mkdirSync(secret);
  writeFileSync(join(secret, 'file'), 'of the host');
  const up = '../../../../../../..';
  const swap = `mkdir -p ${secret}; echo mine >${secret}/file; mkdir /t /real; echo mine >/real/file; ln -s ${up}${secret} /link;
    echo ready; while :; do mv -T /real /t/x; mv -T /link /real; mv -T /real /link; mv -T /t/x /real; done`;
  const child = engine.spawn([
    'run',
    '--rm',
    '--name',
    'hostile',
    'busybox',
    'sh',
    '-c',
    swap.replaceAll('mv -T', 'mv'),
  ]);
  await once(child.stdout ?? child, 'data');
  const input = execFileSync('tar', ['-c', '-C', '/etc', 'hostname']);
  for (let round = 0; round < 20; round++) {
    const { stdout: out } = await engine.quick(['cp', '-L', 'hostile:/real', '-']);
    t.false(out.includes('of the host'));
    await engine.docker(['cp', '-', 'hostile:/real'], { input });
    t.false(existsSync(join(secret, 'hostname')));
  }
  t.is(readFileSync(join(secret, 'file'), 'utf8'), 'of the host');
  await engine.ok('rm', '-f', 'hostile');
});
