import type { Socket } from 'node:net';
import type { Outcome } from '../../src/kernel/contracts/outcome.js';
import { failureText } from '../../src/kernel/text/failures.js';
import { parseAddress } from '../../src/transport/addresses/address.js';
import { ClientExtras } from '../../src/transport/client/client-extras.js';
import { connect } from '../../src/transport/client/connect.js';
import { lostConnection, outcomeFromWire, refusal } from '../../src/transport/local/call-failures.js';
import { describeCall } from '../../src/transport/local/call-request.js';
import type { StdoutTarget } from '../../src/transport/local/stdout-target.js';
import {
  controlFrame,
  FrameDecoder,
  type FrameReceiver,
  FrameType,
  STDIN_ID,
} from '../../src/transport/wire/v2-frames.js';

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Has a daemon run a command line, with empty input, and from within this process: a tenth of what a `docker` costs that has
 * to be started. It is meant for what leads to a test's point; what a user's own client does is tested with that.
 */
export async function quickCall(socketPath: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Result> {
  const side = { env, cwd: '/', trees: async () => (await import('../../src/client/client-files.js')).CLIENT_TREES };
  const { line } = await describeCall(argv, side);
  const call = new QuickCall(argv, side);
  const socket = await connect(parseAddress(`unix://${socketPath}`), env, (bytes) => call.receive(bytes));
  return call.result(socket, line);
}

class QuickCall implements FrameReceiver {
  readonly #decoder = new FrameDecoder(this);
  readonly #outcome = Promise.withResolvers<Outcome>();
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  #socket: Socket | undefined;
  #extras: ClientExtras | undefined;
  #saved: StdoutTarget | undefined;
  #keep = (bytes: Buffer): void => void this.#stdout.push(Buffer.from(bytes));

  constructor(
    private readonly argv: readonly string[],
    private readonly side: {
      readonly env: NodeJS.ProcessEnv;
      readonly trees: () => Promise<typeof import('../../src/client/client-files.js')['CLIENT_TREES']>;
    },
  ) {}

  async result(socket: Socket, line: string): Promise<Result> {
    this.#socket = socket;
    this.#extras = await ClientExtras.load(socket, this.argv, this.side);
    socket.on('error', () => {});
    socket.once('close', () => this.#outcome.resolve(lostConnection('the test daemon')));
    socket.write(line);
    const told = await this.#outcome.promise;
    this.#extras.close();
    socket.destroy();
    const { exitCode, failure } = (await this.#saved?.outcome(told)) ?? told;
    const words = failure ? failureText(failure, 'Error response from daemon: ') : '';
    return {
      code: exitCode,
      stdout: Buffer.concat(this.#stdout).toString(),
      stderr: Buffer.concat(this.#stderr).toString() + words,
    };
  }

  /** A daemon that refuses the connection says so in plain text. */
  receive(bytes: Buffer): void {
    try {
      this.#decoder.push(bytes);
    } catch {
      this.#outcome.resolve(refusal('the test daemon', bytes.toString()));
    }
  }

  data(type: number, _id: number, bytes: Buffer): void {
    if (type === FrameType.stdout) this.#keep(bytes);
    else this.#stderr.push(Buffer.from(bytes));
  }

  control(type: number, id: number, payload: Buffer): void {
    const extras = this.#extras;
    const save = (to: StdoutTarget): void => this.#saveTo(to);
    if (type === FrameType.outcome) this.#outcome.resolve(outcomeFromWire('the test daemon', payload));
    else if (type === FrameType.credit && id === STDIN_ID) this.#socket?.write(controlFrame(FrameType.stdinEnd));
    else if (type === FrameType.credit) extras?.grant(id, payload.readUInt32BE());
    else if (type === FrameType.openFile) void extras?.openFile(id, payload.toString());
    else if (type === FrameType.saveOutput) extras?.saveOutput(id, payload.toString(), save);
    else if (type === FrameType.tree) void extras?.tree(id, payload, this.side.trees, save);
  }

  #saveTo(redirect: StdoutTarget): void {
    this.#saved = redirect;
    const output = redirect.output((error) => this.#outcome.reject(error));
    this.#keep = (bytes) => void output.write(Buffer.from(bytes));
  }
}
