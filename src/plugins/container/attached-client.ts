import { type CommandContext, drained, GantryError } from '../../kernel/index.js';
import type { Attachment, Container, OutputSink, Runtime } from './contracts.js';

/**
 * Starts a container with the client's streams on it, and stays until it ends.
 * @returns the container's exit code
 */
export async function runAttached(
  runtime: Runtime,
  { id, config }: Container,
  context: CommandContext,
  withInput: boolean,
): Promise<number> {
  const { terminal } = context;
  if (config.tty && withInput && !terminal.stdin) {
    throw new GantryError('invalid', 'the input device is not a TTY', {
      hint: 'Leave out -t, or run this in a terminal',
    });
  }
  const { size } = terminal;
  const signals = new SignalRelay(runtime, id, context);
  const attachment =
    runtime.get(id).status === 'running'
      ? runtime.attach(id, sinkOf(context))
      : await runtime.start(id, { sink: sinkOf(context), ...(size && { size }) });
  signals.open();
  if (config.tty && withInput) terminal.setRaw(true);
  return join(attachment, context, withInput);
}

/** @throws GantryError `invalid`, in Docker's words. Call it before anything is made. */
export function refuseWithoutTerminal({ terminal }: CommandContext): void {
  if (terminal.stdin) return;
  throw new GantryError('invalid', 'the input device is not a TTY', {
    hint: 'Leave out -t, or run this in a terminal',
  });
}

/** Input and sizes between a client and a running container, until that ends or the client goes. */
export async function join(attachment: Attachment, context: CommandContext, withInput: boolean): Promise<number> {
  const { terminal, gone } = context;
  terminal.onResize(({ columns, rows }) => attachment.resize(columns, rows));
  if (withInput) void feed(context.stdin, attachment);
  const end = await Promise.race([attachment.ended, whenGone(gone)]);
  if (!end) {
    attachment.end();
    attachment.detach();
    return 1;
  }
  if (end.error) throw new GantryError(kindOf(end.exitCode), end.error, { exitCode: end.exitCode });
  return end.exitCode;
}

/** Passes a client's signals on to a container. Those that come before it runs wait for that. */
export class SignalRelay {
  #early: NodeJS.Signals[] | undefined = [];

  constructor(
    private readonly runtime: Runtime,
    private readonly id: string,
    context: CommandContext,
  ) {
    context.onSignal((signal) => (this.#early ? void this.#early.push(signal) : this.#send(signal)));
  }

  /** The container runs. */
  open(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const signal of early) this.#send(signal);
  }

  #send(signal: NodeJS.Signals): void {
    // It may have ended by itself.
    void this.runtime.kill(this.id, signal).catch(() => {});
  }
}

function whenGone(gone: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (gone.aborted) resolve(undefined);
    else gone.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

export function sinkOf({ stdout, stderr }: CommandContext): OutputSink {
  return (stream, chunk) => {
    const target = stream === 'stdout' ? stdout : stderr;
    return target.destroyed || target.write(chunk) ? undefined : drained(target);
  };
}

async function feed(input: CommandContext['stdin'], attachment: Attachment): Promise<void> {
  try {
    for await (const chunk of input) await attachment.write(chunk as Uint8Array);
  } catch {
    // The client went in the middle: for the container its input has ended all the same.
  }
  attachment.end();
}

function kindOf(exitCode: number): 'not executable' | 'no such program' | 'unavailable' {
  if (exitCode === 126) return 'not executable';
  return exitCode === 127 ? 'no such program' : 'unavailable';
}
