import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { eventually, TestEngine } from '../support/engine.js';

const engine = new TestEngine();

test.before(async () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', engine.root]);
  await engine.startDaemon();
  await engine.importImage('busybox');
  await engine.ok('run', '-d', '--name', 'runs', 'busybox', 'sleep', '1000');
  await engine.ok('run', '--name', 'said', 'busybox', 'echo', 'hello');
  await engine.ok('run', '--name', 'small', 'busybox', 'true');
  await engine.ok('tag', 'busybox', 'other');
  const { stderr } = await engine.docker([
    'run',
    '--name',
    'greedy',
    'busybox',
    'sh',
    '-c',
    'cat /dev/zero >/all; exit 3',
  ]);
  if (!/No space left/.test(stderr)) throw new Error(`the disk is not full: ${stderr}`);
});

test.after.always(async () => {
  const containers = (await engine.ok('ps', '-aq')).split('\n').filter(Boolean);
  if (containers.length > 0) await engine.ok('rm', '-f', ...containers);
  await engine.stopDaemon();
  spawnSync('ip', ['link', 'del', engine.bridge]);
  spawnSync('nft', ['delete', 'table', 'inet', engine.bridge]);
  execFileSync('umount', [engine.root]);
  await engine.destroy();
});

/** Takes what is left, to the last block. */
function fill(): void {
  const fd = openSync(join(engine.root, 'filler'), 'a');
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096, 1));
  } catch {
    closeSync(fd);
  }
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test.serial(`a daemon starts on a full disk after ${signal}, and loses nothing`, async (t) => {
    await engine.stopDaemon(signal);
    fill();
    await engine.startDaemon();
    t.is(await engine.ok('inspect', '-f', '{{.State.Status}}', 'runs'), 'running');
    t.is(await engine.ok('inspect', '-f', '{{.State.ExitCode}}', 'greedy'), '3');
  });
}

test.serial('on a full disk all is read', async (t) => {
  fill();
  t.regex(await engine.ok('ps', '-a'), /greedy/);
  t.is(await engine.ok('logs', 'said'), 'hello');
  t.regex(await engine.ok('images'), /busybox/);
  t.is((await engine.docker(['system', 'df'])).code, 0);
  t.is((await engine.docker(['system', 'check'])).stdout, 'All is well\n');
});

test.serial('what needs room says what is wrong and what to try, and leaves nothing', async (t) => {
  fill();
  const { code, stderr } = await engine.docker(['run', '--name', 'new', 'busybox', 'true']);
  t.is(code, 125);
  t.regex(stderr, /no space left on device.* \(Free some space: see `docker system df` and `docker system prune`\)\n$/);
  t.is(await engine.ok('ps', '-aq', '--filter', 'name=new'), '');
});

test.serial('on a full disk containers end, and are removed with their images: that makes room at once', async (t) => {
  fill();
  t.is(await engine.ok('stop', '-t', '0', 'runs'), 'runs');
  t.is(await engine.ok('rm', 'small'), 'small');
  t.regex(await engine.ok('rmi', 'other'), /Untagged: other:latest/);
  fill();
  t.is(await engine.ok('rm', '-f', 'greedy'), 'greedy');
  const free = await eventually(() => {
    const { bavail, bsize } = statfsSync(engine.root);
    return bavail * bsize > 16_000_000 && bavail;
  });
  t.true(free > 0);
  rmSync(join(engine.root, 'filler'));
  t.is(await engine.ok('run', '--rm', 'busybox', 'echo', 'again'), 'again');
});
