import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { eventually, TestEngine } from '../support/engine.js';

let shared: TestEngine | undefined;
test.after.always(() => shared?.destroy());

/** A test may stop and kill the daemon, but what it ran is gone after it. One that fails leaves no engine to the next. */
async function withEngine(work: (engine: TestEngine) => Promise<void>): Promise<void> {
  shared ??= await TestEngine.withDaemon('busybox');
  const engine = shared;
  if (engine.daemonPid === 0) await engine.startDaemon();
  try {
    await work(engine);
    if (engine.daemonPid === 0) return;
    const containers = (await engine.ok('ps', '-aq')).split('\n').filter(Boolean);
    if (containers.length > 0) await engine.ok('rm', '-f', ...containers);
  } catch (error) {
    shared = undefined;
    await engine.destroy();
    throw error;
  }
}

const TICKER = ['sh', '-c', 'i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done'];

function assertUnbroken(output: string): number {
  const numbers = output.trimEnd().split('\n').map(Number);
  numbers.forEach((number, index) => {
    if (number !== index) throw new Error(`line ${index} of the log is ${number}`);
  });
  return numbers.length;
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test.serial(`containers and their logs survive a daemon that ends by ${signal}`, (t) =>
    withEngine(async (engine) => {
      await engine.ok('run', '-d', '--name', 'ticker', 'busybox', ...TICKER);
      const pid = JSON.parse(await engine.ok('inspect', 'ticker'))[0].State.Pid;
      await engine.stopDaemon(signal);
      t.true(existsSync(`/proc/${pid}`));

      await engine.startDaemon();
      t.regex(await engine.ok('ps'), /ticker/);
      t.is(JSON.parse(await engine.ok('inspect', 'ticker'))[0].State.Pid, pid);
      const seen = assertUnbroken(await engine.ok('logs', 'ticker'));
      await eventually(async () => assertUnbroken(await engine.ok('logs', 'ticker')) > seen + 5);
      await engine.ok('kill', 'ticker');
      t.is(await engine.ok('wait', 'ticker'), '137');
    }),
  );
}

test.serial('an exit code that no daemon saw is known to the next', (t) =>
  withEngine(async (engine) => {
    await engine.ok('run', '-d', '--name', 'alone', 'busybox', 'sh', '-c', 'sleep 0.5; echo last words; exit 9');
    const { Pid: pid } = JSON.parse(await engine.ok('inspect', 'alone'))[0].State;
    await engine.stopDaemon('SIGKILL');
    await eventually(() => !existsSync(`/proc/${pid}`));
    await engine.startDaemon();
    t.is(await engine.ok('wait', 'alone'), '9');
    t.is(await engine.ok('logs', 'alone'), 'last words');
    t.regex(await engine.ok('ps', '-a'), /Exited \(9\)/);
  }),
);

test.serial('a dead container with an open input does not keep the next daemon from starting', (t) =>
  withEngine(async (engine) => {
    await engine.ok('run', '-di', '--name', 'reader', 'busybox', 'sh', '-c', 'echo up; cat');
    const { Pid: pid } = JSON.parse(await engine.ok('inspect', 'reader'))[0].State;
    await engine.stopDaemon('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await eventually(() => !existsSync(`/proc/${pid}`));
    await engine.startDaemon();
    t.is(await engine.ok('wait', 'reader'), '137');
    t.is(await engine.ok('start', 'reader'), 'reader');
    await eventually(async () => (await engine.ok('logs', 'reader')) === 'up\nup');
  }),
);

test.serial('after a boot, nothing of before is taken for alive', (t) =>
  withEngine(async (engine) => {
    await engine.ok('run', '-d', '--name', 'before', 'busybox', 'sleep', '1000');
    const { Pid: pid } = JSON.parse(await engine.ok('inspect', 'before'))[0].State;
    await engine.stopDaemon();
    const database = new DatabaseSync(join(engine.root, 'gantry.db'));
    database.exec("UPDATE containers SET boot = 'another'");
    database.close();
    process.kill(pid, 'SIGKILL');
    await eventually(() => !existsSync(`/proc/${pid}`));
    await engine.startDaemon();
    t.regex(await engine.ok('ps', '-a'), /Exited/);
    t.is(await engine.ok('rm', 'before'), 'before');
  }),
);

test.serial('what containers and users wrote is out of reach of the host’s users', (t) =>
  withEngine(async (engine) => {
    await engine.ok('run', '-d', '-v', 'data:/data', '-e', 'SECRET=x', 'busybox', 'sleep', '1000');
    for (const path of ['gantry.db', 'gantry.db-wal', 'containers', 'volumes', 'layers', 'run/c']) {
      t.is(statSync(join(engine.root, path)).mode & 0o077, 0, path);
    }
  }),
);

test.serial('a runtime that was killed does not keep a container from starting again', (t) =>
  withEngine(async (engine) => {
    const id = await engine.ok('run', '-d', '--name', 'again', 'busybox', 'sleep', '1000');
    const [runtime] = readdirSync('/proc').filter((pid) => isRuntimeOf(pid, id));
    process.kill(Number(runtime), 'SIGKILL');
    await engine.ok('kill', 'again');
    await engine.ok('wait', 'again');
    t.is(await engine.ok('start', 'again'), 'again');
  }),
);

function isRuntimeOf(pid: string, id: string): boolean {
  if (!/^\d+$/.test(pid)) return false;
  try {
    const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return /\/(crun|runc)$/.test(program) && args.includes(id);
  } catch {
    return false;
  }
}

test.serial('a second daemon on the same root is refused in one line', (t) =>
  withEngine(async (engine) => {
    const { code, stderr } = await engine.docker(['-d', '-H', `unix://${engine.root}/other.sock`]);
    t.is(code, 125);
    t.is(
      stderr,
      `Error: a daemon (pid ${engine.daemonPid}) already runs on this root (Stop it first, or give this one a root of its own with --root)\n`,
    );
    t.is((await engine.docker(['version', '-q'])).code, 0);
  }),
);

test.serial('a daemon starts at the first try, though a copy of the last one still has its lock for a moment', (t) =>
  withEngine(async (engine) => {
    const lock = join(engine.root, 'daemon.lock');
    await engine.stopDaemon('SIGKILL');
    const holder = spawn('flock', [lock, 'sh', '-c', 'echo held; sleep 0.5'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const held = once(holder, 'close');
    await once(holder.stdout, 'data');
    await engine.startDaemon();
    t.is(await engine.ok('ps', '-q'), '');
    await held;
  }),
);

test.serial('SIGTERM stops the daemon cleanly: no socket, no pid file, exit code 0', (t) =>
  withEngine(async (engine) => {
    const pidFile = join(engine.root, 'run/gantry.pid');
    t.is(Number(readFileSync(pidFile, 'utf8')), engine.daemonPid);
    t.is(statSync(engine.socket).mode & 0o777, 0o660);
    const before = engine.daemonLog().length;
    await engine.stopDaemon();
    t.false(existsSync(pidFile));
    t.false(existsSync(engine.socket));
    t.regex(engine.daemonLog().slice(before), /SIGTERM: stopping/);
  }),
);

test.serial('a path that is not our socket is refused, and stays', (t) =>
  withEngine(async (engine) => {
    await engine.stopDaemon();
    const path = join(engine.root, 'precious');
    writeFileSync(path, 'text');
    const { code, stderr } = await engine.docker(['-d', '-H', `unix://${path}`]);
    t.is(code, 125);
    t.regex(stderr, /precious/);
    t.is(readFileSync(path, 'utf8'), 'text');
  }),
);

test.serial('an address that is given and where nobody listens is an error', async (t) => {
  const engine = new TestEngine();
  const { code, stderr } = await engine.docker(['-H', 'unix:///no/such.sock', 'ps']);
  await engine.destroy();
  t.is(code, 1);
  t.is(stderr, 'Cannot connect to the Docker daemon at unix:///no/such.sock. Is the docker daemon running?\n');
});

test.serial('run -d without a daemon starts one in the background, and says so', async (t) => {
  const engine = new TestEngine();
  try {
    await engine.importImage('busybox');
    const { code, stdout, stderr } = await engine.docker(['run', '-d', '--name', 'first', 'busybox', 'sleep', '100']);
    t.is(code, 0, stderr);
    t.regex(stdout, /^[0-9a-f]{64}\n$/);
    t.regex(stderr, /^docker: started a daemon in the background \(pid \d+, log .*daemon\.log\)\n$/);
    t.regex(await engine.ok('ps'), /first/);
    t.regex(await engine.ok('version'), /Served by: +the daemon/);
    await engine.ok('rm', '-f', 'first');
  } finally {
    const pid = Number(readFileSync(join(engine.root, 'run/gantry.pid'), 'utf8'));
    process.kill(pid, 'SIGTERM');
    await eventually(() => !existsSync(`/proc/${pid}`));
    await engine.destroy();
  }
});

test.serial('20 containers at once', (t) =>
  withEngine(async (engine) => {
    const numbers = Array.from({ length: 20 }, (_, index) => String(index));
    const outputs = await Promise.all(numbers.map((number) => engine.ok('run', '--rm', 'busybox', 'echo', number)));
    t.deepEqual(outputs, numbers);
    t.is(await engine.ok('ps', '-aq'), '');
  }),
);

test.serial('a client killed in the middle leaves container and daemon well', (t) =>
  withEngine(async (engine) => {
    const client = engine.spawn(['run', '-i', '--name', 'orphan', 'busybox', ...TICKER]);
    const exited = once(client, 'exit');
    await once(client.stdout ?? client, 'data');
    client.kill('SIGKILL');
    await exited;
    const seen = assertUnbroken(await engine.ok('logs', 'orphan'));
    await eventually(async () => assertUnbroken(await engine.ok('logs', 'orphan')) > seen + 5);
    t.regex(await engine.ok('ps'), /orphan/);
  }),
);

test.serial('stop asks, waits as long as it is told, then kills', (t) =>
  withEngine(async (engine) => {
    const deaf = ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done'];
    const polite = ['sh', '-c', 'trap "exit 3" TERM; echo ready; while :; do sleep 0.1; done'];
    await engine.ok('run', '-d', '--name', 'deaf', 'busybox', ...deaf);
    await engine.ok('run', '-d', '--name', 'polite', 'busybox', ...polite);
    for (const name of ['deaf', 'polite']) await eventually(async () => (await engine.ok('logs', name)) === 'ready');
    t.is(await engine.ok('stop', '-t', '1', 'deaf', 'polite'), 'deaf\npolite');
    t.is(await engine.ok('wait', 'deaf', 'polite'), '137\n3');
    t.is(await engine.ok('stop', 'deaf'), 'deaf');
    t.is(await engine.ok('start', 'polite'), 'polite');
    t.is(await engine.ok('restart', '-t', '1', 'polite'), 'polite');
    const running = await engine.docker(['rm', 'polite']);
    t.is(running.code, 1);
    t.regex(running.stderr, /container is running/);
    t.is(await engine.ok('rm', '-f', 'polite', 'deaf'), 'polite\ndeaf');
  }),
);

/** Sends bytes and returns all that comes back until the other side closes. */
async function exchange(path: string, request: string, { halfClose = false } = {}): Promise<string> {
  const socket = createConnection(path);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  if (halfClose) socket.end(request);
  else socket.write(request);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

test.serial('rcli v1: a JSON array, merged bytes, errors in the stream', (t) =>
  withEngine(async (engine) => {
    const run = ['run', '--rm', 'busybox', 'sh', '-c', 'echo out; echo err >&2; exit 3'];
    t.deepEqual((await exchange(engine.socket, `${JSON.stringify(run)}\n`)).split('\n').sort(), ['', 'err', 'out']);
    const echo = `${JSON.stringify(['run', '--rm', '-i', 'busybox', 'cat'])}\nfrom stdin`;
    t.is(await exchange(engine.socket, echo, { halfClose: true }), 'from stdin');
    t.is(await exchange(engine.socket, '["logs","nothing"]\n'), 'Error: No such container: nothing\n');
    t.regex(await exchange(engine.socket, 'nonsense\n'), /^Error: [^\n]+\n$/);
    t.regex(await exchange(engine.socket, 'GET / HTTP/1.1\n'), /^Error: [^\n]+\n$/);
  }),
);
