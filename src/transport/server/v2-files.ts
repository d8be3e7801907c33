import type { Readable } from 'node:stream';
import type { ClientTrees, TreeReading, TreeWriting } from '../../kernel/contracts/index.js';
import { CreditedInput, ProtocolError } from '../../kernel/streams/index.js';
import { controlFrame, creditFrame, errorFromWire, FrameType, type TreeRequest } from '../wire/index.js';

interface OpenFile {
  readonly path: string;
  readonly input: CreditedInput;
  /** Whether the client is to send what is in it. */
  readonly isRead: boolean;
  readonly opened: (answer: string) => void;
  readonly refused: (error: Error) => void;
}

interface Question {
  readonly type: number;
  readonly path: string;
  readonly payload: string;
  readonly isRead: boolean;
}

/** The files that one call reads and writes on its client's side. */
export class V2Files implements ClientTrees {
  readonly #open = new Map<number, OpenFile>();
  #last = 0;

  constructor(private readonly send: (frame: Buffer) => void) {}

  /** @throws GantryError whatever the client says is wrong with it */
  async open(path: string): Promise<Readable> {
    return (await this.#ask({ type: FrameType.openFile, path, payload: path, isRead: true })).input;
  }

  /** Has the client write what follows on stdout into a file. @throws GantryError whatever the client says is wrong with it */
  async save(path: string): Promise<void> {
    await this.#ask({ type: FrameType.saveOutput, path, payload: path, isRead: false });
  }

  async look(path: string, options?: { readonly followLink: boolean }): Promise<'file' | 'directory' | undefined> {
    const { answer } = await this.#askTree({ do: 'look', path, ...options });
    return answer === 'file' || answer === 'directory' ? answer : undefined;
  }

  async read(path: string, options: TreeReading): Promise<Readable> {
    return (await this.#askTree({ do: 'read', path, ...options })).input;
  }

  async write(path: string, options: TreeWriting): Promise<void> {
    await this.#askTree({ do: 'write', path, ...options });
  }

  async create(path: string, text: string): Promise<void> {
    await this.#askTree({ do: 'create', path, text });
  }

  /** @throws ProtocolError if no such file is open */
  receive(id: number, bytes: Buffer): void {
    this.#file(id).input.receive(bytes);
  }

  /** @throws ProtocolError if no such file is open */
  control(type: number, id: number, payload: Buffer): void {
    const file = this.#file(id);
    if (type !== FrameType.fileError) file.opened(payload.toString());
    if (type !== FrameType.fileOpened || !file.isRead) this.#open.delete(id);
    if (type === FrameType.fileEnd) file.input.finish();
    if (type === FrameType.fileError) this.#fail(file, errorFromWire(payload, file.path));
  }

  failAll(error: Error): void {
    for (const file of this.#open.values()) this.#fail(file, error);
    this.#open.clear();
  }

  #askTree(request: TreeRequest): Promise<{ input: Readable; answer: string }> {
    const isRead = request.do === 'read';
    return this.#ask({ type: FrameType.tree, path: request.path, payload: JSON.stringify(request), isRead });
  }

  #ask({ type, path, payload, isRead }: Question): Promise<{ input: Readable; answer: string }> {
    const id = ++this.#last;
    const input = new CreditedInput((bytes) => this.send(creditFrame(id, bytes)));
    const { promise, resolve, reject } = Promise.withResolvers<{ input: Readable; answer: string }>();
    this.#open.set(id, { path, input, isRead, opened: (answer) => resolve({ input, answer }), refused: reject });
    this.send(controlFrame(type, payload, id));
    return promise;
  }

  #fail(file: OpenFile, error: Error): void {
    file.refused(error);
    file.input.destroy(error);
  }

  #file(id: number): OpenFile {
    const file = this.#open.get(id);
    if (!file) throw new ProtocolError(`no file ${id} is open`);
    return file;
  }
}
