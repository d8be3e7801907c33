import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** An http proxy that alone knows where some names lead: to ports of this host. */
export class TestProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What it was asked for: `CONNECT registry.test:443`. */
  readonly requests: string[] = [];

  private constructor(private readonly places: Readonly<Record<string, string>>) {
    this.#server = createServer((from, response) => {
      const url = new URL(from.url ?? '');
      this.requests.push(`${from.method} ${url.host}`);
      const [host, port] = this.#place(url.host);
      const { proxy, ...headers } = { ...from.headers, proxy: undefined };
      const onward = request(
        { host, port, path: url.pathname + url.search, method: from.method, headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on('error', () => response.destroy());
      from.pipe(onward);
    });
    this.#server.on('connect', (from: IncomingMessage, socket: Socket) => {
      this.requests.push(`CONNECT ${from.url}`);
      const [host, port] = this.#place(from.url ?? '');
      const onward = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      for (const [one, other] of [
        [onward, socket],
        [socket, onward],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy()).on('close', () => other.destroy());
      }
    });
  }

  static async start(places: Readonly<Record<string, string>>): Promise<TestProxy> {
    const proxy = new TestProxy(places);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #place(name: string): string[] {
    return (this.places[name] ?? '127.0.0.1:1').split(':');
  }
}
