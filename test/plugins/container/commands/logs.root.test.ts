import { once } from 'node:events';
import test from 'ava';
import { engineFor, eventually, TestEngine } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('logs keeps the streams apart', async (t) => {
  await given.engine.docker(['run', '--name', 'both', 'busybox', 'sh', '-c', 'echo out; echo err >&2']);
  t.deepEqual(await given.engine.docker(['logs', 'both']), { code: 0, stdout: 'out\n', stderr: 'err\n' });
});

test.serial('logs -f goes on until the container ends', async (t) => {
  const { engine } = given;
  const script = 'echo one; until [ -e /s/go ]; do sleep 0.05; done; echo two';
  await engine.ok('run', '-d', '-v', 'signals:/s', '--name', 'talker', 'busybox', 'sh', '-c', script);
  const child = engine.spawn(['logs', '-f', 'talker']);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  await eventually(() => output === 'one\n');
  const closed = once(child, 'close');
  await engine.ok('run', '--rm', '-v', 'signals:/s', 'busybox', 'touch', '/s/go');
  await closed;
  t.is(output, 'one\ntwo\n');
});

test.serial('logs -f follows a container that runs in another process, without a daemon', async (t) => {
  const engine = new TestEngine();
  await engine.importImage('busybox');
  const script = 'echo one; until [ -e /s/go ]; do sleep 0.05; done; echo two';
  const owner = engine.spawn(['run', '-v', 'signals:/s', '--name', 'talker', 'busybox', 'sh', '-c', script]);
  owner.stdout?.resume();
  await eventually(async () => (await engine.docker(['ps'])).stdout.includes('talker'));
  const child = engine.spawn(['logs', '-f', 'talker']);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  await eventually(() => output === 'one\n');
  const closed = once(child, 'close');
  await engine.ok('run', '--rm', '-v', 'signals:/s', 'busybox', 'touch', '/s/go');
  await closed;
  t.is(output, 'one\ntwo\n');
  await engine.destroy();
});

test.serial('logs of a million lines are complete', async (t) => {
  const { engine } = given;
  const { stdout } = await engine.docker(['run', '--name', 'million', 'busybox', 'seq', '1000000']);
  t.is(stdout.length, 6_888_896);
  t.true((await engine.docker(['logs', 'million'])).stdout === stdout);
});

test.serial('logs of what is not there', async (t) => {
  const { code, stdout, stderr } = await given.engine.docker(['logs', 'nobody']);
  t.deepEqual([code, stdout, stderr], [1, '', 'Error response from daemon: No such container: nobody\n']);
});
