import { setTimeout as after } from 'node:timers/promises';
import { type IPty, spawn } from 'node-pty';

const PATIENCE_MS = 1000;
const SEEN_WITHIN_MS = 60_000;

/** A person at a terminal: types, and reads the screen. */
export class Terminal {
  readonly #pty: IPty;
  #screen = '';
  #wake = (): void => {};
  readonly exit: Promise<number>;

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv, columns = 91, rows = 31) {
    this.#pty = spawn(program, [...args], { cols: columns, rows, env: env as Record<string, string> });
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

  /** Ends what runs in it, as closing the window does; a shell that is busy completing may not mind that. */
  async close(): Promise<void> {
    this.#pty.kill();
    const patience = setTimeout(() => this.#pty.kill('SIGKILL'), PATIENCE_MS);
    await this.exit;
    clearTimeout(patience);
  }

  /** Waits for a pattern after what was waited for before. What does not come in a minute fails the test. */
  async sees(pattern: RegExp): Promise<void> {
    const late = after(SEEN_WITHIN_MS, 'late' as const, { ref: false });
    for (;;) {
      const match = pattern.exec(this.#screen);
      if (match) {
        this.#screen = this.#screen.slice(match.index + match[0].length);
        return;
      }
      const more = new Promise<'more'>((resolve) => {
        this.#wake = () => resolve('more');
      });
      const next = await Promise.race([more, late, this.exit.then(() => 'exit' as const)]);
      if (next !== 'more' && !pattern.test(this.#screen)) throw new Error(`not seen: ${pattern}: ${this.#screen}`);
    }
  }
}
