import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';

const HEADER = 4;
/** The most bytes that one side can make the other hold in memory at once. */
export const MAX_FRAME = 8 << 20;
/** The same for what a plugin sends: a value of this size can unfold to a hundred times that in memory. */
export const MAX_PLUGIN_FRAME = 512 << 10;

/** The most bytes that may wait to be read. More are waiting only where the other side has stopped reading. */
const MAX_UNREAD = 64 << 20;

/** The other side does not keep to the protocol: nothing more of it can be believed. */
export class GuestProtocolError extends Error {
  override readonly name = 'GuestProtocolError';
}

/** Messages over a byte stream: length u32 BE, then the value in V8's serialization, Node's own for structured data. */
export class FramedPort {
  #buffered: Buffer[] = [];
  #size = 0;
  /** How many bytes the next step takes: a header, or a header with its body. */
  #wanted = HEADER;

  /**
   * @param onMessage gets the message and its size in bytes. May throw `GuestProtocolError`
   * @param onEnd called once: the other side has gone, or broke the protocol
   * @param maxReceived the longest frame that is taken
   */
  constructor(
    private readonly stream: Duplex,
    private readonly onMessage: (message: unknown, bytes: number) => void,
    private readonly onEnd: (error?: Error) => void,
    private readonly maxReceived = MAX_FRAME,
  ) {
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.once('close', () => this.#end());
    // `ECONNRESET`: it has gone before it read everything.
    stream.on('error', () => this.#end());
  }

  /** @throws Error for what cannot be cloned, functions above all, or is too large */
  send(message: unknown, done?: (error?: Error | null) => void): void {
    const body = serialize(message);
    if (body.length > MAX_FRAME) throw new Error(`a message of ${body.length} bytes is too large (limit ${MAX_FRAME})`);
    if (this.stream.writableLength > MAX_UNREAD) {
      this.#end(new GuestProtocolError('does not read its messages'));
      return;
    }
    const header = Buffer.alloc(HEADER);
    header.writeUInt32BE(body.length);
    this.stream.cork();
    this.stream.write(header);
    this.stream.write(body, (error) => done?.(error));
    process.nextTick(() => this.stream.uncork());
  }

  close(): void {
    this.stream.destroy();
  }

  #ended = false;

  #end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.stream.destroy();
    this.onEnd(error);
  }

  #take(chunk: Buffer): void {
    this.#buffered.push(chunk);
    this.#size += chunk.length;
    try {
      for (let frame = this.#next(); frame && !this.#ended; frame = this.#next()) {
        const message = parsed(frame);
        refuseHollow(message, frame.length);
        this.onMessage(message, frame.length);
      }
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Bytes are put together once a frame, however small the pieces that they come in. */
  #next(): Buffer | undefined {
    if (this.#size < this.#wanted) return undefined;
    const all = this.#joined();
    const length = all.readUInt32BE();
    if (length > this.maxReceived) throw new GuestProtocolError(`a frame of ${length} bytes`);
    this.#wanted = HEADER + length;
    if (this.#size < this.#wanted) return undefined;
    const frame = all.subarray(HEADER, this.#wanted);
    const rest = all.subarray(this.#wanted);
    this.#buffered = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    this.#wanted = HEADER;
    return frame;
  }

  #joined(): Buffer {
    const [first] = this.#buffered;
    if (first && this.#buffered.length === 1) return first;
    const all = Buffer.concat(this.#buffered);
    this.#buffered = [all];
    return all;
  }
}

function parsed(frame: Buffer): unknown {
  try {
    return deserialize(frame);
  } catch (error) {
    throw new GuestProtocolError('a frame that does not parse', { cause: error });
  }
}

/**
 * A few bytes can make an array that claims four thousand million places: whoever walks it does not come back.
 * @throws GuestProtocolError for an array with more places than its frame has bytes
 */
function refuseHollow(value: unknown, bytes: number): void {
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one !== 'object' || one === null || ArrayBuffer.isView(one) || seen.has(one)) continue;
    seen.add(one);
    if (Array.isArray(one) && one.length > bytes) throw new GuestProtocolError('an array of holes');
    for (const member of membersOf(one)) if (typeof member === 'object') waiting.push(member);
  }
}

function membersOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  return Array.isArray(value) || value instanceof Set ? value : Object.values(value);
}
