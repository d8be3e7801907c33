import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  const { stdout } = spawnSync('tar', ['-t'], { input: await bytesOf('cp', ...flags, path, '-') });
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
    t.deepEqual(await namesIn(`${name}:data/.`), ['./.wh.x', './a', './link']);
    t.deepEqual(await namesIn(`${name}:/data/a`), ['a']);
    t.deepEqual(await namesIn(`${name}:/v`), ['v/', 'v/in']);
    t.deepEqual(await namesIn(`${name}:/way`), ['way']);
    t.deepEqual(await namesIn(`${name}:/way`, '-L'), ['way/', 'way/.wh.x', 'way/a', 'way/link']);
    const { code, stderr } = await engine.docker(['cp', `${name}:/nosuch`, '-']);
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
    t.regex((await engine.docker(['cp', '-', `${name}:/data/a`], { input })).stderr, /is not a directory/);
    t.regex((await engine.docker(['cp', '-', `${name}:/no`], { input })).stderr, /Could not find the file \/no/);
  }
  await engine.ok('cp', 'ended:/data/a', 'runs:/tmp');
  t.is(await engine.ok('exec', 'runs', 'cat', '/tmp/a'), 'one');
  t.is((await engine.docker(['cp', '-', '-'])).code, 125);
  t.is((await engine.docker(['cp', 'runs:/tmp', './here'])).code, 1);
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
    const out = await bytesOf('cp', '-L', 'hostile:/real', '-');
    t.false(out.includes('of the host'));
    await engine.docker(['cp', '-', 'hostile:/real'], { input });
    t.false(existsSync(join(secret, 'hostname')));
  }
  t.is(readFileSync(join(secret, 'file'), 'utf8'), 'of the host');
  await engine.docker(['rm', '-f', 'hostile']);
});
