import { once } from 'node:events';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { engineFor, eventually, imageTar, TestEngine } from '../support/engine.js';
import { v1Call } from '../support/v1-call.js';

/**
 * What the tests of Docker v0.1.0 assert, beyond what the tests of single commands do, and what a client of that time is answered.
 * `docs/docker-2013.md` lists all of those tests, with ours.
 */
const given = engineFor(test);

const v1 = (argv: readonly string[] | null, input?: string) => v1Call(given.engine.socket, argv, input);

const isRunning = async (name: string): Promise<string> => given.engine.ok('inspect', '-f', '{{.State.Running}}', name);

test('output is exact, without a newline of its own (TestOutput)', async (t) => {
  t.is((await given.engine.docker(['run', '--rm', 'busybox', 'echo', '-n', 'foobar'])).stdout, 'foobar');
});

test('exit codes, with an empty argument passed on (TestExitCode)', async (t) => {
  t.is((await given.engine.docker(['run', '--rm', 'busybox', '/bin/true', ''])).code, 0);
  t.is((await given.engine.docker(['run', '--rm', 'busybox', '/bin/false', ''])).code, 1);
});

test('not running before, not running after (TestRun)', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'listing', 'busybox', 'ls', '-al');
  t.is(await isRunning('listing'), 'false');
  t.regex(await engine.ok('start', '-a', 'listing'), / bin\n/);
  t.is(await isRunning('listing'), 'false');
});

test('the output of a second run is that run’s alone (TestRestart)', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'twice', 'busybox', 'echo', '-n', 'foobar');
  for (let run = 0; run < 2; run++) t.is(await engine.ok('start', '-a', 'twice'), 'foobar');
});

test('each run has an input of its own, which ends (TestStdin, TestTty, TestRestartStdin)', async (t) => {
  const { engine } = given;
  await engine.ok('create', '-i', '--name', 'parrot', 'busybox', 'cat');
  for (const input of ['hello world', 'hello world #2']) {
    t.deepEqual(await engine.docker(['start', '-ai', 'parrot'], { input }), { code: 0, stdout: input, stderr: '' });
  }
});

test('users by number and by name, with their groups (TestUser)', async (t) => {
  const { engine } = given;
  const id = (...user: string[]) => engine.ok('run', '--rm', ...user, 'busybox', 'id');
  for (const user of [[], ['-u', 'root'], ['-u', '0']]) t.regex(await id(...user), /^uid=0\(root\) gid=0\(root\)/);
  for (const user of ['1', 'daemon']) t.regex(await id('-u', user), /^uid=1\(daemon\) gid=1\(daemon\)/);
});

test('a committed container runs on in another one (TestCommitRun)', async (t) => {
  const { engine } = given;
  const program = ['sh', '-c', 'echo hello > /world'];
  await engine.ok('create', '-m', '33554432', '--name', 'writer', 'busybox', ...program);
  t.is(await isRunning('writer'), 'false');
  await engine.ok('start', '-a', 'writer');
  t.is(await isRunning('writer'), 'false');
  const image = await engine.ok('commit', 'writer');
  t.is((await engine.quick(['run', '--rm', '-m', '33554432', image, 'cat', '/world'])).stdout, 'hello\n');
});

test('what a failing program has printed comes before the reason of its failure (TestCmdStreamBad)', async (t) => {
  const script = "echo hello; sleep 0.05; echo >&2 error couldn\\'t reverse the phase pulser; exit 1";
  const program = ['busybox', 'sh', '-c', script];
  t.is(await v1(['run', ...program]), "hello\nerror couldn't reverse the phase pulser\n");
  t.is((await given.engine.quick(['run', '--rm', ...program])).code, 1);
});

test('a new engine makes its folder, and has no images (TestInit)', async (t) => {
  const engine = new TestEngine();
  t.teardown(() => engine.destroy());
  t.deepEqual(await engine.docker(['images', '-q']), { code: 0, stdout: '', stderr: '' });
  t.true(statSync(join(engine.root, 'gantry.db')).isFile());
});

test.serial('an image has the comment that it was given, and is one more (TestRegister)', async (t) => {
  const { engine } = given;
  const count = async (): Promise<number> => (await engine.ok('images', '-aq', '--no-trunc')).split('\n').length;
  const before = await count();
  const id = await engine.ok('import', '-m', 'Testing', imageTar('busybox'));
  t.is(await engine.ok('inspect', '-f', '{{.Comment}}', id), 'Testing');
  t.is(await count(), before + 1);
  await engine.ok('rmi', id);
});

test('what a run has mounted is unmounted, and its mount point is gone (TestMount)', async (t) => {
  const { engine } = given;
  const id = await engine.ok('run', '-d', 'busybox', 'sleep', '1000');
  t.true(existsSync(join(engine.root, 'run/c', id, 'rootfs')));
  await engine.ok('kill', id);
  t.false(existsSync(join(engine.root, 'run/c', id)));
  t.notRegex(readFileSync(`/proc/${engine.daemonPid}/mountinfo`, 'utf8'), new RegExp(id));
});

test('two floods at once, both running, both killed (TestMultipleContainers)', async (t) => {
  const { engine } = given;
  const names = ['flood1', 'flood2'];
  const clients = names.map((name) => engine.spawn(['run', '--name', name, 'busybox', 'cat', '/dev/zero']));
  const ended = clients.map((client) => once(client, 'close'));
  await eventually(async () => {
    const running = await engine.ok('ps');
    return names.every((name) => running.includes(name));
  });
  t.is(await engine.ok('kill', ...names), 'flood1\nflood2');
  for (const client of clients) client.stdout?.resume();
  t.deepEqual(await Promise.all(ended), [
    [137, null],
    [137, null],
  ]);
});

test.serial('a container that was destroyed is gone from disk, and a second time an error (TestDestroy)', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'doomed', 'busybox', 'true']);
  const [{ Id }] = JSON.parse(await engine.ok('inspect', 'doomed'));
  t.true(existsSync(join(engine.root, 'containers', Id)));
  await engine.ok('rm', Id);
  t.false(existsSync(join(engine.root, 'containers', Id)));
  t.is((await engine.docker(['rm', Id])).code, 1);
  // Until then `undo` could bring it back.
  await engine.ok('system', 'prune', '-f');
  t.deepEqual(globSync(`**/${Id}*`, { cwd: engine.root }), []);
});

test.serial('another engine on the same root knows the container, and runs it again (TestRestore)', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'restored', 'busybox', 'echo', 'again']);
  await engine.stopDaemon();
  await engine.startDaemon();
  t.is((await engine.ok('ps', '-aq', '-f', 'name=restored')).split('\n').length, 1);
  t.is((await engine.docker(['start', '-a', 'restored'])).stdout, 'again\n');
});

test('swap is limited to twice the memory (TestLXCConfig)', async (t) => {
  const script =
    'cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.swap.max';
  const limit = Number(await given.engine.ok('run', '--rm', '-m', '64m', 'busybox', 'sh', '-c', script));
  // Version 2 counts swap alone, version 1 memory and swap.
  t.true(limit === 128 << 20 || limit === 64 << 20);
});

test('v1: a terminal in the container for a client that cannot tell of its own, and attach by flags', async (t) => {
  const { engine } = given;
  t.is(await v1(['run', '-i', '-t', 'busybox', 'stty', 'size']), '24 80\r\n');
  t.regex(await v1(['run', '-i', '-t', 'busybox', 'sh'], 'tty\nexit\n'), /\/dev\/pts\/0\r\n/);
  const script = 'read word; echo out $word; echo err >&2; read more';
  const attached = async (flags: readonly string[], input: string, others: readonly string[] = []): Promise<string> => {
    const id = await engine.ok('run', '-di', 'busybox', 'sh', '-c', script);
    for (const other of others) void v1(['attach', id], other);
    const answer = v1(['attach', ...flags, id], input);
    await eventually(async () => (await engine.quick(['logs', id])).stderr === 'err\n');
    await engine.ok('kill', id);
    return answer;
  };
  t.is(await attached(['-i'], 'go\n', ['not heard\n']), 'out go\nerr\n');
  t.is(await attached(['-i', '-e=false'], 'go\n'), 'out go\n');
  t.is(await attached(['-i', '--o=false'], 'go\n'), 'err\n');
});

test('v1: answers as scripts of 2013 expect them', async (t) => {
  const { engine } = given;
  const job = await engine.ok('run', '-d', '-p', '127.0.0.1::4444', 'busybox', 'sleep', '1000');
  const port = await v1(['port', job, '4444']);
  t.regex(port, /^\d+\n$/);
  t.is(await engine.ok('port', job, '4444'), `127.0.0.1:${port.trim()}`);
  t.is(await v1(['kill', job]), `${job}\n`);
  t.is(await v1(['kill', job]), `${job}\n`);
  t.not((await engine.quick(['kill', job])).code, 0);
  t.regex(await v1(['ps', '--a', '--q', '-notrunc']), new RegExp(`^${job}$`, 'm'));
  t.is(await v1(['run', '--e=A=1', 'busybox', 'sh', '-c', 'echo $A --q']), '1 --q\n');
  t.is((await v1(['rm'])) + (await v1(['kill'])), '');
});

test('v1: what is wrong is told with how it is right', async (t) => {
  t.regex(await v1(['nosuch']), /^Error: No such command: nosuch\n/);
  t.regex(await v1(['help', 'nosuch']), /^Error: No such command: nosuch\n/);
  t.regex(await v1(['PS', '-x']), /^Error: unknown shorthand flag: 'x' in -x\n\nUsage: {2}docker ps/);
  t.regex(
    await v1(['port']),
    /^Error: docker: 'docker port' requires at least 1 [^\n]*\n\nUsage: {2}docker port CONTAINER/,
  );
  for (const nothing of [null, [], ['']]) t.regex(await v1(nothing), /^Usage: {2}docker \[OPTIONS\] COMMAND/);
  t.regex(await v1(['import', '127.0.0.1:1/root.tar']), /^Error: .*127\.0\.0\.1:1/);
});
