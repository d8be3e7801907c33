import { type CommandContext, drained, GantryError, write } from '../../../kernel/index.js';
import type { Attachment, Container, ExecSession, OutputSink, OutputStream, Runtime } from '../contracts/index.js';
import { DetachKeys } from '../parsers/index.js';
import { callerOf } from './caller-of.js';
import { SignalProxy } from './signal-proxy.js';
import { unlessRunning } from './unless-running.js';

/** Time for a person to type the next of the detach keys. */
const PARTIAL_KEYS_TIMEOUT_MS = 500;

interface AttachOptions {
  readonly withInput: boolean;
  /** For `DetachKeys`; empty: those of the client's configuration, or the default. */
  readonly detachKeys?: string;
  /** Whether the client's signals go to a program without a terminal. Else they end the client alone. */
  readonly sigProxy?: boolean;
  /** The streams that the client gets; absent: both. */
  readonly streams?: readonly OutputStream[];
}

/**
 * Starts a container with the client's streams attached, and waits until it ends.
 * @returns the container's exit code
 */
export async function runAttached(
  runtime: Runtime,
  { id, config }: Container,
  context: CommandContext,
  options: AttachOptions,
): Promise<number> {
  const { terminal } = context;
  context.gone.throwIfAborted();
  if (config.tty && options.withInput) requireTerminal(context);
  const keys = detachKeysFor(config, options, context);
  const { size } = terminal;
  // As in Docker, whoever closes a terminal or ends its client leaves the program behind it alone.
  const relay = options.sigProxy === false || config.tty ? undefined : new SignalProxy(context);
  const gone = AbortSignal.any([context.gone, ...(relay ? [relay.interrupted] : [])]);
  const sink = sinkOf(context, options.streams);
  const start = { sink, ...(size && { size }), ...callerOf(context), gone };
  const attachment = (await unlessRunning(runtime, id, start)) ?? runtime.attach(id, sink);
  relay?.start((signal) => runtime.forwardSignal(id, signal));
  if (config.tty && options.withInput) terminal.setRaw(true);
  return streamUntilExit(attachment, context, options.withInput, keys);
}

/** The detach keys; undefined where the client types nothing. @throws GantryError `usage` */
export function detachKeysFor(
  { tty }: { readonly tty: boolean },
  options: AttachOptions,
  { terminal }: CommandContext,
): DetachKeys | undefined {
  const keys = new DetachKeys(options.detachKeys || (terminal.detachKeys ?? ''));
  return tty && options.withInput ? keys : undefined;
}

/**
 * Refuses a client that says that it has no terminal; one of v1 or http cannot say.
 * @throws GantryError `invalid`, in Docker's words. Call it before anything is created.
 */
export function requireTerminal({ terminal, protocol }: CommandContext): void {
  if (terminal.stdin || protocol !== undefined) return;
  throw new GantryError('invalid', 'the input device is not a TTY', {
    hint: 'Leave out -t, or run this in a terminal',
  });
}

/**
 * Copies input, sizes and output between a client and a running program until the program ends, or the client
 * detaches.
 * @throws the reason of `gone`
 */
export async function streamUntilExit(
  attachment: Attachment,
  context: CommandContext,
  withInput: boolean,
  keys?: DetachKeys,
): Promise<number> {
  const { terminal, gone } = context;
  terminal.onResize(({ columns, rows }) => attachment.resize(columns, rows));
  const detached = withInput ? [whenDetached(copyStdin(context.stdin, attachment, keys))] : [];
  const end = await Promise.race([attachment.ended, whenGone(gone), ...detached]);
  if (end === 'gone') {
    attachment.end();
    if (isExec(attachment)) await attachment.kill('SIGHUP');
  }
  if (end === 'detached') {
    terminal.setRaw(false);
    await write(context.stderr, '\r\nread escape sequence\r\n');
  }
  if (typeof end === 'string') {
    attachment.detach();
    if (end === 'gone') throw gone.reason;
    return 0;
  }
  if (end.error) throw new GantryError(kindOf(end.exitCode), end.error, { exitCode: end.exitCode });
  return end.exitCode;
}

function whenGone(gone: AbortSignal): Promise<'gone'> {
  return new Promise((resolve) => {
    if (gone.aborted) resolve('gone');
    else gone.addEventListener('abort', () => resolve('gone'), { once: true });
  });
}

/** Does not settle where the input ends otherwise. */
function whenDetached(fed: Promise<'detached' | 'ended'>): Promise<'detached'> {
  return new Promise((resolve, reject) => {
    fed.then((how) => how === 'detached' && resolve(how), reject);
  });
}

/** @param streams those that the client gets */
export function sinkOf(
  { stdout, stderr }: CommandContext,
  streams: readonly OutputStream[] = ['stdout', 'stderr'],
): OutputSink {
  return (stream, chunk) => {
    if (!streams.includes(stream)) return undefined;
    const target = stream === 'stdout' ? stdout : stderr;
    return target.destroyed || target.write(chunk) ? undefined : drained(target);
  };
}

async function copyStdin(
  input: CommandContext['stdin'],
  attachment: Attachment,
  keys: DetachKeys | undefined,
): Promise<'detached' | 'ended'> {
  let replay: NodeJS.Timeout | undefined;
  try {
    for await (const chunk of input) {
      clearTimeout(replay);
      const { pass, detached } = keys?.scan(chunk as Uint8Array) ?? { pass: chunk as Uint8Array, detached: false };
      if (pass.length > 0) await attachment.write(pass);
      if (detached) return 'detached';
      if (keys?.hasPartialKeys)
        replay = setTimeout(() => void attachment.write(keys.takePartialKeys()), PARTIAL_KEYS_TIMEOUT_MS);
    }
  } catch {
    // The client disconnected: the container's input ends all the same.
  }
  clearTimeout(replay);
  if (keys?.hasPartialKeys) await attachment.write(keys.takePartialKeys());
  attachment.end();
  return 'ended';
}

function isExec(attachment: Attachment): attachment is ExecSession {
  return 'kill' in attachment;
}

function kindOf(exitCode: number): 'not executable' | 'no such program' | 'unavailable' {
  if (exitCode === 126) return 'not executable';
  return exitCode === 127 ? 'no such program' : 'unavailable';
}
