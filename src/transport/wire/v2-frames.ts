import type { Writable } from 'node:stream';
import { ProtocolError } from '../../kernel/streams/index.js';

/**
 * The frames of rcli v2: type u8, length u32 BE, payload. Types marked `id` carry a u32 BE stream number as the first
 * four bytes of their payload: 0 is stdin, files count from 1. No type is a printable character, so that a line of
 * text from a server that refuses is recognised by its first byte.
 */
export const FrameType = {
  /** Client to server: bytes of stdin, at most as many as credit allows. */
  stdin: 0x01,
  /** Empty. */
  stdinEnd: 0x02,
  /** A signal's name: `SIGINT`. */
  signal: 0x03,
  /** JSON `{"columns":80,"rows":24}`. */
  resize: 0x04,
  /** id. The file that the server asked for is open. To a look, the kind of file: `file`, `directory`, or nothing. */
  fileOpened: 0x05,
  /** id, then bytes. */
  fileData: 0x06,
  /** id. */
  fileEnd: 0x07,
  /** id, then a JSON `Failure`: it could not be opened, or not be read to its end. */
  fileError: 0x08,
  /** id, then JSON: `{"value":…}` or `{"failure":…}`. */
  loginAnswer: 0x09,
  /** Server to client. */
  stdout: 0x11,
  stderr: 0x12,
  /** id, then u32 BE: that many more bytes of the stream may be sent. */
  credit: 0x13,
  /** id, then a path as the client's argv has it. */
  openFile: 0x14,
  /** One byte: 1 for raw mode, 0 back. */
  raw: 0x15,
  /** id, then a path as the client's argv has it: stdout goes there from here on, once the client says that it is open. */
  saveOutput: 0x18,
  /** id, then a JSON `TreeRequest`: a file or folder is looked at, read as an archive, or written as one from stdout. */
  tree: 0x19,
  /** A JSON `Outcome`. The last frame. */
  outcome: 0x16,
  /** id, then a JSON `LoginRequest`. */
  login: 0x17,
} as const;

/** In bytes, the id included. */
export const MAX_PAYLOAD = 1024 * 1024;
/** Of what a client sends, data apart. */
export const MAX_CLIENT_CONTROL = 64 * 1024;
export const STDIN_ID = 0;

const HEADER = 5;
const ID = 4;
const STREAMED: ReadonlySet<number> = new Set([
  FrameType.stdin,
  FrameType.stdout,
  FrameType.stderr,
  FrameType.fileData,
]);
const NUMBERED: ReadonlySet<number> = new Set([
  FrameType.fileOpened,
  FrameType.fileData,
  FrameType.fileEnd,
  FrameType.fileError,
  FrameType.loginAnswer,
  FrameType.login,
  FrameType.credit,
  FrameType.openFile,
  FrameType.saveOutput,
  FrameType.tree,
]);

export interface FrameReceiver {
  /** Bytes of a stream as they come, not frame by frame. A view of the chunk that was pushed: copy what must outlive the call. */
  data(type: number, id: number, bytes: Buffer): void;
  /** Any other frame, whole. `id` is 0 for types without. */
  control(type: number, id: number, payload: Buffer): void;
}

/** Cuts a byte stream back into frames, wherever the chunks were split. */
export class FrameDecoder {
  readonly #header = Buffer.alloc(HEADER + ID);
  #filled = 0;
  #wanted = HEADER;
  #type = 0;
  #id = 0;
  #left = 0;
  #parts: Buffer[] = [];

  /** @param mostControl the longest frame that is kept whole, in bytes */
  constructor(
    private readonly receiver: FrameReceiver,
    private readonly mostControl = MAX_PAYLOAD,
  ) {}

  /** @throws ProtocolError */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      at = this.#filled < this.#wanted ? this.#takeHeader(chunk, at) : this.#takePayload(chunk, at);
    }
  }

  #takeHeader(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#wanted - this.#filled);
    chunk.copy(this.#header, this.#filled, at, end);
    this.#filled += end - at;
    if (this.#filled === this.#wanted) this.#headerDone();
    return end;
  }

  #headerDone(): void {
    if (this.#wanted === HEADER) {
      this.#type = this.#header.readUInt8(0);
      this.#left = this.#header.readUInt32BE(1);
      this.#id = 0;
      const most = STREAMED.has(this.#type) ? MAX_PAYLOAD : this.mostControl;
      if (this.#left > most) throw new ProtocolError(`a frame of ${this.#left} bytes is too large`);
      if (NUMBERED.has(this.#type)) {
        if (this.#left < ID) throw new ProtocolError('a frame lacks its stream number');
        this.#wanted += ID;
        return;
      }
    } else {
      this.#id = this.#header.readUInt32BE(HEADER);
      this.#left -= ID;
    }
    if (this.#left === 0) this.#frameDone();
  }

  #takePayload(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    const piece = at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end);
    this.#left -= piece.length;
    if (STREAMED.has(this.#type)) this.receiver.data(this.#type, this.#id, piece);
    else this.#parts.push(this.#left === 0 ? piece : Buffer.from(piece));
    if (this.#left === 0) this.#frameDone();
    return end;
  }

  #frameDone(): void {
    const parts = this.#parts;
    this.#parts = [];
    this.#filled = 0;
    this.#wanted = HEADER;
    if (!STREAMED.has(this.#type)) this.receiver.control(this.#type, this.#id, Buffer.concat(parts));
  }
}

/** A frame in one piece, for what is small. */
export function controlFrame(type: number, payload: string | Uint8Array = '', id?: number): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return Buffer.concat([frameHeader(type, body.length, id), body]);
}

/** Bytes of a stream, in as many frames as they need, and in one system call without being copied. */
export function sendData(
  to: Writable,
  type: number,
  bytes: Buffer,
  done: (error?: Error | null) => void,
  id?: number,
): void {
  const most = MAX_PAYLOAD - ID;
  to.cork();
  for (let at = 0; at < bytes.length; at += most) {
    const piece = bytes.length <= most ? bytes : bytes.subarray(at, at + most);
    to.write(frameHeader(type, piece.length, id));
    if (at + most < bytes.length) to.write(piece);
    else to.write(piece, done);
  }
  to.uncork();
  if (bytes.length === 0) done();
}

export function creditFrame(id: number, bytes: number): Buffer {
  const amount = Buffer.alloc(4);
  amount.writeUInt32BE(bytes);
  return controlFrame(FrameType.credit, amount, id);
}

function frameHeader(type: number, length: number, id?: number): Buffer {
  const header = Buffer.allocUnsafe(id === undefined ? HEADER : HEADER + ID);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(id === undefined ? length : length + ID, 1);
  if (id !== undefined) header.writeUInt32BE(id, HEADER);
  return header;
}
