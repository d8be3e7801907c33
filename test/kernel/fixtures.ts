import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Client, TerminalSize } from '../../src/kernel/contracts/client.js';
import { Command, type CommandClass, type CommandMetadata } from '../../src/kernel/contracts/command.js';

export interface FakeClientOptions {
  readonly input?: string;
  readonly size?: TerminalSize;
  readonly env?: Record<string, string>;
}

/** A client in memory. `output` and `errors` end its streams, and give all that was written. */
export class FakeClient implements Client {
  readonly stdin: Readable;
  readonly stdout = new PassThrough({ highWaterMark: 1 << 20 });
  readonly stderr = new PassThrough({ highWaterMark: 1 << 20 });
  readonly env: Record<string, string>;
  readonly cwd = '/home/me';
  readonly gone = new AbortController().signal;
  readonly terminal: Client['terminal'];

  constructor(options: FakeClientOptions = {}) {
    this.stdin = Readable.from([options.input ?? '']);
    this.env = options.env ?? {};
    this.terminal = {
      stdin: false,
      stdout: false,
      stderr: false,
      size: options.size,
      onResize: () => {},
      setRaw: () => {},
    };
  }

  onSignal(): void {}

  async openFile(path: string): Promise<Readable> {
    return Readable.from([`content of ${path}`]);
  }

  output(): Promise<string> {
    return text(this.stdout.end());
  }
}

/** A command that does nothing, of some name. */
export function idleCommand(name: string, detail: Partial<CommandMetadata> = {}): CommandClass {
  @Command({
    name,
    summary: `Do ${name}`,
    group: 'Commands',
    usage: '',
    args: { min: 0, max: 0 },
    effects: ['read'],
    ...detail,
  })
  class Idle {
    async run(): Promise<void> {}
  }
  return Idle;
}

/** For `PluginDefinition.commands`. */
export function idle(name: string, detail: Partial<CommandMetadata> = {}): () => Promise<CommandClass> {
  return async () => idleCommand(name, detail);
}
