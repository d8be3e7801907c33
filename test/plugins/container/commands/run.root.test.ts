import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, imageTar, TestEngine } from '../../../support/engine.js';

/** Every test here runs twice: by a daemon, and by the command's own process. */
const engines: Record<'daemon' | 'local', TestEngine | undefined> = { daemon: undefined, local: undefined };

test.before(async () => {
  engines.daemon = await TestEngine.withDaemon();
  engines.local = new TestEngine();
  await Promise.all([engines.daemon.importImage('busybox'), engines.local.importImage('busybox')]);
});

test.after.always(async () => {
  await engines.daemon?.destroy();
  await engines.local?.destroy();
});

function both(title: string, check: (t: ExecutionContext, engine: TestEngine) => Promise<void>): void {
  for (const mode of ['daemon', 'local'] as const) {
    test(`${title} (${mode})`, async (t) => {
      const engine = engines[mode];
      if (!engine) throw new Error('no engine');
      await check(t, engine);
    });
  }
}

both('stdout and stderr stay apart, the exit code is the container’s', async (t, engine) => {
  const result = await engine.docker(['run', '--rm', 'busybox', 'sh', '-c', 'echo out; echo err >&2; exit 42']);
  t.deepEqual(result, { code: 42, stdout: 'out\n', stderr: 'err\n' });
});

both('a signal that ends the program gives 128 and its number', async (t, engine) => {
  const { code } = await engine.docker(['run', '--rm', 'busybox', 'sh', '-c', 'sh -c "kill -9 \\$\\$"; exit $?']);
  t.is(code, 137);
});

both('the environment is PATH and HOME, and what -e and --env-file say', async (t, engine) => {
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  t.is(await engine.ok('run', '--rm', 'busybox', '/usr/bin/env'), `${path}\nHOME=/root`);

  const file = join(engine.root, 'variables');
  writeFileSync(file, '# comment\nFROM_FILE=a b\nBOTH=file\n');
  const { stdout } = await engine.docker(
    ['run', '--rm', '--env-file', file, '-e', 'BOTH=flag', '-eA=1', '-e', 'OF_CLIENT', 'busybox', 'env'],
    { env: { OF_CLIENT: 'yes' } },
  );
  t.deepEqual(stdout.trim().split('\n').slice(2), ['FROM_FILE=a b', 'BOTH=flag', 'A=1', 'OF_CLIENT=yes']);
});

both('-u takes names and numbers, with a group or without', async (t, engine) => {
  const id = (user: string) => engine.ok('run', '--rm', '-u', user, 'busybox', 'id');
  t.true((await engine.ok('run', '--rm', 'busybox', 'id')).startsWith('uid=0(root) gid=0(root)'));
  t.true((await id('0')).startsWith('uid=0(root) gid=0(root)'));
  t.true((await id('1')).startsWith('uid=1(daemon) gid=1(daemon)'));
  t.true((await id('daemon')).startsWith('uid=1(daemon) gid=1(daemon)'));
  t.true((await id('1234:0')).startsWith('uid=1234 gid=0(root)'));
  const { code, stderr } = await engine.docker(['run', '--rm', '-u', 'nobody-here', 'busybox', 'id']);
  t.is(code, 125);
  t.regex(stderr, /unable to find user nobody-here/);
});

both('-w, --hostname, --entrypoint, --read-only, -m', async (t, engine) => {
  t.is(await engine.ok('run', '--rm', '-w', '/made/here', 'busybox', 'pwd'), '/made/here');
  t.is(await engine.ok('run', '--rm', '--hostname', 'ship', 'busybox', 'hostname'), 'ship');
  t.is(await engine.ok('run', '--rm', '--entrypoint', 'echo', 'busybox', 'a', 'b'), 'a b');
  const readOnly = await engine.docker(['run', '--rm', '--read-only', 'busybox', 'touch', '/x']);
  t.is(readOnly.code, 1);
  t.regex(readOnly.stderr, /Read-only file system/);
  const limit = 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max';
  t.is(await engine.ok('run', '--rm', '-m', '32m', 'busybox', 'sh', '-c', limit), String(32 << 20));
});

both('--network none is loopback alone, host is the host’s own', async (t, engine) => {
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

both('a program that is not there gives 127, one that cannot be executed 126', async (t, engine) => {
  const missing = await engine.docker(['run', '--rm', 'busybox', 'no-such-program']);
  t.is(missing.code, 127);
  t.regex(missing.stderr, /^[^\n]*exec: "no-such-program": executable file not found in \$PATH[^\n]*\n$/);
  const denied = await engine.docker(['run', '--rm', 'busybox', '/etc/passwd']);
  t.is(denied.code, 126);
  t.regex(denied.stderr, /^[^\n]*exec: "\/etc\/passwd": permission denied[^\n]*\n$/);
  t.is((await engine.docker(['run', '--rm', 'busybox', '/etc'])).code, 126);
});

both('what the engine refuses gives 125, in one line, and leaves nothing', async (t, engine) => {
  const lines: [string[], RegExp][] = [
    [['--pull', 'never', 'no-such-image'], /No such image: no-such-image/],
    [['-p', '99999:80', 'busybox', 'true'], /99999/],
    [['-m', '1k', 'busybox', 'true'], /[Mm]inimum memory limit/],
    [['-v', 'relative/path:/x', 'busybox', 'true'], /relative\/path/],
    [['--network', 'nowhere', 'busybox', 'true'], /network nowhere not found/],
    [['--env-file', '/no/such/file', 'busybox', 'true'], /no\/such\/file/],
  ];
  for (const [args, words] of lines) {
    const { code, stdout, stderr } = await engine.docker(['run', '--name', 'refused', ...args]);
    t.is(code, 125, args.join(' '));
    t.is(stdout, '');
    t.regex(stderr, words);
    t.notRegex(stderr, /\n {4}at /);
  }
  t.notRegex(await engine.ok('ps', '-a'), /refused/);
});

both('ids are 64 hex digits; prefixes and names find a container', async (t, engine) => {
  await engine.docker(['run', '--name', 'findable', 'busybox', 'true']);
  const id = await engine.ok('ps', '-aq', '--no-trunc', '-n', '1000').then((ids) => ids.split('\n'));
  const [whole] = JSON.parse(await engine.ok('inspect', 'findable')) as [{ Id: string; Name: string }];
  t.regex(whole.Id, /^[0-9a-f]{64}$/);
  t.true(id.includes(whole.Id));
  t.is(whole.Name, '/findable');
  t.is(await engine.ok('wait', whole.Id.slice(0, 20)), '0');

  const taken = await engine.docker(['run', '--name', 'findable', 'busybox', 'true']);
  t.is(taken.code, 125);
  t.regex(taken.stderr, /The container name "\/findable" is already in use/);
  t.is(await engine.ok('rm', 'findable'), 'findable');
  const gone = await engine.docker(['rm', 'findable']);
  t.is(gone.code, 1);
  t.regex(gone.stderr, /No such container: findable/);
});

both('--rm leaves neither container nor folder', async (t, engine) => {
  await engine.ok('run', '--rm', '--name', 'fleeting', 'busybox', 'touch', '/x');
  t.notRegex(await engine.ok('ps', '-a'), /fleeting/);
});

both('-v binds folders of the host, read-only on request', async (t, engine) => {
  const folder = join(engine.root, 'shared');
  mkdirSync(folder, { recursive: true });
  await engine.ok('run', '--rm', '-v', `${folder}:/data`, 'busybox', 'sh', '-c', 'echo hello > /data/file');
  t.is(readFileSync(join(folder, 'file'), 'utf8'), 'hello\n');
  const { code } = await engine.docker(['run', '--rm', '-v', `${folder}:/data:ro`, 'busybox', 'touch', '/data/no']);
  t.is(code, 1);
});

both('a named volume outlives containers, an anonymous one goes with --rm', async (t, engine) => {
  await engine.ok('run', '--rm', '-v', 'things:/data', 'busybox', 'sh', '-c', 'echo kept > /data/file');
  t.is(await engine.ok('run', '--rm', '-v', 'things:/data', 'busybox', 'cat', '/data/file'), 'kept');
  const before = await engine.ok('volume', 'ls', '-q');
  await engine.ok('run', '--rm', '-v', '/scratch', 'busybox', 'touch', '/scratch/x');
  t.is(await engine.ok('volume', 'ls', '-q'), before);
});

both(
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
  await eventually(async () => (await engine.docker(['ps', '-q'])).stdout.trim() !== '');
  t.is(await engine.ok('kill', 'flood'), 'flood');
  child.stdout?.resume();
  const [code] = await once(child, 'close');
  t.is(code, 137);
  await engine.ok('rm', 'flood');
});

both('labels come from the image, files and flags, the last one counts', async (t, engine) => {
  const file = join(engine.root, 'labels');
  writeFileSync(file, '# comment\nfrom=file\nboth=file\nbare\n');
  await engine.ok('import', '-c', 'LABEL image=yes both=image', imageTar('busybox'), 'labelled');
  const flags = ['--label-file', file, '-l', 'both=flag', '--label', 'empty', '-l', 'equation=a=b'];
  await engine.ok('run', '--name', 'labelled', ...flags, 'labelled', 'true');
  const [container] = JSON.parse(await engine.ok('inspect', 'labelled'));
  const expected = { image: 'yes', from: 'file', both: 'flag', bare: '', empty: '', equation: 'a=b' };
  t.deepEqual(container.Config.Labels, expected);
  const bad = await engine.docker(['run', '-l', '=x', 'busybox', 'true']);
  t.is(bad.code, 125);
  t.regex(bad.stderr, /invalid label '=x': empty name/);
});

both('--privileged gives all capabilities and devices, and a writable /proc/sys', async (t, engine) => {
  const script =
    'grep Seccomp: /proc/self/status; mount -t tmpfs none /tmp && test -w /proc/sys/kernel && ls /dev/kmsg';
  const output = await engine.ok('run', '--name', 'mighty', '--privileged', 'busybox', 'sh', '-c', script);
  t.is(output, 'Seccomp:\t0\n/dev/kmsg');
  const [mighty] = JSON.parse(await engine.ok('inspect', 'mighty'));
  t.true(mighty.HostConfig.Privileged);
  t.not((await engine.docker(['run', '--rm', 'busybox', 'mount', '-t', 'tmpfs', 'none', '/tmp'])).code, 0);
});
