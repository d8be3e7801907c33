import test from 'ava';
import { type IPty, spawn } from 'node-pty';
import { DOCKER, TestEngine } from '../support/engine.js';

let engine: TestEngine;

test.before(async () => {
  engine = await TestEngine.withDaemon();
  await engine.importImage('busybox');
});

test.after.always(() => engine.destroy());

/** A person at a terminal: types, and reads the screen. */
class Terminal {
  readonly #pty: IPty;
  #screen = '';
  #wake = (): void => {};
  readonly exit: Promise<number>;

  constructor(by: TestEngine, args: readonly string[], columns = 91, rows = 31) {
    this.#pty = spawn(DOCKER, [...args], { cols: columns, rows, env: by.env as Record<string, string> });
    this.#pty.onData((data) => {
      this.#screen += data;
      // A shell that asks where the cursor is takes what comes next for the answer.
      if (data.includes('\x1b[6n')) this.#pty.write('\x1b[1;1R');
      this.#wake();
    });
    this.exit = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows);
  }

  /** Waits for a pattern after what was waited for before. */
  async sees(pattern: RegExp): Promise<void> {
    for (;;) {
      const match = pattern.exec(this.#screen);
      if (match) {
        this.#screen = this.#screen.slice(match.index + match[0].length);
        return;
      }
      const more = new Promise<'more'>((resolve) => {
        this.#wake = () => resolve('more');
      });
      const end = await Promise.race([more, this.exit.then(() => 'exit' as const)]);
      if (end === 'exit' && !pattern.test(this.#screen)) throw new Error(`not seen: ${pattern}: ${this.#screen}`);
    }
  }
}

for (const mode of ['daemon', 'local'] as const) {
  test(`a shell in a container: size, echo, ctrl-c, resize, exit code (${mode})`, async (t) => {
    const local = mode === 'local' ? new TestEngine() : undefined;
    await local?.importImage('busybox');
    const terminal = new Terminal(local ?? engine, ['run', '--rm', '-it', 'busybox', 'sh']);
    await terminal.sees(/# /);
    terminal.type('stty size\r');
    await terminal.sees(/31 91\r\n/);
    terminal.type('echo "sleep"ing; sleep 1000\r');
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

test('-t without a terminal is refused in one line', async (t) => {
  const { code, stderr } = await engine.docker(['run', '--rm', '-it', 'busybox', 'true']);
  t.is(code, 125);
  t.notRegex(await engine.ok('ps', '-a'), /Created/);
  t.regex(stderr, /^[^\n]*the input device is not a TTY[^\n]*\n$/);
});
