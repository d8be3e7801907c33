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
  const attachment = await runtime.start(id, { sink: sinkOf(context), ...(size && { size }) });
  if (config.tty && withInput) terminal.setRaw(true);
  return join(runtime, id, attachment, context, withInput);
}

/** Streams, signals and sizes between a client and a running container, until that ends or the client goes. */
export async function join(
  runtime: Runtime,
  id: string,
  attachment: Attachment,
  context: CommandContext,
  withInput: boolean,
): Promise<number> {
  const { terminal, gone } = context;
  terminal.onResize(({ columns, rows }) => attachment.resize(columns, rows));
  context.onSignal((signal) => void runtime.kill(id, signal).catch(() => {}));
  if (withInput) void feed(context.stdin, attachment);
  gone.addEventListener('abort', () => {
    attachment.end();
    attachment.detach();
  });
  const left = new Promise<undefined>((resolve) => gone.addEventListener('abort', () => resolve(undefined)));
  const end = await Promise.race([attachment.ended, left]);
  if (!end) return 1;
  if (end.error) throw new GantryError(kindOf(end.exitCode), end.error, { exitCode: end.exitCode });
  return end.exitCode;
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
