import type { Socket } from 'node:net';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import {
  type CallHandler,
  type Client,
  type ClientTerminal,
  type Outcome,
  type TerminalSize,
} from '../../kernel/contracts/index.js';
import { CreditedInput, ProtocolError } from '../../kernel/streams/index.js';
import {
  closeGently,
  controlFrame,
  creditFrame,
  FrameDecoder,
  type FrameReceiver,
  FrameType,
  flushed,
  MAX_CLIENT_CONTROL,
  outputsTo,
  type RequestLine,
  STDIN_ID,
  sendData,
  signalExitCode,
  sizeOf,
} from '../wire/index.js';
import { type Call, clientGone, daemonStopped } from './server-call.js';
import { V2Files } from './v2-files.js';
import { V2Logins } from './v2-logins.js';

type V2Request = Extract<RequestLine, { version: 2 }>;

/** Serves one call of rcli v2: see `frames.ts` for what crosses the wire. */
export function serveV2(socket: Socket, request: V2Request, handler: CallHandler): Call {
  const call = new V2Call(socket, request);
  return { abandon: () => call.abandon(), done: call.run(handler) };
}

class V2Call implements FrameReceiver {
  readonly #stdin: CreditedInput;
  readonly #stdout: Writable;
  readonly #stderr: Writable;
  readonly #files: V2Files;
  readonly #logins: V2Logins;
  readonly #gone = new AbortController();
  readonly #signalListeners: ((name: NodeJS.Signals) => void)[] = [];
  readonly #resizeListeners: ((size: TerminalSize) => void)[] = [];
  #size: TerminalSize | undefined;
  #over = false;

  constructor(
    private readonly socket: Socket,
    private readonly request: V2Request,
  ) {
    const send = (frame: Buffer): void => this.#send(frame);
    this.#size = request.terminal.size;
    this.#stdin = new CreditedInput((bytes) => send(creditFrame(STDIN_ID, bytes)));
    this.#files = new V2Files(send);
    this.#logins = new V2Logins(send);
    const { stdout, stderr } = outputsTo(socket, {
      stdout: (bytes, done) => sendData(socket, FrameType.stdout, bytes, done),
      stderr: (bytes, done) => sendData(socket, FrameType.stderr, bytes, done),
    });
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  async run(handler: CallHandler): Promise<void> {
    this.#receive();
    const outcome = await handler(this.request.argv, this.#client());
    await Promise.all([flushed(this.#stdout), flushed(this.#stderr)]);
    this.#finish(outcome);
  }

  abandon(): void {
    this.#gone.abort(daemonStopped());
  }

  data(type: number, id: number, bytes: Buffer): void {
    if (type === FrameType.stdin) this.#stdin.receive(bytes);
    else if (type === FrameType.fileData) this.#files.receive(id, bytes);
    else throw new ProtocolError(`frame type ${type} does not come from a client`);
  }

  control(type: number, id: number, payload: Buffer): void {
    switch (type) {
      case FrameType.stdinEnd:
        this.#stdin.finish();
        break;
      case FrameType.signal:
        this.#signalled(payload.toString());
        break;
      case FrameType.resize:
        this.#resized(payload);
        break;
      case FrameType.fileOpened:
      case FrameType.fileEnd:
      case FrameType.fileError:
        this.#files.control(type, id, payload);
        break;
      case FrameType.loginAnswer:
        this.#logins.answered(id, payload);
        break;
      default:
        throw new ProtocolError(`unknown frame type ${type}`);
    }
  }

  #receive(): void {
    const { socket } = this;
    const decoder = new FrameDecoder(this, MAX_CLIENT_CONTROL);
    socket.on('data', (chunk: Buffer) => {
      try {
        if (!this.#over) decoder.push(chunk);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        socket.destroy();
      }
    });
    socket.once('end', () => {
      if (!this.#over) socket.destroy();
    });
    socket.once('close', () => this.#closed());
    socket.resume();
  }

  #closed(): void {
    const gone = clientGone();
    this.#gone.abort(gone);
    for (const stream of [this.#stdin, this.#stdout, this.#stderr]) stream.destroy();
    this.#files.failAll(gone);
    this.#logins.failAll(gone);
  }

  #signalled(name: string): void {
    if (!(name in constants.signals)) throw new ProtocolError('there is no such signal');
    const signal = name as NodeJS.Signals;
    for (const listener of this.#signalListeners) listener(signal);
    if (this.#signalListeners.length > 0) return;
    this.#gone.abort(clientGone());
    this.#finish({ exitCode: signalExitCode(signal) });
  }

  #resized(payload: Buffer): void {
    const size = parseSize(payload);
    if (!size) throw new ProtocolError('a terminal has a size');
    this.#size = size;
    for (const listener of this.#resizeListeners) listener(size);
  }

  #finish(outcome: Outcome): void {
    if (this.#over) return;
    this.#send(controlFrame(FrameType.outcome, JSON.stringify(outcome)));
    this.#over = true;
    closeGently(this.socket);
  }

  #send(frame: Buffer): void {
    if (!this.#over && this.socket.writable) this.socket.write(frame);
  }

  #client(): Client {
    return {
      stdin: this.#stdin,
      stdout: this.#stdout,
      stderr: this.#stderr,
      terminal: this.#terminal(),
      env: this.request.env,
      cwd: this.request.cwd,
      program: this.request.program,
      gone: this.#gone.signal,
      onSignal: (listener) => void this.#signalListeners.push(listener),
      openFile: (path): Promise<Readable> => this.#files.open(path),
      saveTo: (path): Promise<void> => this.#files.save(path),
      ...(this.request.logins && { logins: this.#logins }),
      ...(this.request.trees && { trees: this.#files }),
    };
  }

  #terminal(): ClientTerminal {
    const call = this;
    const { stdin, stdout, stderr, detachKeys } = this.request.terminal;
    return {
      stdin,
      stdout,
      stderr,
      detachKeys,
      get size() {
        return call.#size;
      },
      onResize: (listener) => void this.#resizeListeners.push(listener),
      setRaw: (raw) => this.#send(controlFrame(FrameType.raw, Buffer.of(raw ? 1 : 0))),
    };
  }
}

function parseSize(payload: Buffer): TerminalSize | undefined {
  try {
    return sizeOf(JSON.parse(payload.toString()));
  } catch {
    return undefined;
  }
}
