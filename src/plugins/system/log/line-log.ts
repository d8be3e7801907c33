import type { Log } from '../contracts/index.js';

type Level = 'debug' | 'info' | 'warn';

/** Writes lines such as `2026-01-31T12:00:00.000Z warn message` to `sink`; debug lines only where `verbose` is set. */
export class LineLog implements Log {
  constructor(
    private readonly sink: (line: string) => void,
    private readonly verbose: boolean,
  ) {}

  debug(message: string): void {
    if (this.verbose) this.#line('debug', message);
  }
  info(message: string): void {
    this.#line('info', message);
  }
  warn(message: string): void {
    this.#line('warn', message);
  }

  #line(level: Level, message: string): void {
    this.sink(`${new Date().toISOString()} ${level} ${message.replaceAll('\n', ' | ')}\n`);
  }
}
