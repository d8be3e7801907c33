import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { GantryError, type Logins } from '../../kernel/contracts/index.js';
import { CreditedOutput } from '../../kernel/streams/index.js';
import type { Env } from '../addresses/index.js';
import type { LocalSide } from '../local/call-request.js';
import { openForReading } from '../local/local-files.js';
import { readDescriptor } from '../local/local-input.js';
import { OutputArchive } from '../local/output-archive.js';
import { OutputFile } from '../local/output-file.js';
import type { StdoutTarget } from '../local/stdout-target.js';
import { withValues } from '../local/variable-lines.js';
import { demandOffered, isLoginOffered, type Offer, offerOf, treesFor } from '../offers/index.js';
import {
  answerLogin,
  controlFrame,
  FrameType,
  failureForWire,
  type LocalTrees,
  parseTreeRequest,
  STDIN_ID,
  sendData,
} from '../wire/index.js';
import { watchedKeys } from './interrupt-keys.js';

/** Input, files and logins, which many calls do not need. Loaded when the daemon first asks for one of them. */
export class ClientExtras {
  readonly #inputs = new Map<number, { source: Readable; output: CreditedOutput }>();
  #closed = false;

  private constructor(
    private readonly socket: Socket,
    private readonly offer: Offer,
    private readonly env: Env,
  ) {}

  static async load(
    socket: Socket,
    argv: readonly string[],
    { env, plugins }: Pick<LocalSide, 'env' | 'plugins'>,
  ): Promise<ClientExtras> {
    return new ClientExtras(socket, await offerOf(argv, plugins), env);
  }

  /** Lets the daemon have some bytes of stdin, or of a file. The first grant for stdin starts reading it. */
  grant(id: number, bytes: number): void {
    if (id === STDIN_ID && !this.#inputs.has(id)) this.#openStdin();
    this.#inputs.get(id)?.output.grant(bytes);
  }

  /** Reads what is typed from now on, for the daemon when it wants it. @param typed as of `watchedKeys` */
  watchKeys(typed: (isInterrupt: boolean) => void): void {
    if (this.#closed || this.#inputs.has(STDIN_ID)) return;
    const keyboard = readDescriptor(0);
    this.#pump(STDIN_ID, keyboard, FrameType.stdin, FrameType.stdinEnd, watchedKeys(typed));
  }

  async openFile(id: number, path: string): Promise<void> {
    try {
      const { read, variables } = this.offer.files;
      demandOffered(read, path);
      const file = await openForReading(path);
      const source = variables.includes(path) ? withValues(file, this.env) : file;
      this.#pump(id, source, FrameType.fileData, FrameType.fileEnd);
      this.#send(controlFrame(FrameType.fileOpened, '', id));
    } catch (error) {
      this.#fail(id, error);
    }
  }

  /** Answers whether the file is open. @param redirect is called before that, with the new target of stdout */
  saveOutput(id: number, path: string, redirect: (to: StdoutTarget) => void): void {
    try {
      demandOffered(this.offer.files.save, path);
      redirect(OutputFile.open(path));
      this.#send(controlFrame(FrameType.fileOpened, '', id));
    } catch (error) {
      this.#fail(id, error);
    }
  }

  /** Answers a request for a file or folder. @param redirect as of `saveOutput` */
  async tree(
    id: number,
    payload: Buffer,
    load: (() => Promise<LocalTrees>) | undefined,
    redirect: (to: StdoutTarget) => void,
  ): Promise<void> {
    try {
      const request = parseTreeRequest(payload);
      demandOffered(treesFor(request.do, this.offer), request.path);
      const trees = await load?.();
      if (!trees)
        throw new GantryError('denied', `open ${request.path}: this client does not give access to its files`);
      if (this.#closed) return;
      let answer = '';
      if (request.do === 'look') answer = trees.look(request.path, { followLink: request.followLink !== false }) ?? '';
      else if (request.do === 'create') trees.create(request.path, request.text);
      else if (request.do === 'write') redirect(new OutputArchive(trees.unpack(request.path, request)));
      else this.#pump(id, trees.read(request.path, request), FrameType.fileData, FrameType.fileEnd);
      this.#send(controlFrame(FrameType.fileOpened, answer, id));
    } catch (error) {
      this.#fail(id, error);
    }
  }

  async login(id: number, payload: Buffer, logins: (() => Promise<Logins>) | undefined): Promise<void> {
    const answer = await answerLogin(payload, (request) => isLoginOffered(this.offer, request), logins).then(
      (value) => ({ value }),
      (error: unknown) => ({ failure: failureForWire(error) }),
    );
    this.#send(controlFrame(FrameType.loginAnswer, JSON.stringify(answer), id));
  }

  close(): void {
    this.#closed = true;
    for (const { source } of this.#inputs.values()) source.destroy();
  }

  #openStdin(): void {
    if (!this.#closed) this.#pump(STDIN_ID, readDescriptor(0), FrameType.stdin, FrameType.stdinEnd);
  }

  #pump(id: number, source: Readable, dataType: number, endType: number, through?: Duplex): void {
    const number = id === STDIN_ID ? undefined : id;
    const output = new CreditedOutput(
      (bytes, done) => sendData(this.socket, dataType, bytes, done, number),
      () => this.#send(controlFrame(endType, '', number)),
    );
    this.#inputs.set(id, { source, output });
    source.once('error', (error) => this.#fail(id, error));
    if (this.#closed) source.destroy();
    else (through ? source.pipe(through) : source).pipe(output);
  }

  #fail(id: number, error: unknown): void {
    const frame =
      id === STDIN_ID
        ? controlFrame(FrameType.stdinEnd)
        : controlFrame(FrameType.fileError, JSON.stringify(failureForWire(error)), id);
    this.#send(frame);
  }

  #send(frame: Buffer): void {
    if (!this.#closed && this.socket.writable) this.socket.write(frame);
  }
}
