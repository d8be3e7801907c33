import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { MANIFEST, type MadeImage, sha256 } from './images.js';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A registry that does what a test tells it to, right or wrong. */
export class FakeRegistry {
  readonly #server: Server;
  readonly #handlers = new Map<string, Handler>();
  /** What was asked for: `GET /v2/app/manifests/1`. */
  readonly requests: string[] = [];
  readonly headers: IncomingMessage['headers'][] = [];

  private constructor(tls?: ServerOptions) {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      const [path = ''] = (request.url ?? '').split('?');
      this.requests.push(`${request.method} ${request.url}`);
      this.headers.push(request.headers);
      const handler = this.#handlers.get(path);
      if (handler) handler(request, response);
      else
        response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    };
    this.#server = tls ? createTlsServer(tls, answer) : createServer(answer);
  }

  static async start(tls?: ServerOptions): Promise<FakeRegistry> {
    const registry = new FakeRegistry(tls);
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  on(path: string, handler: Handler): this {
    this.#handlers.set(path, handler);
    return this;
  }

  /** Answers with bytes, always. */
  give(path: string, bytes: Uint8Array | string, headers: Record<string, string> = {}): this {
    return this.on(path, (_, response) => {
      response.writeHead(200, { 'Content-Length': String(Buffer.byteLength(bytes)), ...headers }).end(bytes);
    });
  }

  manifest(name: string, tag: string, manifest: unknown, type = MANIFEST): string {
    const bytes = Buffer.from(JSON.stringify(manifest));
    const headers = { 'Content-Type': type, 'Docker-Content-Digest': sha256(bytes) };
    for (const reference of [tag, sha256(bytes)]) this.give(`/v2/${name}/manifests/${reference}`, bytes, headers);
    return sha256(bytes);
  }

  blob(name: string, bytes: Uint8Array, digest = sha256(bytes)): this {
    return this.give(`/v2/${name}/blobs/${digest}`, bytes);
  }

  /** All of an image. */
  image(name: string, tag: string, { layers, config, manifest }: MadeImage): this {
    for (const bytes of [config, ...layers]) this.blob(name, bytes);
    this.manifest(name, tag, manifest);
    return this;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
