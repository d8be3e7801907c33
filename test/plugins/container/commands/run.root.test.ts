import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, imageTar, type Result, TestEngine } from '../../../support/engine.js';

/** What concerns the client's process is tried twice: by a daemon, and by the command's own process. */
const engines: Record<'daemon' | 'local', TestEngine | undefined> = { daemon: undefined, local: undefined };

test.before(async () => {
  engines.daemon = await TestEngine.withDaemon('busybox');
  engines.local = new TestEngine();
  await engines.local.importImage('busybox');
});

test.after.always(async () => {
  await engines.daemon?.destroy();
  await engines.local?.destroy();
});

type Mode = keyof typeof engines;

function by(mode: Mode, title: string, check: (t: ExecutionContext, engine: TestEngine) => Promise<void>): void {
  test.serial(`${title} (${mode})`, async (t) => {
    const engine = engines[mode];
    if (!engine) throw new Error('no engine');
    await check(t, engine);
  });
}

function both(title: string, check: (t: ExecutionContext, engine: TestEngine, mode: Mode) => Promise<void>): void {
  for (const mode of ['daemon', 'local'] as const) by(mode, title, (t, engine) => check(t, engine, mode));
}

/** Signals to a client that has hardly begun, milliseconds after its start. */
const EARLY: readonly (readonly [signal: NodeJS.Signals, delay: number, flags: readonly string[]])[] = [
  ['SIGTERM', 60, ['--init']],
  ['SIGINT', 100, []],
  ['SIGHUP', 140, ['--init']],
];

const MEMORY_LIMIT = 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max';

both('stdout and stderr stay apart, the exit code is the container’s, --rm leaves nothing', async (t, engine) => {
  const script = 'mount -t tmpfs none /tmp 2>/dev/null && echo mounted; echo out; echo err >&2; exit 42';
  const result = await engine.docker(['run', '--rm', '--name', 'fleeting', 'busybox', 'sh', '-c', script]);
  t.deepEqual(result, { code: 42, stdout: 'out\n', stderr: 'err\n' });
  t.notRegex(await engine.ok('ps', '-a'), /fleeting/);
});

by('daemon', 'a signal that ends the program gives 128 and its number', async (t, engine) => {
  const { code } = await engine.docker(['run', '--rm', 'busybox', 'sh', '-c', 'sh -c "kill -9 \\$\\$"; exit $?']);
  t.is(code, 137);
});

const VARIABLES = '# comment\nFROM_FILE=a b\nBOTH=file\n';
const VARIABLE_FLAGS = ['-e', 'BOTH=flag', '-eA=1', '-e', 'OF_CLIENT'];
const GIVEN_VARIABLES = ['FROM_FILE=a b', 'BOTH=flag', 'A=1', 'OF_CLIENT=yes'];

by('daemon', 'the environment is PATH, HOSTNAME and HOME, and what -e and --env-file say', async (t, engine) => {
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const words = ['run', '--rm', '--name', 'own', '--hostname', 'box', 'busybox', '/usr/bin/env'];
  t.is(await engine.ok(...words), `${path}\nHOSTNAME=box\nHOME=/root`);

  const file = join(engine.root, 'variables');
  writeFileSync(file, VARIABLES);
  const { stdout } = await engine.docker(['run', '--rm', '--env-file', file, ...VARIABLE_FLAGS, 'busybox', 'env'], {
    env: { OF_CLIENT: 'yes' },
  });
  t.deepEqual(stdout.trim().split('\n').slice(2, -1), GIVEN_VARIABLES);
});

by('daemon', '-u takes names and numbers, with a group or without', async (t, engine) => {
  const id = (user: string) => engine.ok('run', '--rm', '-u', user, 'busybox', 'id');
  t.true((await engine.ok('run', '--rm', 'busybox', 'id')).startsWith('uid=0(root) gid=0(root)'));
  t.true((await id('0')).startsWith('uid=0(root) gid=0(root)'));
  t.true((await id('1')).startsWith('uid=1(daemon) gid=1(daemon)'));
  t.true((await id('daemon')).startsWith('uid=1(daemon) gid=1(daemon)'));
  t.true((await id('1234:0')).startsWith('uid=1234 gid=0(root)'));
  const { code, stderr } = await engine.quick(['run', '--rm', '-u', 'nobody-here', 'busybox', 'id']);
  t.is(code, 125);
  t.regex(stderr, /unable to find user nobody-here/);
});

by('daemon', '-w, --hostname, --entrypoint, --read-only, -m', async (t, engine) => {
  t.is(await engine.ok('run', '--rm', '-w', '/made/here', 'busybox', 'pwd'), '/made/here');
  t.is(await engine.ok('run', '--rm', '--hostname', 'ship', 'busybox', 'hostname'), 'ship');
  t.is(await engine.ok('run', '--rm', '--entrypoint', 'echo', 'busybox', 'a', 'b'), 'a b');
  const readOnly = await engine.quick(['run', '--rm', '--read-only', 'busybox', 'touch', '/x']);
  t.is(readOnly.code, 1);
  t.regex(readOnly.stderr, /Read-only file system/);
  t.is(await engine.ok('run', '--rm', '-m', '32m', 'busybox', 'sh', '-c', MEMORY_LIMIT), String(32 << 20));
});

const LABEL_FILE = '# comment\nfrom=file\nboth=file\nbare\n';
const LABEL_FLAGS = ['-l', 'both=flag', '--label', 'empty', '-l', 'equation=a=b'];
const GIVEN_LABELS = { from: 'file', both: 'flag', bare: '', empty: '', equation: 'a=b' };
const MIGHTY = 'grep Seccomp: /proc/self/status; mount -t tmpfs none /tmp && test -w /proc/sys/kernel && ls /dev/kmsg';

by('local', 'many flags at once: privileges, labels, the host’s network, volumes', async (t, engine) => {
  const labels = join(engine.root, 'labels');
  writeFileSync(labels, LABEL_FILE);
  const flags = ['--label-file', labels, ...LABEL_FLAGS, '-v', 'things:/things', '-v', 'settings:/etc'];
  const script = `hostname; echo kept >/things/file; stat -c %a:%u /etc/passwd; ${MIGHTY}`;
  const words = ['--name', 'mighty', '--privileged', '--network', 'host', ...flags, 'busybox', 'sh', '-c', script];
  const { code, stdout, stderr } = await engine.docker(['run', ...words]);
  t.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  t.deepEqual(stdout.trim().split('\n'), [hostname(), '644:0', 'Seccomp:\t0', '/dev/kmsg']);
  const [mighty] = JSON.parse(await engine.ok('inspect', 'mighty'));
  t.true(mighty.HostConfig.Privileged);
  t.deepEqual(mighty.Config.Labels, GIVEN_LABELS);
});

by('local', 'many flags at once: variables, user, names, limits, volumes, no network', async (t, engine) => {
  const [shared, variables] = ['shared', 'variables'].map((name) => join(engine.root, name)) as [string, string];
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  writeFileSync(variables, VARIABLES);
  const volumes = ['-v', `${shared}:/data`, '-v', `${shared}:/same:ro`, '-v', 'things:/things', '-v', '/scratch'];
  const variable = ['--env-file', variables, ...VARIABLE_FLAGS];
  const flags = ['--read-only', '-u', '1234:0', '-w', '/made/here', '--hostname', 'ship', '-m', '32m'];
  const script = `env; id; pwd; hostname; ${MEMORY_LIMIT}; touch /tmp/x; touch /same/x; cat /things/file;
    ls /sys/class/net; ip addr | grep inet; ls /scratch; echo hello >/data/file`;
  const words = [...variable, ...flags, ...volumes, '--network', 'none', '--entrypoint', 'sh', 'busybox', '-c', script];
  const { code, stdout, stderr } = await engine.docker(['run', '--rm', ...words], { env: { OF_CLIENT: 'yes' } });
  t.is(code, 0, stderr);
  for (const variable of GIVEN_VARIABLES) t.true(stdout.includes(`${variable}\n`), variable);
  const facts = ['/made/here', 'ship', String(32 << 20), 'kept', 'lo', '    inet 127.0.0.1/8 scope host lo'];
  const from = stdout.indexOf('uid=');
  t.is(stdout.slice(from).replace(/\n {4}inet6.*/, ''), `uid=1234 gid=0(root) groups=0(root)\n${facts.join('\n')}\n`);
  t.regex(stderr, /\/tmp\/x: Read-only file system\n.*\/same\/x: Read-only file system\n/);
  t.is(readFileSync(join(shared, 'file'), 'utf8'), 'hello\n');
  t.is(await engine.ok('volume', 'ls', '-q'), 'settings\nthings');
});

by('daemon', '--network none is loopback alone, host is the host’s own', async (t, engine) => {
  const none = await engine.ok('run', '--rm', '--network', 'none', 'busybox', 'sh', '-c', 'ls /sys/class/net; ip addr');
  t.true(none.startsWith('lo\n'));
  t.regex(none, /inet 127\.0\.0\.1\/8/);
  t.notRegex(none, /eth0/);
  t.is(await engine.ok('run', '--rm', '--network', 'host', 'busybox', 'hostname'), hostname());
  t.regex(await engine.ok('run', '--rm', 'busybox', 'ip', 'addr'), /eth0/);
});

both('10 MB of binary data through stdin and back', async (t, engine) => {
  const data = randomBytes(10 << 20);
  const child = engine.spawn(['run', '--rm', '-i', 'busybox', 'cat']);
  const hash = createHash('sha256');
  child.stdout?.on('data', (chunk: Buffer) => hash.update(chunk));
  child.stdin?.end(data);
  const [code] = await once(child, 'close');
  t.is(code, 0);
  t.is(hash.digest('hex'), createHash('sha256').update(data).digest('hex'));
});

both('the end of the client’s input is the end of the container’s', async (t, engine) => {
  const { stdout } = await engine.docker(['run', '--rm', '-i', 'busybox', 'sh', '-c', 'cat; echo done'], {
    input: 'in\n',
  });
  t.is(stdout, 'in\ndone\n');
});

both('without -i there is no input', async (t, engine) => {
  t.is((await engine.docker(['run', '--rm', 'busybox', 'cat'], { input: 'unread' })).stdout, '');
});

both('a signal to the client reaches the container', async (t, engine) => {
  const script = 'trap "echo got it; exit 7" TERM; echo ready; while :; do sleep 0.1; done';
  const child = engine.spawn(['run', '--rm', 'busybox', 'sh', '-c', script]);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk;
    if (output === 'ready\n') child.kill('SIGTERM');
  });
  const [code] = await once(child, 'close');
  t.is(code, 7);
  t.is(output, 'ready\ngot it\n');
});

both('a program that is not there gives 127, one that cannot be executed 126', async (t, engine, mode) => {
  const missing = await engine.docker(['run', '--rm', 'busybox', 'no-such-program']);
  t.is(missing.code, 127);
  t.regex(missing.stderr, /^[^\n]*exec: "no-such-program": executable file not found in \$PATH[^\n]*\n$/);
  const denied = await engine.docker(['run', '--rm', 'busybox', '/etc/passwd']);
  t.is(denied.code, 126);
  t.regex(denied.stderr, /^[^\n]*exec: "\/etc\/passwd": permission denied[^\n]*\n$/);
  if (mode === 'daemon') t.is((await engine.quick(['run', '--rm', 'busybox', '/etc'])).code, 126);
});

both('what the engine refuses gives 125, in one line, and leaves nothing', async (t, engine, mode) => {
  const ofAll: [string[], RegExp][] = [
    [['--pull', 'never', 'no-such-image'], /No such image: no-such-image/],
    [['--env-file', '/no/such/file', 'busybox', 'true'], /no\/such\/file/],
  ];
  const ofEngine: [string[], RegExp][] = [
    [['-p', '99999:80', 'busybox', 'true'], /99999/],
    [['-m', '1k', 'busybox', 'true'], /[Mm]inimum memory limit/],
    [['-v', 'relative/path:/x', 'busybox', 'true'], /relative\/path/],
    [['--network', 'nowhere', 'busybox', 'true'], /network nowhere not found/],
  ];
  const check = (args: string[], words: RegExp, { code, stdout, stderr }: Result): void => {
    t.is(code, 125, args.join(' '));
    t.is(stdout, '');
    t.regex(stderr, words);
    t.notRegex(stderr, /\n {4}at /);
  };
  const run = (args: string[]) => ['run', '--name', 'refused', ...args];
  for (const [args, words] of ofAll) check(args, words, await engine.docker(run(args)));
  if (mode === 'daemon') for (const [args, words] of ofEngine) check(args, words, await engine.quick(run(args)));
  t.notRegex(await engine.ok('ps', '-a'), /refused/);
});

by('daemon', 'ids are 64 hex digits; prefixes and names find a container', async (t, engine) => {
  await engine.ok('run', '--name', 'findable', 'busybox', 'true');
  const id = await engine.ok('ps', '-aq', '--no-trunc', '-n', '1000').then((ids) => ids.split('\n'));
  const [whole] = JSON.parse(await engine.ok('inspect', 'findable')) as [{ Id: string; Name: string }];
  t.regex(whole.Id, /^[0-9a-f]{64}$/);
  t.true(id.includes(whole.Id));
  t.is(whole.Name, '/findable');
  t.is(await engine.ok('wait', whole.Id.slice(0, 20)), '0');

  const taken = await engine.quick(['run', '--name', 'findable', 'busybox', 'true']);
  t.is(taken.code, 125);
  t.regex(taken.stderr, /The container name "\/findable" is already in use/);
  t.is(await engine.ok('rm', 'findable'), 'findable');
  const gone = await engine.quick(['rm', 'findable']);
  t.is(gone.code, 1);
  t.regex(gone.stderr, /No such container: findable/);
});

by('daemon', '-v binds folders of the host, read-only on request', async (t, engine) => {
  const folder = join(engine.root, 'shared');
  mkdirSync(folder, { recursive: true });
  await engine.ok('run', '--rm', '-v', `${folder}:/data`, 'busybox', 'sh', '-c', 'echo hello > /data/file');
  t.is(readFileSync(join(folder, 'file'), 'utf8'), 'hello\n');
  const { code } = await engine.quick(['run', '--rm', '-v', `${folder}:/data:ro`, 'busybox', 'touch', '/data/no']);
  t.is(code, 1);
});

by('daemon', 'a named volume outlives containers, an anonymous one goes with --rm', async (t, engine) => {
  await engine.ok('run', '--rm', '-v', 'things:/data', 'busybox', 'sh', '-c', 'echo kept > /data/file');
  t.is(await engine.ok('run', '--rm', '-v', 'things:/data', 'busybox', 'cat', '/data/file'), 'kept');
  const before = await engine.ok('volume', 'ls', '-q');
  await engine.ok('run', '--rm', '-v', '/scratch', 'busybox', 'touch', '/scratch/x');
  t.is(await engine.ok('volume', 'ls', '-q'), before);
});

by(
  'daemon',
  'a new volume begins with what the image has at its place, links and owners too; a used one keeps its own',
  async (t, engine) => {
    const look = ['busybox', 'sh', '-c', 'ls /etc; stat -c %a:%u /etc/passwd; echo changed > /etc/passwd'];
    const first = await engine.ok('run', '--rm', '-v', 'settings:/etc', ...look);
    t.true(first.startsWith('group\n'));
    t.true(first.endsWith('\npasswd\nresolv.conf\n644:0'));
    t.is(await engine.ok('run', '--rm', '-v', 'settings:/x', 'busybox', 'cat', '/x/passwd'), 'changed');
    t.is(await engine.ok('run', '--rm', '-v', 'settings:/bin/none', 'busybox', 'cat', '/bin/none/passwd'), 'changed');
  },
);

both('restart runs the program again, with fresh input and output', async (t, engine) => {
  await engine.docker(['run', '-i', '--name', `again`, 'busybox', 'cat'], { input: 'hello world' });
  const second = await engine.docker(['start', '-ai', 'again'], { input: 'hello world #2' });
  t.is(second.stdout, 'hello world #2');
  t.is((await engine.docker(['logs', 'again'])).stdout, 'hello worldhello world #2');
  await engine.ok('rm', 'again');
});

both('an unread flood of output neither stops the engine nor the container’s end', async (t, engine) => {
  const child = engine.spawn(['run', '--name', 'flood', 'busybox', 'cat', '/dev/zero']);
  // There is output, and nobody takes more of it.
  await once(child.stdout ?? child, 'readable');
  t.is(await engine.ok('kill', 'flood'), 'flood');
  child.stdout?.resume();
  const [code] = await once(child, 'close');
  t.is(code, 137);
  await engine.ok('rm', 'flood');
});

by('daemon', 'labels come from the image, files and flags, the last one counts', async (t, engine) => {
  const file = join(engine.root, 'labels');
  writeFileSync(file, LABEL_FILE);
  await engine.ok('import', '-c', 'LABEL image=yes both=image', imageTar('busybox'), 'labelled');
  await engine.ok('run', '--name', 'labelled', '--label-file', file, ...LABEL_FLAGS, 'labelled', 'true');
  const [container] = JSON.parse(await engine.ok('inspect', 'labelled'));
  t.deepEqual(container.Config.Labels, { image: 'yes', ...GIVEN_LABELS });
  const bad = await engine.quick(['run', '-l', '=x', 'busybox', 'true']);
  t.is(bad.code, 125);
  t.regex(bad.stderr, /invalid label '=x': empty name/);
});

by('daemon', '--privileged gives all capabilities and devices, and a writable /proc/sys', async (t, engine) => {
  const output = await engine.ok('run', '--name', 'mighty', '--privileged', 'busybox', 'sh', '-c', MIGHTY);
  t.is(output, 'Seccomp:\t0\n/dev/kmsg');
  const [mighty] = JSON.parse(await engine.ok('inspect', 'mighty'));
  t.true(mighty.HostConfig.Privileged);
  t.not((await engine.quick(['run', '--rm', 'busybox', 'mount', '-t', 'tmpfs', 'none', '/tmp'])).code, 0);
});

by('daemon', '--attach chooses the streams that the client gets', async (t, engine) => {
  const program = ['busybox', 'sh', '-c', 'cat; echo out; echo err >&2; exit 3'];
  const run = (...flags: string[]): Promise<Result> =>
    engine.docker(['run', '--rm', ...flags, ...program], { input: 'in\n' });
  t.deepEqual(await run('-a', 'stdout'), { code: 3, stdout: 'out\n', stderr: '' });
  t.deepEqual(await run('-i', '-a', 'STDERR', '--attach=stdin'), { code: 3, stdout: '', stderr: 'err\n' });
  t.deepEqual(await run('-i', '-a', 'stdout', '-a', 'stderr', '-a', 'stdin'), {
    code: 3,
    stdout: 'in\nout\n',
    stderr: 'err\n',
  });
  const { code, stdout } = await run('-i', '-a', 'stdin');
  t.is(code, 3);
  t.regex(stdout, /^[0-9a-f]{64}\n$/);
  t.regex((await run('-a', 'stdlog')).stderr, /^invalid argument "stdlog" for "-a, --attach" flag: valid streams are/);
  t.is((await run('-d', '-a', 'stdout')).code, 125);
});

by('daemon', 'another user in the container may open its outputs', async (t, engine) => {
  const script = 'su -s /bin/sh daemon -c "echo out >/dev/stdout; echo err >/dev/stderr"';
  t.deepEqual(await engine.docker(['run', '--rm', 'busybox', 'sh', '-c', script]), {
    code: 0,
    stdout: 'out\n',
    stderr: 'err\n',
  });
  const id = await engine.ok('run', '-d', 'busybox', 'sleep', '1000');
  t.is(await engine.ok('exec', id, 'sh', '-c', script), 'out');
  await engine.ok('rm', '-f', id);
});

both(
  'a signal to the client ends what would not take it, and a job that is cancelled early is not done',
  async (t, engine) => {
    const gone = async (): Promise<boolean> => (await engine.quick(['ps', '-aq'])).stdout === '';
    const before = (await engine.ok('ps', '-aq')).split('\n').length;
    const client = engine.spawn(['run', '--rm', '--name', 'deaf', 'busybox', 'sh', '-c', 'echo up; exec sleep 1000']);
    await once(client.stdout ?? client, 'data');
    const ended = once(client, 'close');
    client.kill('SIGTERM');
    t.not((await ended)[0], 0);
    for (const [signal, delay, flags] of EARLY) {
      const early = engine.spawn(['run', '--rm', ...flags, 'busybox', 'sleep', '1000']);
      setTimeout(() => early.kill(signal), delay);
      t.not((await once(early, 'close'))[0], 0, `${signal} after ${delay} ms`);
    }
    await eventually(async () => (await gone()) || (await engine.ok('ps', '-aq')).split('\n').length === before);
  },
);

by('daemon', 'what -d has made is named, also where its program cannot be started', async (t, engine) => {
  const { code, stdout, stderr } = await engine.quick(['run', '-d', 'busybox', 'nosuch']);
  t.is(code, 127);
  t.regex(stderr, /"nosuch": executable file not found in \$PATH/);
  t.is(await engine.ok('rm', stdout.trim()), stdout.trim());
});
