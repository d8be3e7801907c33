import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { probeRuntime } from '../../../../src/plugins/container/oci/index.js';
import { DOCKER, engineFor, eventually, TestEngine } from '../../../support/engine.js';
import { Terminal } from '../../../support/terminal.js';

const given = engineFor(test);

const RUN_BOX = ['run', '-d', '--name', 'box', '-e', 'FROM=run', '-w', '/etc', 'busybox', 'sleep', '1000'];

/** Command lines of all processes that hold a word. */
function processesWith(word: string): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(word));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

test.serial('streams apart, exit code, environment and folder of the container', async (t) => {
  await given.engine.ok(...RUN_BOX);
  const script = 'echo out $FROM $HERE; pwd; echo err >&2; exit 7';
  const result = await given.engine.docker(['exec', '-e', 'HERE=exec', 'box', 'sh', '-c', script]);
  t.deepEqual(result, { code: 7, stdout: 'out run exec\n/etc\n', stderr: 'err\n' });
});

test.serial('exit codes: a signal, no program, no right, no folder, no container', async (t) => {
  const { engine } = given;
  const code = async (...args: string[]) => (await engine.docker(['exec', ...args])).code;
  t.is(await code('box', 'sh', '-c', 'kill -9 $$'), 137);
  t.is(await code('box', 'nosuch'), 127);
  t.is(await code('box', '/etc/passwd'), 126);
  t.is(await code('-w', '/nosuch', 'box', 'true'), 127);
  t.is(await code('nobody', 'true'), 125);
  t.is(await code('--nosuch', 'box', 'true'), 125);
});

test.serial('user, folder and rights', async (t) => {
  const { engine } = given;
  const script = 'id -u; echo $HOME; pwd; grep -E "CapEff|Seccomp:" /proc/self/status';
  t.is(
    await engine.ok('exec', '-u', 'nobody', '-w', '/tmp', 'box', 'sh', '-c', script),
    '65534\n/\n/tmp\nCapEff:\t0000000000000000\nSeccomp:\t2',
  );
  t.is(await engine.ok('exec', 'box', 'su', 'nobody', '-s', '/bin/sh', '-c', 'echo up >/dev/stdout'), 'up');
  const privileged = await engine.ok('exec', '--privileged', 'box', 'grep', 'CapEff', '/proc/self/status');
  const plain = await engine.ok('exec', 'box', 'grep', 'CapEff', '/proc/self/status');
  t.true(Number.parseInt(privileged.slice(8), 16) > Number.parseInt(plain.slice(8), 16));
});

test.serial('the end of input is the program’s, and output after it comes', async (t) => {
  const { stdout } = await given.engine.docker(['exec', '-i', 'box', 'sh', '-c', 'cat; echo end'], { input: 'in\n' });
  t.is(stdout, 'in\nend\n');
  t.is((await given.engine.docker(['exec', 'box', 'cat'], { input: 'in\n' })).stdout, '');
});

test.serial('large output is complete', async (t) => {
  const { stdout } = await given.engine.docker(['exec', 'box', 'seq', '1000000']);
  t.is(stdout.length, 6_888_896);
});

test.serial('a child that keeps the output does not keep the client', async (t) => {
  t.is(await given.engine.ok('exec', 'box', 'sh', '-c', 'sleep 3 & echo hi'), 'hi');
});

test.serial('signals of the client are the program’s', async (t) => {
  const script = 'trap "echo caught; exit 9" TERM; echo ready; while :; do sleep 0.05; done';
  const child = given.engine.spawn(['exec', 'box', 'sh', '-c', script]);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  await eventually(() => output === 'ready\n');
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  t.deepEqual(await closed, [9, null]);
  t.is(output, 'ready\ncaught\n');
});

test.serial('a signal that ends the client ends all that the program has started', async (t) => {
  const { engine } = given;
  const alive = async (): Promise<number> =>
    (await engine.ok('exec', 'box', 'ps')).match(/ sleep 76543$/gm)?.length ?? 0;
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGKILL', null],
  ] as const) {
    const child = engine.spawn(['exec', 'box', 'sh', '-c', 'sleep 76543; true']);
    await eventually(async () => (await alive()) >= 1);
    const closed = once(child, 'close');
    child.kill(signal);
    t.is((await closed)[0], code, signal);
    await eventually(async () => (await alive()) === 0);
  }
});

test.serial('groups that were added and the score of the OOM killer are those of the container', async (t) => {
  const { engine } = given;
  const flags = ['--oom-score-adj', '500', '--group-add', '1234', '--group-add', 'daemon'];
  const id = await engine.ok('run', '-d', ...flags, 'busybox', 'sleep', '1000');
  const score = 'cat /proc/self/oom_score_adj';
  t.is(await engine.ok('exec', id, 'sh', '-c', `${score}; id -G`), '500\n0 1 1234');
  t.is(await engine.ok('exec', '-u', '7', id, 'id', '-G'), '0 1 1234');
  t.is(await engine.ok('exec', '-t', id, 'sh', '-c', score), '500\r');
  await engine.ok('exec', '-d', id, 'sh', '-c', `${score} >/score`);
  await eventually(async () => (await engine.quick(['exec', id, 'cat', '/score'])).stdout === '500\n');
});

test.serial('-d leaves it in the container', async (t) => {
  const { engine } = given;
  for (const flags of ['-d', '-dt']) {
    t.is(await engine.ok('exec', flags, 'box', 'sh', '-c', `echo ${flags} >/tmp/${flags}; exec sleep 1000`), '');
    await eventually(async () => (await engine.quick(['exec', 'box', 'cat', `/tmp/${flags}`])).stdout === `${flags}\n`);
  }
  t.is((await engine.quick(['exec', '-d', 'box', 'nosuch'])).code, 127);
});

test.serial('what has stopped is refused, in Docker’s words', async (t) => {
  const { engine } = given;
  const id = await engine.ok('run', '-d', 'busybox', 'true');
  await engine.ok('wait', id);
  const { code, stderr } = await engine.docker(['exec', id, 'true']);
  t.deepEqual([code, stderr], [125, `Error response from daemon: container ${id} is not running\n`]);
});

test.serial('no folder of the host: neither by words nor by links, were they swapped meanwhile', async (t) => {
  const { engine } = given;
  for (const folder of ['/proc/self/fd/3', '/proc/1/root', '/dev/fd/4', '/proc/self/cwd']) {
    const { code, stderr } = await engine.docker(['exec', '-w', folder, 'box', 'true']);
    t.is(code, 125, folder);
    t.regex(stderr, /it must not be a file of a process/);
  }
  await engine.ok('exec', 'box', 'ln', '-s', '/proc/self/fd/7', '/way-out');
  t.not((await engine.docker(['exec', '-w', '/way-out', 'box', 'true'])).code, 0);
  await engine.ok('exec', 'box', 'ln', '-s', '../../../../../../bin', '/up');
  t.is(await engine.ok('exec', '-w', '/up', 'box', 'pwd'), '/bin');
});

// `crun exec` sends the terminal's master when the program may have begun, and does not set the size itself: on a busy host
// the program's first look may come before the engine has set it.
test.serial('a terminal: size, resize, ctrl-c, detach, exit code', async (t) => {
  const { engine } = given;
  const first = new Terminal(
    DOCKER,
    ['exec', '-it', 'box', 'sh', '-c', 'until [ "$(stty size 2>/dev/null)" ]; do :; done; stty size; exec sh'],
    engine.env,
  );
  await first.sees(/^31 91\r\n/);
  first.resize(120, 40);
  first.type('sleep 0.3; stty size\r');
  await first.sees(/40 120\r\n/);
  first.type('sh -c "echo \\"sleep\\"ing; exec sleep 1000"\r');
  await first.sees(/\nsleeping\r\n/);
  first.type('\x03');
  await first.sees(/# /);
  first.type('exit 5\r');
  t.is(await first.exit, 5);

  const second = new Terminal(DOCKER, ['exec', '-it', '--detach-keys', 'a,b', 'box', 'sleep', '4321'], engine.env);
  await eventually(async () => (await engine.docker(['exec', 'box', 'ps'])).stdout.includes('sleep 4321'));
  second.type('ab');
  t.is(await second.exit, 0);
  t.regex(await engine.ok('exec', 'box', 'ps'), /sleep 4321/);
});

test.serial('a client that goes hangs up', async (t) => {
  const { engine } = given;
  const child = engine.spawn(['exec', '-i', 'box', 'sleep', '5432']);
  await eventually(async () => (await engine.docker(['exec', 'box', 'ps'])).stdout.includes('sleep 5432'));
  child.kill('SIGKILL');
  await eventually(async () => !(await engine.docker(['exec', 'box', 'ps'])).stdout.includes('sleep 5432'));
  t.pass();
});

test.serial('the end of the container is the end of all that runs in it', async (t) => {
  const { engine } = given;
  const id = await engine.ok('run', '-d', 'busybox', 'sleep', '1000');
  const child = engine.spawn(['exec', id, 'sh', '-c', 'trap "" TERM HUP; echo ready; while :; do sleep 1; done']);
  await once(child.stdout ?? child, 'data');
  const closed = once(child, 'close');
  await engine.ok('kill', id);
  t.deepEqual(await closed, [137, null]);
});

test.serial('a daemon that dies leaves nothing of it behind', async (t) => {
  const engine = await TestEngine.withDaemon('busybox');
  t.teardown(() => engine.destroy());
  const id = await engine.ok('run', '-d', '--name', 'box', 'busybox', 'sleep', '1000');
  const script = 'trap "" TERM HUP; echo ready; while :; do sleep 0.1; done';
  const plain = engine.spawn(['exec', '-i', 'box', 'sh', '-c', `${script}; : left-by-pipe`]);
  await once(plain.stdout ?? plain, 'data');
  const terminal = new Terminal(DOCKER, ['exec', '-it', 'box', 'sh', '-c', `${script}; : left-by-tty`], engine.env);
  await terminal.sees(/ready/);
  await engine.stopDaemon('SIGKILL');
  await eventually(() => processesWith('left-by').length === 0);
  await eventually(() => processesWith(`c/${id}/exec-`).length === 0);
  await eventually(() => !readdirSync(`${engine.root}/run/c/${id}`).some((name) => name.startsWith('exec-')));
  await terminal.exit;
  await engine.startDaemon();
  t.regex(await engine.ok('exec', 'box', 'ps'), /sleep 1000/);
});

test.serial('without a daemon: beside a container that another process runs', async (t) => {
  const engine = new TestEngine();
  t.teardown(() => engine.destroy());
  await engine.importImage('busybox');
  const owner = engine.spawn(['run', '--name', 'box', 'busybox', 'sh', '-c', 'echo up; sleep 1000']);
  await once(owner.stdout ?? owner, 'data');
  t.is(await engine.ok('exec', 'box', 'echo', 'hi'), 'hi');
});

test('what the runtime says where it cannot start the program is shown once', async (t) => {
  const { engine } = given;
  const id = await engine.ok('run', '-d', 'busybox', 'sleep', '1000');
  const state = join(engine.root, 'run', probeRuntime().name, id);
  renameSync(state, `${state}.away`);
  const { code, stderr } = await engine.docker(['exec', id, 'true']);
  renameSync(`${state}.away`, state);
  t.is(code, 125);
  t.regex(stderr, /^Error response from daemon: Failed to run it in the container: .*\n$/);
  t.is(await engine.ok('exec', id, 'echo', 'well'), 'well');
});
