import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { engineFor, eventually } from '../support/engine.js';

/** What the tests of Docker v0.1.0 assert of containers and runtime, beyond what the tests of single commands do. */
const given = engineFor(test);

test('output is exact, without a newline of its own (TestOutput)', async (t) => {
  t.is((await given.engine.docker(['run', '--rm', 'busybox', 'echo', '-n', 'foobar'])).stdout, 'foobar');
});

test('exit codes, with an empty argument passed on (TestExitCode)', async (t) => {
  t.is((await given.engine.docker(['run', '--rm', 'busybox', '/bin/true', ''])).code, 0);
  t.is((await given.engine.docker(['run', '--rm', 'busybox', '/bin/false', ''])).code, 1);
});

test('not running before, not running after (TestRun)', async (t) => {
  const { engine } = given;
  const { stdout } = await engine.docker(['run', '--name', 'listing', 'busybox', 'ls', '-al']);
  t.regex(stdout, / bin\n/);
  const [{ State }] = JSON.parse(await engine.ok('inspect', 'listing'));
  t.like(State, { Running: false, ExitCode: 0 });
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

test('a container that was destroyed is gone from disk, and a second time an error (TestDestroy)', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'doomed', 'busybox', 'true']);
  const [{ Id }] = JSON.parse(await engine.ok('inspect', 'doomed'));
  t.true(existsSync(join(engine.root, 'containers', Id)));
  await engine.ok('rm', Id);
  t.false(existsSync(join(engine.root, 'containers', Id)));
  t.is((await engine.docker(['rm', Id])).code, 1);
});

test.serial('another engine on the same root knows the container, and runs it again (TestRestore)', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'restored', 'busybox', 'echo', 'again']);
  await engine.stopDaemon();
  await engine.startDaemon();
  t.is((await engine.docker(['start', '-a', 'restored'])).stdout, 'again\n');
});

test('swap is limited to twice the memory (TestLXCConfig)', async (t) => {
  const script =
    'cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.swap.max';
  const limit = Number(await given.engine.ok('run', '--rm', '-m', '64m', 'busybox', 'sh', '-c', script));
  // Version 2 counts swap alone, version 1 memory and swap.
  t.true(limit === 128 << 20 || limit === 64 << 20);
});
