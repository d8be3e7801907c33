import type { Socket } from 'node:net';
import type { Outcome } from '../../kernel/contracts/index.js';
import { ProtocolError } from '../../kernel/streams/index.js';
import { parseAddress } from '../addresses/address.js';
import { connectionFailure, lostConnection, outcomeFromWire, outputFailure, refusal } from '../local/call-failures.js';
import { type ClientRequest, describeCall, type LocalSide } from '../local/call-request.js';
import { LocalOutput } from '../local/local-output.js';
import { OrderedOutputs } from '../local/ordered-outputs.js';
import type { LocalSink, StdoutTarget } from '../local/stdout-target.js';
import type { RawMode } from '../local/terminal.js';
import {
  catchSignals,
  controlFrame,
  FrameDecoder,
  type FrameReceiver,
  FrameType,
  signalExitCode,
} from '../wire/index.js';
import type { ClientExtras } from './client-extras.js';
import { connect, NoDaemon } from './connect.js';

const SIGNALS_UNTIL_EXIT = 3;
const LEAVING: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);
/** More than a program that sees them needs, and that prints nothing. */
const INTERRUPTS_UNTIL_EXIT = 10;
const LONGEST_REFUSAL = 4096;

/**
 * Has a daemon run a command line, with this process's standard streams, signals and terminal as its own. Whatever
 * else goes wrong is an outcome.
 * @throws NoDaemon if no process listens there; GantryError `invalid` for an address that is none
 */
export async function callRemote(address: string, argv: readonly string[], local: LocalSide): Promise<Outcome> {
  const where = parseAddress(address);
  const request = await describeCall(argv, local);
  const call = new RemoteCall(address, argv, local);
  try {
    call.begin(await connect(where, local.env, (bytes) => call.receive(bytes)), request);
  } catch (error) {
    if (error instanceof NoDaemon) throw error;
    return connectionFailure(address, error as NodeJS.ErrnoException);
  }
  return call.outcome();
}

class RemoteCall implements FrameReceiver {
  readonly #decoder = new FrameDecoder(this);
  readonly #outcome = Promise.withResolvers<Outcome>();
  #stdout: LocalSink = new LocalOutput(1, (error) => this.#end(outputFailure(error)));
  #stderr: LocalSink = new LocalOutput(2, (error) => this.#end(outputFailure(error)));
  readonly #outputs = new OrderedOutputs();
  #saved: StdoutTarget | undefined;
  #socket: Socket | undefined;
  #releaseSignals: (() => void) | undefined;
  #stopWatching: (() => void) | undefined;
  #raw: RawMode | undefined;
  #loading: Promise<void> | undefined;
  #extras: ClientExtras | undefined;
  #isPaused = false;
  #text: string | undefined;
  #begun = false;
  #over = false;
  #unansweredSignals = 0;
  #unansweredKeys = 0;

  constructor(
    private readonly address: string,
    private readonly argv: readonly string[],
    private readonly local: LocalSide,
  ) {}

  begin(socket: Socket, request: ClientRequest): void {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.once('close', () => this.#connectionClosed());
    this.#releaseSignals = catchSignals((name) => void this.#signalled(name));
    if (request.terminal) this.#useTerminal(request.terminal);
    socket.write(request.line);
  }

  /** Settles when the call is over, the terminal as it was, and all output written. */
  async outcome(): Promise<Outcome> {
    const outcome = await this.#outcome.promise;
    await new Promise<void>((resolve) => this.#outputs.whenDrained(resolve));
    return this.#saved?.outcome(outcome) ?? outcome;
  }

  receive(bytes: Buffer): void {
    this.#unansweredSignals = 0;
    this.#unansweredKeys = 0;
    if (this.#over || this.#isText(bytes)) return;
    try {
      this.#decoder.push(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#end(lostConnection(this.address, error.message));
    }
  }

  data(type: number, _id: number, bytes: Buffer): void {
    const output = type === FrameType.stdout ? this.#stdout : type === FrameType.stderr ? this.#stderr : undefined;
    if (!output) throw new ProtocolError(`frame type ${type} does not come from a daemon`);
    if (this.#outputs.write(output, bytes) || this.#isPaused) return;
    this.#isPaused = true;
    this.#socket?.pause();
    this.#outputs.whenDrained(() => {
      this.#isPaused = false;
      this.#socket?.resume();
    });
  }

  control(type: number, id: number, payload: Buffer): void {
    switch (type) {
      case FrameType.credit:
        this.#granted(id, payload);
        break;
      case FrameType.openFile:
        this.#withExtras((extras) => extras.openFile(id, payload.toString()));
        break;
      case FrameType.saveOutput:
        this.#withExtras((extras) => extras.saveOutput(id, payload.toString(), (to) => this.#saveTo(to)));
        break;
      case FrameType.tree:
        this.#withExtras((extras) => extras.tree(id, payload, this.local.trees, (to) => this.#saveTo(to)));
        break;
      case FrameType.login:
        this.#withExtras((extras) => extras.login(id, payload, this.local.logins));
        break;
      case FrameType.raw:
        this.#setRaw(payload[0] === 1);
        break;
      case FrameType.outcome:
        this.#end(outcomeFromWire(this.address, payload));
        break;
      default:
        throw new ProtocolError(`unknown frame type ${type}`);
    }
  }

  #granted(id: number, payload: Buffer): void {
    if (payload.length !== 4) throw new ProtocolError('a credit is four bytes');
    const bytes = payload.readUInt32BE();
    this.#withExtras((extras) => extras.grant(id, bytes));
  }

  #saveTo(redirect: StdoutTarget): void {
    this.#saved = redirect;
    this.#stdout = redirect.output((error) => this.#end(outputFailure(error)));
  }

  #useTerminal({ RawMode, watchSize, ...terminal }: NonNullable<ClientRequest['terminal']>): void {
    if (terminal.printsOwnWords(this.argv)) {
      const { stdout, stderr } = terminal.describeTerminals(this.local.env);
      if (stdout) this.#stdout = new terminal.OwnWords(this.#stdout);
      if (stderr) this.#stderr = new terminal.OwnWords(this.#stderr);
    }
    this.#raw = new RawMode();
    this.#stopWatching = watchSize((size) => this.#send(controlFrame(FrameType.resize, JSON.stringify(size))));
  }

  /** Keys are read from here on, whether the daemon wants them or not: so a raw terminal can be left. */
  #setRaw(raw: boolean): void {
    this.#raw?.set(raw);
    if (raw && this.#raw) this.#withExtras((extras) => extras.watchKeys((isInterrupt) => this.#typed(isInterrupt)));
  }

  #withExtras(use: (extras: ClientExtras) => void): void {
    this.#loading = (this.#loading ?? this.#loadExtras()).then(() => {
      if (this.#extras && !this.#over) use(this.#extras);
    });
  }

  async #loadExtras(): Promise<void> {
    const { ClientExtras } = await import('./client-extras.js');
    if (this.#socket) this.#extras = await ClientExtras.load(this.#socket, this.argv, this.local);
  }

  /** A server that refuses, or is none of ours, answers in words. */
  #isText(bytes: Buffer): boolean {
    if (!this.#begun && (bytes[0] ?? 0) >= 0x20) this.#text = '';
    this.#begun = true;
    if (this.#text === undefined) return false;
    this.#text = (this.#text + bytes.toString()).slice(0, LONGEST_REFUSAL);
    return true;
  }

  /** The daemon need not answer for this process to end: at once, or by a third signal where a program may handle the first. */
  async #signalled(name: NodeJS.Signals): Promise<void> {
    this.#send(controlFrame(FrameType.signal, name));
    const isLast = LEAVING.has(name) && ++this.#unansweredSignals === SIGNALS_UNTIL_EXIT;
    if (isLast) this.#say(`got ${SIGNALS_UNTIL_EXIT} SIGTERM/SIGINTs, forcefully exiting`);
    if (isLast || (await import('../local/terminal.js')).endsBySignal(this.argv)) {
      this.#end({ exitCode: signalExitCode(name) });
    }
  }

  /** Ctrl-c, again and again, where the terminal makes no signal of it. */
  #typed(isInterrupt: boolean): void {
    this.#unansweredKeys = isInterrupt ? this.#unansweredKeys + 1 : 0;
    if (this.#unansweredKeys !== INTERRUPTS_UNTIL_EXIT) return;
    this.#end({ exitCode: signalExitCode('SIGINT') });
    this.#say(`\nctrl-c had no effect ${INTERRUPTS_UNTIL_EXIT} times: leaving, and the program goes on`);
  }

  #say(words: string): void {
    this.#outputs.write(this.#stderr, Buffer.from(`${words}\n`));
  }

  #send(frame: Buffer): void {
    if (this.#socket?.writable) this.#socket.write(frame);
  }

  #connectionClosed(): void {
    this.#end(this.#text === undefined ? lostConnection(this.address) : refusal(this.address, this.#text));
  }

  #end(outcome: Outcome): void {
    if (this.#over) return;
    this.#over = true;
    this.#raw?.set(false);
    this.#stopWatching?.();
    this.#extras?.close();
    this.#releaseSignals?.();
    this.#socket?.destroy();
    this.#outcome.resolve(outcome);
  }
}
