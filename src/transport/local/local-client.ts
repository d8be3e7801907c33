import type { Readable, Writable } from 'node:stream';
import type {
  Client,
  ClientTerminal,
  ClientTrees,
  Logins,
  Outcome,
  TerminalSize,
} from '../../kernel/contracts/index.js';
import type { Offer } from '../offers/index.js';
import { catchSignals, flushed, lazyLogins, lazyTrees, QueuedOutput, signalExitCode } from '../wire/index.js';
import { outputFailure } from './call-failures.js';
import { type LocalSide, variablesHere } from './call-request.js';
import { openForReading } from './local-files.js';
import { readDescriptor } from './local-input.js';
import { LocalOutput } from './local-output.js';
import { OrderedOutputs } from './ordered-outputs.js';
import { OutputArchive } from './output-archive.js';
import { OutputFile } from './output-file.js';
import type { LocalSink, StdoutTarget } from './stdout-target.js';
import { describeTerminals, RawMode, terminalSize, watchSize } from './terminal.js';
import { withValues } from './variable-lines.js';

/**
 * This very process as the client of a call that it makes itself. Streams are opened when they are first used. A
 * signal without a listener makes the client go; a second one ends the process.
 */
export class LocalClient implements Client {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly terminal: ClientTerminal;
  readonly logins?: Logins;
  readonly trees?: ClientTrees;
  readonly #gone = new AbortController();
  readonly #raw = new RawMode();
  readonly #signalListeners: ((name: NodeJS.Signals) => void)[] = [];
  readonly #releaseSignals: () => void;
  #stopWatching: (() => void) | undefined;
  #stdin: Readable | undefined;
  #stdout: Writable | undefined;
  #stderr: Writable | undefined;
  readonly #outputs = new OrderedOutputs();
  #cutShort: Outcome | undefined;
  #saved: StdoutTarget | undefined;

  constructor(
    private readonly local: LocalSide,
    private readonly argv: readonly string[],
  ) {
    this.env = variablesHere(local.env, argv);
    this.cwd = local.cwd;
    if (local.logins) this.logins = lazyLogins(local.logins);
    if (local.trees) {
      this.trees = lazyTrees(local.trees, (unpacking) => {
        this.#saved = new OutputArchive(unpacking);
      });
    }
    this.terminal = this.#makeTerminal(local.env);
    this.#releaseSignals = catchSignals((name) => this.#signalled(name));
  }

  get stdin(): Readable {
    this.#stdin ??= readDescriptor(0).on('error', () => {});
    return this.#stdin;
  }

  get stdout(): Writable {
    this.#stdout ??= this.#open(1);
    return this.#stdout;
  }

  get stderr(): Writable {
    this.#stderr ??= this.#open(2);
    return this.#stderr;
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  onSignal(listener: (name: NodeJS.Signals) => void): void {
    this.#signalListeners.push(listener);
  }

  async openFile(path: string): Promise<Readable> {
    const file = await openForReading(path);
    const { variables } = (await this.#offer()).files;
    return variables.includes(path) ? withValues(file, this.local.env) : file;
  }

  #offer(): Promise<Offer> {
    return import('../offers/index.js').then(({ offerOf }) => offerOf(this.argv, this.local.plugins));
  }

  async saveTo(path: string): Promise<void> {
    this.#saved = OutputFile.open(path);
  }

  /** Ends the call: all output written, the terminal as it was. Gives back how it ended as the shell is to see it. */
  async finish(outcome: Outcome): Promise<Outcome> {
    this.#raw.set(false);
    this.#stopWatching?.();
    this.#releaseSignals();
    this.#stdin?.destroy();
    for (const output of [this.#stdout, this.#stderr]) if (output) await flushed(output);
    const ended = this.#cutShort ?? outcome;
    return this.#saved?.outcome(ended) ?? ended;
  }

  #open(fd: 1 | 2): Writable {
    const failed = (error: NodeJS.ErrnoException): void => this.#cut(outputFailure(error));
    let saved: StdoutTarget | undefined;
    let output: LocalSink = new LocalOutput(fd, failed);
    return new QueuedOutput((bytes, done) => {
      if (fd === 1 && this.#saved && !saved) {
        saved = this.#saved;
        output = saved.output(failed);
      }
      if (this.#outputs.write(output, bytes)) done();
      else this.#outputs.whenDrained(done);
    });
  }

  #signalled(name: NodeJS.Signals): void {
    for (const listener of this.#signalListeners) listener(name);
    if (this.#signalListeners.length > 0) return;
    if (this.gone.aborted) this.#dieOf(name);
    this.#cut({ exitCode: signalExitCode(name) });
  }

  #dieOf(name: NodeJS.Signals): void {
    this.#raw.set(false);
    this.#releaseSignals();
    process.kill(process.pid, name);
  }

  #cut(outcome: Outcome): void {
    this.#cutShort ??= outcome;
    this.#gone.abort();
  }

  #makeTerminal(env: LocalSide['env']): ClientTerminal {
    const { stdin, stdout, stderr, detachKeys } = describeTerminals(env);
    const listeners: ((size: TerminalSize) => void)[] = [];
    return {
      stdin,
      stdout,
      stderr,
      detachKeys,
      get size() {
        return terminalSize();
      },
      onResize: (listener) => {
        listeners.push(listener);
        this.#stopWatching ??= watchSize((size) => listeners.map((tell) => tell(size)));
      },
      setRaw: (raw) => this.#raw.set(raw),
    };
  }
}
