import type { Readable } from 'node:stream';
import { CreditedInput } from './credited.js';
import { errorFromWire } from './failure.js';
import { controlFrame, creditFrame, FrameType, ProtocolError } from './frames.js';

interface OpenFile {
  readonly path: string;
  readonly input: CreditedInput;
  readonly opened: () => void;
  readonly refused: (error: Error) => void;
}

/** The files that one call reads on its client's side. */
export class V2Files {
  readonly #open = new Map<number, OpenFile>();
  #last = 0;

  constructor(private readonly send: (frame: Buffer) => void) {}

  /** @throws GantryError whatever the client says is wrong with it */
  open(path: string): Promise<Readable> {
    const id = ++this.#last;
    const input = new CreditedInput((bytes) => this.send(creditFrame(id, bytes)));
    const { promise, resolve, reject } = Promise.withResolvers<Readable>();
    this.#open.set(id, { path, input, opened: () => resolve(input), refused: reject });
    this.send(controlFrame(FrameType.openFile, path, id));
    return promise;
  }

  /** Has the client write what follows on stdout into a file. @throws GantryError whatever the client says is wrong with it */
  save(path: string): Promise<void> {
    const id = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const opened = (): void => {
      this.#open.delete(id);
      resolve();
    };
    this.#open.set(id, { path, input: new CreditedInput(() => {}), opened, refused: reject });
    this.send(controlFrame(FrameType.saveOutput, path, id));
    return promise;
  }

  /** @throws ProtocolError if no such file is open */
  receive(id: number, bytes: Buffer): void {
    this.#file(id).input.receive(bytes);
  }

  /** @throws ProtocolError if no such file is open */
  control(type: number, id: number, payload: Buffer): void {
    const file = this.#file(id);
    if (type !== FrameType.fileError) file.opened();
    if (type !== FrameType.fileOpened) this.#open.delete(id);
    if (type === FrameType.fileEnd) file.input.finish();
    if (type === FrameType.fileError) this.#fail(file, errorFromWire(payload, file.path));
  }

  failAll(error: Error): void {
    for (const file of this.#open.values()) this.#fail(file, error);
    this.#open.clear();
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
