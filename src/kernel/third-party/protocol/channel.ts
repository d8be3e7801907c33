import type { Duplex, Readable, Writable } from 'node:stream';
import { type ErrorKind, GantryError, GuestError, isErrorKind } from '../../contracts/index.js';
import { CreditedInput } from '../../streams/index.js';
import { CreditedOutputs } from './credited-outputs.js';
import { FramedPort, GuestProtocolError } from './framed-port.js';

/** The messages of both sides. */
type Message =
  | { readonly t: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly t: 'abort'; readonly id: number }
  | { readonly t: 'return'; readonly id: number; readonly value: unknown }
  | { readonly t: 'throw'; readonly id: number; readonly error: WireError }
  | { readonly t: 'data'; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly t: 'end'; readonly stream: number }
  | { readonly t: 'credit'; readonly stream: number; readonly bytes: number }
  /** The reader has gone: no credit comes after it. */
  | { readonly t: 'stop'; readonly stream: number };

/** An error on its way to the other side. */
interface WireError {
  /** Missing: a bug in the code that threw. */
  readonly kind?: ErrorKind;
  readonly message: string;
  readonly hint?: string;
  readonly exitCode?: number;
  readonly stack?: string;
}

export type CallHandlers = Readonly<Record<string, (params: never, signal: AbortSignal) => unknown>>;

/** How many calls of the other side may be under way at once, and how much they may hold. */
const MAX_CALLS = 2000;
const MAX_CALL_BYTES = 64 << 20;

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Calls and byte streams, both ways, between the engine and a plugin's process. */
export class Channel {
  readonly #port: FramedPort;
  readonly #pending = new Map<number, Pending>();
  readonly #running = new Map<number, AbortController>();
  readonly #inputs = new Map<number, CreditedInput>();
  readonly #outputs: CreditedOutputs;
  #runningBytes = 0;
  #nextCall = 1;
  #nextStream = 1;
  #closed: Error | undefined;

  /** @param onClose called once, with the error that it ended by, if any @param maxReceived bytes of a message */
  constructor(
    stream: Duplex,
    private readonly handlers: CallHandlers,
    private readonly onClose: (error?: Error) => void,
    maxReceived?: number,
  ) {
    this.#port = new FramedPort(
      stream,
      (message, bytes) => this.#receive(checkedMessage(message), bytes),
      (error) => this.#end(error),
      maxReceived,
    );
    this.#outputs = new CreditedOutputs(
      (stream, bytes, done) => this.#send({ t: 'data', stream, bytes }, done),
      (stream) => this.#send({ t: 'end', stream }),
    );
  }

  /**
   * Calls the other side.
   * @throws what it throws: GantryError as it is, anything else as `GuestError`; GantryError `unavailable` when it has gone
   */
  call<R>(method: string, params: unknown, signal?: AbortSignal): Promise<R> {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = this.#nextCall++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { resolve, reject });
    try {
      this.#send({ t: 'call', id, method, params });
    } catch (error) {
      this.#pending.delete(id);
      reject(error);
    }
    const abort = (): void => this.#send({ t: 'abort', id });
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    return promise.finally(() => signal?.removeEventListener('abort', abort)) as Promise<R>;
  }

  /** A number for a stream that this side names to the other in a call. */
  newStream(): number {
    return this.#nextStream++;
  }

  /** The reading end of a stream. */
  input(stream: number): Readable {
    const input = new CreditedInput((bytes) => this.#send({ t: 'credit', stream, bytes }));
    this.#inputs.set(stream, input);
    input.once('close', () => {
      this.#inputs.delete(stream);
      this.#send({ t: 'stop', stream });
    });
    if (this.#closed) input.destroy();
    return input;
  }

  /** The writing end. @param onWanted called when the other side first wants something of it */
  output(stream: number, onWanted?: () => void): Writable {
    const output = this.#outputs.open(stream, onWanted);
    if (this.#closed) output.destroy();
    return output;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  close(): void {
    this.#port.close();
  }

  #send(message: Message, done?: (error?: Error | null) => void): void {
    if (this.#closed) done?.(this.#closed);
    else this.#port.send(message, done);
  }

  #receive(message: Message, bytes: number): void {
    switch (message.t) {
      case 'call':
        this.#answer(message.id, message.method, message.params, bytes);
        break;
      case 'abort':
        this.#running.get(message.id)?.abort();
        break;
      case 'return':
        this.#takePending(message.id)?.resolve(message.value);
        break;
      case 'throw':
        this.#takePending(message.id)?.reject(decodeError(message.error));
        break;
      case 'data':
        this.#inputs.get(message.stream)?.receive(Buffer.from(message.bytes));
        break;
      case 'end':
        this.#inputs.get(message.stream)?.finish();
        break;
      case 'credit':
        this.#outputs.grant(message.stream, message.bytes);
        break;
      case 'stop':
        this.#outputs.stop(message.stream);
        break;
    }
  }

  #takePending(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #answer(id: number, method: string, params: unknown, bytes: number): void {
    if (this.#running.has(id)) throw new GuestProtocolError(`call ${id} twice`);
    if (this.#running.size >= MAX_CALLS) throw new GuestProtocolError(`more than ${MAX_CALLS} calls at once`);
    const handler = Object.hasOwn(this.handlers, method) ? this.handlers[method] : undefined;
    if (!handler) throw new GuestProtocolError(`a call of '${method}'`);
    if (this.#runningBytes + bytes > MAX_CALL_BYTES) throw new GuestProtocolError('calls that hold too much at once');
    const controller = new AbortController();
    this.#running.set(id, controller);
    this.#runningBytes += bytes;
    void answered(() => handler(params as never, controller.signal))
      .then((answer) => {
        try {
          this.#send({ ...answer, id });
        } catch (error) {
          this.#send({ t: 'throw', id, error: encodeError(error) });
        }
      })
      .finally(() => {
        this.#running.delete(id);
        this.#runningBytes -= bytes;
      });
  }

  #end(error?: Error): void {
    const gone = new GantryError('unavailable', 'the other side has gone', { cause: error });
    this.#closed = gone;
    for (const controller of this.#running.values()) controller.abort();
    for (const { reject } of this.#pending.values()) reject(gone);
    this.#pending.clear();
    for (const input of this.#inputs.values()) input.destroy();
    this.#outputs.destroy();
    this.onClose(error);
  }
}

type Answer = { readonly t: 'return'; readonly value: unknown } | { readonly t: 'throw'; readonly error: WireError };

/** The handler runs at once, so that the streams it opens are there before what follows the call. */
async function answered(work: () => unknown): Promise<Answer> {
  try {
    return { t: 'return', value: await work() };
  } catch (error) {
    return { t: 'throw', error: encodeError(error) };
  }
}

function encodeError(error: unknown): WireError {
  if (!(error instanceof GantryError)) {
    const { message, stack } = error instanceof Error ? error : { message: String(error), stack: '' };
    return { message, stack: stack ?? '' };
  }
  const { kind, message, hint, exitCode } = error;
  return { kind, message, ...(hint !== undefined && { hint }), ...(exitCode !== undefined && { exitCode }) };
}

/** Trusts nothing of an error but its form. */
function decodeError(error: WireError): Error {
  const message = textOf(error?.message);
  if (!isErrorKind(error?.kind)) return new GuestError(message, textOf(error?.stack));
  return new GantryError(error.kind, message, {
    ...(typeof error.hint === 'string' && { hint: error.hint }),
    ...(isExitCode(error.exitCode) && { exitCode: error.exitCode }),
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isExitCode(code: unknown): code is number {
  return Number.isInteger(code) && (code as number) >= 0 && (code as number) <= 255;
}

/** The form of a message, as far as this side relies on it. */
function checkedMessage(message: unknown): Message {
  const { t, id, method, stream, bytes } = (message ?? {}) as Record<string, unknown>;
  const ok =
    (t === 'call' && Number.isSafeInteger(id) && typeof method === 'string') ||
    ((t === 'abort' || t === 'return' || t === 'throw') && Number.isSafeInteger(id)) ||
    (t === 'data' && Number.isSafeInteger(stream) && bytes instanceof Uint8Array) ||
    ((t === 'end' || t === 'stop') && Number.isSafeInteger(stream)) ||
    (t === 'credit' && Number.isSafeInteger(stream) && Number.isSafeInteger(bytes) && (bytes as number) > 0);
  if (!ok) throw new GuestProtocolError('a message of no known form');
  return message as Message;
}
