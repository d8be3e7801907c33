import { randomBytes } from 'node:crypto';
import { get, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { parseUntrustedJson } from '../../text/index.js';

/** All that is read of one connection, and of one message. A script's message contains its source map. In bytes. */
const MOST_BYTES = 24 << 20;
const MOST_OF_MESSAGE = 8 << 20;
const MOST_OF_LIST = 64 << 10;
const HOST = '127.0.0.1';
const [TEXT, CLOSE] = [0x81, 0x88];

/**
 * A connection to Node's debugger: a WebSocket (RFC 6455) with JSON in it. The plugin's own code can be at its other end, so
 * what it sends is bounded, and nothing of it is believed.
 */
export class DebuggerSocket {
  #received = 0;
  #parts: Buffer[] = [];
  #size = 0;
  #wanted = 2;

  /** @param onMessage may throw: then the connection is closed @param onEnd called when it is, maybe twice */
  constructor(
    private readonly socket: Duplex,
    private readonly onMessage: (message: unknown) => void,
    private readonly onEnd: () => void,
  ) {
    socket.on('error', () => this.close());
    socket.once('close', () => this.onEnd());
    socket.on('data', (bytes: Buffer) => {
      try {
        this.#take(bytes);
      } catch {
        this.close();
      }
    });
  }

  ask(id: number, method: string): void {
    const body = Buffer.from(JSON.stringify({ id, method }));
    // A mask of zeros changes nothing. Questions are shorter than 126 bytes.
    this.socket.write(Buffer.concat([Buffer.of(TEXT, 0x80 | body.length, 0, 0, 0, 0), body]));
  }

  close(): void {
    this.socket.destroy();
    this.onEnd();
  }

  #take(bytes: Buffer): void {
    this.#received += bytes.length;
    if (this.#received > MOST_BYTES) throw new Error('too much');
    this.#parts.push(bytes);
    this.#size += bytes.length;
    while (this.#size >= this.#wanted && !this.socket.destroyed) this.#frame(this.#joined());
  }

  /** A whole message, or as many bytes as tell how long it is. */
  #frame(all: Buffer): void {
    const short = (all[1] ?? 0) & 0x7f;
    const header = short === 127 ? 10 : short === 126 ? 4 : 2;
    this.#wanted = header;
    if (all.length < header) return;
    const length = short === 127 ? Number(all.readBigUInt64BE(2)) : short === 126 ? all.readUInt16BE(2) : short;
    if (length > MOST_OF_MESSAGE || all[0] === CLOSE) throw new Error('too long, or the end');
    this.#wanted = header + length;
    if (all.length < this.#wanted) return;
    const body = all.subarray(header, this.#wanted);
    const rest = all.subarray(this.#wanted);
    this.#parts = [rest];
    this.#size = rest.length;
    this.#wanted = 2;
    this.onMessage(parseUntrustedJson(body));
  }

  #joined(): Buffer {
    const [first] = this.#parts;
    if (first && this.#parts.length === 1) return first;
    const all = Buffer.concat(this.#parts);
    this.#parts = [all];
    return all;
  }
}

/** Connects to what listens on a port as Node's debugger does. Calls `connected` only where it answers as one. */
export function connectToDebugger(port: number, connected: (socket: Duplex) => void, failed: () => void): void {
  get({ host: HOST, port, path: '/json/list' }, (response) => {
    void idIn(response).then((id) => {
      if (id === undefined) return failed();
      const key = randomBytes(16).toString('base64');
      const headers = {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': 13,
        'Sec-WebSocket-Key': key,
      };
      const upgrade = request({ host: HOST, port, path: `/${id}`, headers });
      upgrade.on('upgrade', (_response, socket, head) => {
        connected(socket);
        if (head.length > 0) socket.emit('data', head);
      });
      upgrade.on('response', (refusal) => {
        refusal.destroy();
        failed();
      });
      upgrade.on('error', failed).end();
    }, failed);
  }).on('error', failed);
}

async function idIn(response: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > MOST_OF_LIST) return undefined;
  }
  const [target] = parseUntrustedJson(Buffer.concat(parts)) as { readonly id?: unknown }[];
  return typeof target?.id === 'string' && /^[0-9a-f-]{1,64}$/.test(target.id) ? target.id : undefined;
}
