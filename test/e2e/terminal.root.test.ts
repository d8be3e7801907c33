import test from 'ava';
import { DOCKER, TestEngine } from '../support/engine.js';
import { Terminal } from '../support/terminal.js';

let engine: TestEngine;

test.before(async () => {
  engine = await TestEngine.withDaemon('busybox');
});

test.after.always(() => engine.destroy());

for (const mode of ['daemon', 'local'] as const) {
  test(`a shell in a container: size, echo, ctrl-c, resize, exit code (${mode})`, async (t) => {
    const local = mode === 'local' ? new TestEngine() : undefined;
    await local?.importImage('busybox');
    const terminal = new Terminal(DOCKER, ['run', '--rm', '-it', 'busybox', 'sh'], (local ?? engine).env);
    await terminal.sees(/# /);
    terminal.type('stty size\r');
    await terminal.sees(/31 91\r\n/);
    // In a process of its own from the first word on: a shell that is just about to start one would take the ctrl-c.
    terminal.type(`sh -c 'echo "sleep"ing; exec sleep 1000'\r`);
    await terminal.sees(/\nsleeping\r\n/);
    terminal.type('\x03');
    await terminal.sees(/# /);
    terminal.resize(120, 40);
    terminal.type('sleep 0.3; stty size\r');
    await terminal.sees(/40 120\r\n/);
    terminal.type('exit 5\r');
    t.is(await terminal.exit, 5);
    await local?.destroy();
  });
}

test('closing the terminal of an attach leaves its container alone', async (t) => {
  await engine.ok('run', '-dit', '--name', 'left', 'busybox', 'sh');
  for (let visit = 1; visit <= 3; visit++) {
    const terminal = new Terminal(DOCKER, ['attach', 'left'], engine.env);
    terminal.type(`echo visit $((${visit} + 0))\r`);
    await terminal.sees(new RegExp(`\nvisit ${visit}\r\n`));
    await terminal.close();
  }
  t.is(await engine.ok('inspect', '-f', '{{.State.Status}}', 'left'), 'running');
});

test('a program of exec finds a terminal of the right size', async (t) => {
  await engine.ok('run', '-d', '--name', 'sized', 'busybox', 'sleep', '1000');
  for (let call = 0; call < 6; call++) {
    const terminal = new Terminal(DOCKER, ['exec', '-it', 'sized', 'stty', 'size'], engine.env, 90 + call, 30);
    await terminal.sees(new RegExp(`^30 ${90 + call}\r\n`));
    t.is(await terminal.exit, 0);
  }
});

test('-t without a terminal is refused in one line', async (t) => {
  const { code, stderr } = await engine.docker(['run', '--rm', '-it', 'busybox', 'true']);
  t.is(code, 125);
  t.notRegex(await engine.ok('ps', '-a'), /Created/);
  t.regex(stderr, /^[^\n]*the input device is not a TTY[^\n]*\n$/);
});
