import { Readable, Writable } from 'node:stream';

/** How many bytes of a stream may be under way, or wait for a reader. */
export const CREDIT_WINDOW = 1024 * 1024;

/** The other side does not keep to the protocol: the connection cannot be used any further. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/**
 * The reading end of a stream that is sent against credit. The first read grants the window; what is read is granted
 * again. So nothing is sent before it is read, and a stream that is not read delays no other frame.
 */
export class CreditedInput extends Readable {
  #granted = 0;

  constructor(private readonly grant: (bytes: number) => void) {
    super({ highWaterMark: CREDIT_WINDOW / 4 });
    this.on('error', () => {});
  }

  override _read(): void {
    if (this.#granted > CREDIT_WINDOW / 2) return;
    this.grant(CREDIT_WINDOW - this.#granted);
    this.#granted = CREDIT_WINDOW;
  }

  /** @throws ProtocolError if more comes than was granted */
  receive(bytes: Buffer): void {
    if (bytes.length > this.#granted) throw new ProtocolError('more was sent than was asked for');
    this.#granted -= bytes.length;
    if (!this.destroyed && !this.readableEnded) this.push(bytes);
  }

  finish(): void {
    if (!this.destroyed) this.push(null);
  }
}

/** The sending end: accepts the bytes of a source, and passes on as many as there is credit for. */
export class CreditedOutput extends Writable {
  #credit = 0;
  #waiting: (() => void) | undefined;

  constructor(
    private readonly send: (bytes: Buffer, done: (error?: Error | null) => void) => void,
    private readonly sendEnd: () => void,
  ) {
    super({ highWaterMark: 1 });
    this.on('error', () => {});
  }

  grant(bytes: number): void {
    this.#credit += bytes;
    const go = this.#waiting;
    this.#waiting = undefined;
    go?.();
  }

  override _write(bytes: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#credit === 0) {
      this.#waiting = () => this._write(bytes, encoding, done);
      return;
    }
    const now = bytes.length <= this.#credit ? bytes : bytes.subarray(0, this.#credit);
    this.#credit -= now.length;
    if (now.length === bytes.length) this.send(now, done);
    else this.send(now, (error) => (error ? done(error) : this._write(bytes.subarray(now.length), encoding, done)));
  }

  override _final(done: () => void): void {
    this.sendEnd();
    done();
  }
}
