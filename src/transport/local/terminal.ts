import { isatty, ReadStream, WriteStream } from 'node:tty';
import type { TerminalSize } from '../../kernel/contracts/index.js';
import type { Env } from '../addresses/index.js';

export { endsBySignal, printsOwnWords } from './engine-commands.js';
export { OwnWords } from './own-words.js';

const { readFileSync } = process.getBuiltinModule('node:fs');

/** The size of the terminal behind the first of stdout, stderr, stdin that is one. */
export function terminalSize(): TerminalSize | undefined {
  const fd = [1, 2, 0].find((candidate) => isatty(candidate));
  if (fd === undefined) return undefined;
  const stream = new WriteStream(fd);
  const { columns, rows } = stream;
  stream.destroy();
  return columns > 0 && rows > 0 ? { columns, rows } : undefined;
}

/** The terminals of a client when a call begins. */
interface DescribedTerminals extends Partial<TerminalSize> {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly detachKeys?: string | undefined;
}

export function describeTerminals(env: Env): DescribedTerminals {
  const stdin = isatty(0);
  const detachKeys = stdin ? configuredDetachKeys(env) : undefined;
  return { stdin, stdout: isatty(1), stderr: isatty(2), ...terminalSize(), detachKeys };
}

/** `detachKeys` of Docker's `config.json`. What cannot be read says nothing. */
function configuredDetachKeys(env: Env): string | undefined {
  const folder = env['DOCKER_CONFIG'] || `${env['HOME'] ?? ''}/.docker`;
  try {
    const { detachKeys } = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as { detachKeys?: unknown };
    return typeof detachKeys === 'string' ? detachKeys : undefined;
  } catch {
    return undefined;
  }
}

/** Calls back with the new size whenever the terminal's changes. Returns a function that ends that. */
export function watchSize(listener: (size: TerminalSize) => void): () => void {
  const changed = (): void => {
    const size = terminalSize();
    if (size) listener(size);
  };
  process.on('SIGWINCH', changed);
  return () => process.off('SIGWINCH', changed);
}

/** Raw mode of the terminal on stdin. However this process ends, short of SIGKILL, the terminal is as it was before. */
export class RawMode {
  #stdin: ReadStream | undefined;
  readonly #restore = (): void => this.set(false);

  set(raw: boolean): void {
    if (raw === (this.#stdin !== undefined) || !isatty(0)) return;
    if (raw) this.#enter();
    else this.#leave();
  }

  #enter(): void {
    this.#stdin = new ReadStream(0);
    process.on('exit', this.#restore);
    this.#stdin.setRawMode(true);
    keepLineFeeds();
  }

  #leave(): void {
    this.#stdin?.setRawMode(false);
    this.#stdin?.destroy();
    this.#stdin = undefined;
    process.off('exit', this.#restore);
  }
}

/**
 * Node's raw mode leaves the terminal turning every `\n` into `\r\n`, which breaks full-screen programs that move down
 * with a bare `\n`. Leaving raw mode puts back what was, this included.
 */
function keepLineFeeds(): void {
  process
    .getBuiltinModule('node:child_process')
    .spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
}
