import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type CommandContext, GantryError, type TerminalSize } from '../../contracts/index.js';
import type { Channel, RunParams } from '../protocol/index.js';

/** A call that a plugin's command answers: what it sees of its client, and what the client sends meanwhile. */
export class GuestCall {
  readonly #signals: ((name: NodeJS.Signals) => void)[] = [];
  readonly #resizes: ((size: TerminalSize) => void)[] = [];
  #size: TerminalSize | undefined;
  readonly context: CommandContext;

  constructor(
    private readonly channel: Channel,
    private readonly params: RunParams,
    gone: AbortSignal,
  ) {
    const { client, streams, scope } = params;
    this.#size = client.terminal.size;
    const size = (): TerminalSize | undefined => this.#size;
    this.context = {
      args: client.args,
      env: client.env,
      cwd: client.cwd,
      gone,
      stdin: channel.input(streams.stdin),
      stdout: channel.output(streams.stdout),
      stderr: channel.output(streams.stderr),
      terminal: {
        ...client.terminal,
        get size() {
          return size();
        },
        onResize: (listener) => void this.#resizes.push(listener),
        setRaw: (raw) => void channel.call('raw', { scope, raw }).catch(() => {}),
      },
      onSignal: (listener) => {
        if (this.#signals.length === 0) void channel.call('signals', { scope }).catch(() => {});
        this.#signals.push(listener);
      },
      openFile: (path) => this.#open(path),
      saveTo: (path) =>
        Promise.reject(new GantryError('denied', `Cannot write ${path}: plugins write no files of clients`)),
      resolvePath: (path) => resolve(client.cwd, path),
      // The process of a plugin outlives the call, so that no daemon is needed.
      needsDaemon: () => {},
    };
  }

  signal(name: NodeJS.Signals): void {
    for (const listener of this.#signals) listener(name);
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    for (const listener of this.#resizes) listener(size);
  }

  /** Ends the output, once all of it is on its way. */
  async finish(): Promise<void> {
    const { stdin, stdout, stderr } = this.context;
    stdin.destroy();
    const ended = [stdout, stderr].map(
      (stream) => new Promise<void>((done) => stream.end(() => done()).once('close', done)),
    );
    await Promise.all(ended);
  }

  async #open(path: string): Promise<Readable> {
    return this.channel.input(await this.channel.call<number>('open', { scope: this.params.scope, path }));
  }
}
