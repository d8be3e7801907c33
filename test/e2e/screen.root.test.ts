import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { DOCKER, engineFor, eventually } from '../support/engine.js';
import { Terminal } from '../support/terminal.js';

const given = engineFor(test);
const open = (...args: string[]): Terminal => new Terminal(DOCKER, args, given.engine.env);

test.serial('full-screen programs: vi, less and top paint, take keys and leave', async (t) => {
  const shell = open('run', '--rm', '-it', 'busybox', 'sh');
  await shell.sees(/# /);
  shell.type('vi /tmp/file\r');
  await shell.sees(/- \/tmp\/file/);
  shell.type('ihello');
  await shell.sees(/hello/);
  shell.type('\x1b');
  await shell.sees(/- \/tmp\/file/);
  shell.type(':wq\r');
  await shell.sees(/# /);
  shell.type('cat /tmp/file; seq 100 >/tmp/long; less /tmp/long\r');
  await shell.sees(/hello\r\n/);
  await shell.sees(/K30\r\n/);
  shell.type('q');
  await shell.sees(/# /);
  shell.type('top\r');
  await shell.sees(/Mem:.*used/);
  shell.type('q');
  await shell.sees(/# /);
  shell.type('exit 3\r');
  t.is(await shell.exit, 3);
});

test.serial('job control: ctrl-z stops a program, fg goes on with it', async (t) => {
  const shell = open('run', '--rm', '-it', 'busybox', 'sh');
  await shell.sees(/# /);
  // A shell that is still about to start it would take what is typed next.
  shell.type('echo "rea"dy; cat\r');
  await shell.sees(/\nready\r\n/);
  shell.type('one\r');
  await shell.sees(/one\r\none\r\n/);
  shell.type('\x1a');
  await shell.sees(/Stopped[^#]*# /);
  shell.type('fg\r');
  await shell.sees(/cat\r\n/);
  shell.type('two\r');
  await shell.sees(/two\r\ntwo\r\n/);
  shell.type('\x04');
  await shell.sees(/# /);
  shell.type('exit\r');
  t.is(await shell.exit, 0);
});

test.serial('detach leaves the program running; who attaches later sees its screen', async (t) => {
  const { engine } = given;
  const first = open('run', '-it', '--name', 'editor', 'busybox', 'vi', '/tmp/file');
  await first.sees(/\/tmp\/file/);
  first.type('ifind me');
  await first.sees(/find me/);
  first.type('\x1b');
  await first.sees(/- \/tmp\/file/);
  first.type('\x10\x11');
  await first.sees(/read escape sequence/);
  t.is(await first.exit, 0);
  t.regex(await engine.ok('ps'), /editor/);

  const second = open('attach', 'editor');
  await second.sees(/find me/);
  second.type(':q!\r');
  t.is(await second.exit, 0);
});

test.serial('a key of the detach sequence that is not followed by the others reaches the program', async (t) => {
  const shell = open('run', '--rm', '-it', 'busybox', 'sh');
  await shell.sees(/# /);
  shell.type('echo before\r');
  await shell.sees(/\nbefore\r\n/);
  await shell.sees(/# /);
  shell.type('\x10');
  await shell.sees(/echo before/);
  shell.type('\x15exit 4\r');
  t.is(await shell.exit, 4);
});

test.serial('detach keys of the user’s configuration, and a flag that says otherwise', async (t) => {
  const { engine } = given;
  mkdirSync(join(engine.root, '.docker'));
  writeFileSync(join(engine.root, '.docker/config.json'), '{ "detachKeys": "ctrl-x,x" }');
  for (const [flags, keys] of [
    [[], '\x18x'],
    [['--detach-keys', 'ctrl-a,d'], '\x01d'],
  ] as const) {
    const shell = open('run', '--rm', '-it', ...flags, 'busybox', 'sh');
    await shell.sees(/# /);
    shell.type(keys);
    await shell.sees(/read escape sequence/);
    t.is(await shell.exit, 0);
    await engine.ok('rm', '-f', await engine.ok('ps', '-lq'));
  }
  rmSync(join(engine.root, '.docker'), { recursive: true });
});

test.serial('start -ai gives the terminal of a container again', async (t) => {
  const shell = open('run', '-it', '--name', 'again', 'busybox', 'sh');
  await shell.sees(/# /);
  shell.type('exit\r');
  t.is(await shell.exit, 0);
  const second = open('start', '-ai', 'again');
  await second.sees(/# /);
  second.type('stty size; exit 6\r');
  await second.sees(/31 91\r\n/);
  t.is(await second.exit, 6);
  t.is((await given.engine.docker(['start', '-a', 'again', 'editor'])).code, 1);
});

test.serial('the terminal is as it was, however the client ends', async (t) => {
  const { root } = given.engine;
  const run = `${DOCKER} run --rm -it --sig-proxy=false busybox sh`;
  const shell = new Terminal(
    '/bin/sh',
    ['-c', `stty -a >${root}/before; ${run}; stty -a >${root}/after`],
    given.engine.env,
  );
  await shell.sees(/# /);
  const [client] = processesWith('main.cjs\0run\0--rm\0-it\0--sig-proxy=false');
  if (client === undefined) return t.fail('the client is not there');
  process.kill(client, 'SIGTERM');
  await shell.exit;
  const mode = (name: string) => readFileSync(`${root}/${name}`, 'utf8');
  t.is(mode('after'), mode('before'));
});

test.serial('a pty host that is killed takes its program along, and nothing spins', async (t) => {
  const { engine } = given;
  const id = await engine.ok('run', '-dt', 'busybox', 'sh', '-c', 'trap "" HUP TERM; while :; do sleep 0.1; done');
  const bundle = `${engine.root}/run/c/${id}`;
  const [host] = processesWith('pty-host', bundle);
  if (host === undefined) return t.fail('the pty host is not there');
  process.kill(host, 'SIGKILL');
  await engine.ok('wait', id);
  await eventually(() => processesWith(bundle).length === 0);
  // Its monitor may be faster than its end, and tell the exit code.
  t.regex(await engine.ok('ps', '-a'), /Exited \((255|137)\)/);
});

function processesWith(...words: string[]): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map(Number)
    .filter((pid) => words.every((word) => textOf(`/proc/${pid}/cmdline`).includes(word)));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
