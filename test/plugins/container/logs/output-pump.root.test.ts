import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { OutputStream } from '../../../../src/plugins/container/contracts/index.js';
import { makeFifo, openContainerOutput, openForReading } from '../../../../src/plugins/container/host/named-pipes.js';
import { copyLog } from '../../../../src/plugins/container/log-view/copy-log.js';
import { OutputPump } from '../../../../src/plugins/container/logs/output-pump.js';
import { logLimits } from '../../../../src/plugins/container/logs/rotation.js';

const LIMITS = logLimits({});
const folder = mkdtempSync(join(tmpdir(), 'gantry-output-'));
test.after.always(() => rmSync(folder, { recursive: true }));

/** Runs a shell script as a container would run: with named pipes as its output. */
function run(name: string, script: string, limits = LIMITS) {
  const pipes = { stdout: join(folder, `${name}.out`), stderr: join(folder, `${name}.err`) };
  for (const pipe of Object.values(pipes)) makeFifo(pipe);
  const fds = Object.values(pipes).map((pipe) => openContainerOutput(pipe).fd);
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', ...fds] });
  const log = join(folder, `${name}.log`);
  const output = new OutputPump(log, pipes, limits, (error) => {
    throw error;
  });
  for (const fd of fds) closeSync(fd);
  return { child, output, log };
}

function collector() {
  const seen: Record<OutputStream, string> = { stdout: '', stderr: '' };
  const sink = (stream: OutputStream, chunk: Uint8Array): undefined => {
    seen[stream] += Buffer.from(chunk);
  };
  return { seen, sink };
}

test('streams are told apart, and the end comes after the last byte', async (t) => {
  const { child, output, log } = run('apart', 'read go; echo out; echo err >&2; echo end');
  const { seen, sink } = collector();
  const follower = output.follow(sink);
  child.stdin?.end('go\n');
  await follower.done;
  t.deepEqual(seen, { stdout: 'out\nend\n', stderr: 'err\n' });
  const logged = collector();
  await copyLog(log, logged.sink);
  t.deepEqual(logged.seen, seen);
});

test('a pipe that is empty leaves no header in the log', async (t) => {
  const { child, output, log } = run('idle', 'read go');
  t.is(statSync(`${log}.0`).size, 0);
  child.stdin?.end('go\n');
  await output.finished;
});

test('what was written before anyone listened is not lost', async (t) => {
  const { child, output } = run('early', 'echo early; read go; echo late');
  const { seen, sink } = collector();
  const first = output.follow(sink, { from: 0 });
  while (seen.stdout === '') await new Promise((resolve) => setTimeout(resolve, 5));
  const whole = collector();
  const fromStart = output.follow(whole.sink, { from: 0 });
  const rest = collector();
  const fromNow = output.follow(rest.sink);
  child.stdin?.end('go\n');
  await Promise.all([first.done, fromStart.done, fromNow.done]);
  t.is(whole.seen.stdout, 'early\nlate\n');
  t.is(rest.seen.stdout, 'late\n');
});

test('a follower that does not read delays nobody, and misses nothing', async (t) => {
  const { child, output } = run('slow', 'read go; head -c 3000000 /dev/zero; echo; echo end');
  let release = (): void => {};
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  let slow = 0;
  let fast = 0;
  const slowFollower = output.follow((_, chunk) => {
    slow += chunk.length;
    return stuck;
  });
  const fastFollower = output.follow((_, chunk) => {
    fast += chunk.length;
    return undefined;
  });
  child.stdin?.end('go\n');
  await fastFollower.done;
  t.is(fast, 3_000_005);
  t.true(slow < fast);
  release();
  await slowFollower.done;
  t.is(slow, fast);
});

test('with mode=non-blocking an attached client that does not read stops no program', async (t) => {
  const log = { driver: 'local', maxSize: 1_000_000, maxFiles: 2, options: { mode: 'non-blocking' } } as const;
  const { child, output } = run('unstopped', 'read go; head -c 20000000 /dev/zero; echo end', logLimits({ log }));
  const stuck = Promise.withResolvers<void>();
  let seen = 0;
  const follower = output.follow(
    (_, chunk) => {
      seen += chunk.length;
      return stuck.promise;
    },
    { attached: true },
  );
  child.stdin?.end('go\n');
  await once(child, 'exit');
  stuck.resolve();
  await follower.done;
  t.true(seen > 0 && seen < 20_000_000);
});

test('a stopped follower hears nothing more', async (t) => {
  const { child, output } = run('stopped', 'read go; echo out');
  const { seen, sink } = collector();
  const follower = output.follow(sink);
  follower.stop();
  await follower.done;
  child.stdin?.end('go\n');
  await output.finished;
  t.is(seen.stdout, '');
});

test('a program whose reader died waits on the full pipe and goes on with the next', async (t) => {
  const pipe = join(folder, 'orphan.out');
  makeFifo(pipe);
  const { fd } = openContainerOutput(pipe);
  const child = spawn('/bin/sh', ['-c', 'head -c 4000000 /dev/zero; echo done'], { stdio: ['ignore', fd, 'ignore'] });
  closeSync(fd);
  await once(child, 'spawn');
  const { seen, sink } = collector();
  const output = new OutputPump(join(folder, 'orphan.log'), { stdout: pipe }, LIMITS, () => {});
  await output.follow(sink, { from: 0 }).done;
  t.is(seen.stdout.length, 4_000_005);
});

test('what a program left in the pipe when nobody read is found, and its end too', async (t) => {
  const pipe = join(folder, 'left.out');
  makeFifo(pipe);
  const { fd } = openContainerOutput(pipe);
  const { fd: keeper } = openForReading(pipe);
  const child = spawn('/bin/sh', ['-c', 'echo left'], { stdio: ['ignore', fd, 'ignore'] });
  await once(child, 'exit');
  closeSync(fd);
  const { seen, sink } = collector();
  const output = new OutputPump(join(folder, 'left.log'), { stdout: pipe }, LIMITS, () => {});
  await output.follow(sink, { from: 0 }).done;
  closeSync(keeper);
  t.is(seen.stdout, 'left\n');

  const empty = new OutputPump(join(folder, 'empty.log'), { stdout: pipe }, LIMITS, () => {});
  await empty.finished;
});

test('a pipe that a process elsewhere keeps open is read, and left', async (t) => {
  const { child, output } = run('kept', 'echo last; exec sleep 600 >&2');
  t.teardown(() => child.kill());
  const { seen, sink } = collector();
  const follower = output.follow(sink, { from: 0 });
  while (seen.stdout === '') await new Promise((resolve) => setTimeout(resolve, 5));
  output.abandon();
  await Promise.all([follower.done, output.finished]);
  t.is(seen.stdout, 'last\n');
});

test('a follower that fails is dropped for good, and the others hear on', async (t) => {
  const { child, output } = run('failing', 'read go; echo one; read go; echo two');
  let calls = 0;
  const failing = output.follow(() => {
    calls++;
    return Promise.reject(new Error('gone'));
  });
  const { seen, sink } = collector();
  const other = output.follow(sink);
  child.stdin?.write('go\n');
  await failing.done;
  child.stdin?.end('go\n');
  await other.done;
  t.is(calls, 1);
  t.is(seen.stdout, 'one\ntwo\n');
});
