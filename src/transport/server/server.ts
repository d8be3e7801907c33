import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { type CallHandler, GantryError, type Logins } from '../../kernel/contracts/index.js';
import {
  type Address,
  demandLoopback,
  formatAddress,
  listenOnPath,
  listenOnPort,
  parseAddress,
} from '../addresses/index.js';
import { closeGently, parseRequestLine, readRequestLine } from '../wire/index.js';
import type { CallerLimits } from './caller-limits.js';
import { NONE_LEFT, reserve } from './descriptor-reserve.js';
import { HangUps } from './hang-ups.js';
import { PeerCheck } from './peer-check.js';
import { PendingConnections } from './pending-connections.js';
import { type Call, failureLine } from './server-call.js';
import { serveV1 } from './v1-server.js';
import { serveV2 } from './v2-server.js';

const MOST_IDLE = 1000;
/** The headers of each may be kept before anything is known of it. */
const MOST_IDLE_BY_HTTP = 128;
const MOST_REFUSED = 64;

export interface ListenOptions {
  /** PEM texts. A tcp address then asks every client for a certificate of this `ca`. */
  readonly tls?: { readonly ca: string | Buffer; readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Of a unix socket: 0660 unless told. */
  readonly mode?: number;
  /** In milliseconds: 30 s unless told. */
  readonly firstLineTimeout?: number;
  /** How many connections may be open without having said anything: 1000 unless told. The oldest goes first. */
  readonly mostIdle?: number;
  /** Of a limited socket: how many connections it and others like it may have. */
  readonly callers?: CallerLimits;
  /** The logins of clients that keep none: v1 and http. */
  readonly logins?: Logins;
  /** How long `close` waits for the outcomes of calls under way, in milliseconds: 3 s unless told. */
  readonly closeGrace?: number;
}

export interface Listener {
  /** Where it listens, with the real port if 0 was asked for. */
  readonly address: string;
  /** Accepts no more calls, aborts those under way, and waits a bounded time for their outcomes. */
  close(): Promise<void>;
}

/**
 * Serves calls on an address.
 * @throws GantryError `invalid` address; `denied`: an address beyond this host without TLS; `conflict`: taken; `unavailable`
 */
export async function listen(text: string, handler: CallHandler, options: ListenOptions = {}): Promise<Listener> {
  const listener = new RcliListener(parseAddress(text), handler, options);
  await listener.start();
  return listener;
}

/** How long a connection is silent before the kernel asks whether its other end is there. */
const KEEPALIVE_MS = 60_000;
/** For the client to read why it is refused. */
const REFUSAL_MS = 500;

class RcliListener implements Listener {
  readonly #calls = new Set<Call>();
  readonly #sockets = new Set<Socket>();
  readonly #pending: PendingConnections;
  /** Refused, and given a moment to read why. */
  readonly #refused = new PendingConnections(MOST_REFUSED);
  readonly #hangUps = new HangUps();
  readonly #firstLineTimeout: number;
  #server: Server | undefined;
  /** Of a port that every process of this host can reach. */
  #peers: PeerCheck | undefined;
  #removeSocket: () => Promise<void> = () => Promise.resolve();
  #reserve: Disposable | undefined;

  constructor(
    private readonly where: Address,
    private readonly handler: CallHandler,
    private readonly options: ListenOptions,
  ) {
    const isHttp = where.scheme.startsWith('http');
    this.#pending = new PendingConnections(options.mostIdle ?? (isHttp ? MOST_IDLE_BY_HTTP : MOST_IDLE));
    this.#firstLineTimeout = options.firstLineTimeout ?? 30_000;
  }

  /** What v1 and http clients get. */
  get #given(): { readonly logins?: Logins } {
    const { logins } = this.options;
    return logins ? { logins } : {};
  }

  get address(): string {
    const bound = this.#server?.address();
    if ('path' in this.where || !bound || typeof bound === 'string') return formatAddress(this.where);
    return formatAddress({ ...this.where, port: bound.port });
  }

  async start(): Promise<void> {
    const { where } = this;
    if (!('path' in where || this.options.tls)) this.#peers = new PeerCheck();
    const server = await this.#makeServer();
    this.#server = server;
    server.on('connection', (socket: Socket) => this.#accepted(socket));
    try {
      if ('path' in where) this.#removeSocket = await listenOnPath(server, where.path, this.options.mode);
      else await listenOnPort(server, where);
    } catch (error) {
      server.close();
      await this.#peers?.close();
      throw error;
    }
    this.#reserve = reserve.use();
    // Out of file descriptors: the oldest pending connection makes room for the next.
    server.on('error', () => {
      reserve.look();
      this.#pending.dropOldest();
    });
  }

  async close(): Promise<void> {
    this.#reserve?.[Symbol.dispose]();
    this.#reserve = undefined;
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    await this.#removeSocket();
    this.#pending.dropAll();
    for (const call of this.#calls) call.abandon();
    await settledWithin(
      [...this.#calls].map((call) => call.done),
      this.options.closeGrace ?? 3000,
    );
    for (const socket of this.#sockets) socket.destroySoon();
    const timer = setTimeout(() => this.#destroyAll(), 500);
    await closed;
    clearTimeout(timer);
    await this.#peers?.close();
    this.#peers = undefined;
  }

  async #makeServer(): Promise<Server> {
    const { where, options } = this;
    if (where.scheme === 'http' || where.scheme === 'http+unix') return this.#makeHttpServer();
    if (where.scheme === 'tcp' && options.tls) return this.#makeTlsServer(options.tls);
    if (where.scheme === 'tcp') demandLoopback(where.host, 'without TLS certificates');
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    return server.on('connection', (socket) => {
      if (reserve.admits(socket)) void this.#serve(socket);
      else refuse(socket, NONE_LEFT);
    });
  }

  async #makeHttpServer(): Promise<Server> {
    if ('host' in this.where) demandLoopback(this.where.host, 'by http');
    const { httpServer } = await import('./http-server.js');
    const admit = (socket: Socket): Promise<string | undefined> => {
      this.#pending.delete(socket);
      return this.#refusalReason(socket);
    };
    const server = httpServer(
      this.handler,
      this.#firstLineTimeout,
      ({ socket }) => admit(socket),
      (call) => this.#track(call),
      this.#given,
    );
    return server;
  }

  async #makeTlsServer(tls: NonNullable<ListenOptions['tls']>): Promise<Server> {
    const { createServer } = await import('node:tls');
    const server = createServer({
      ...tls,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      handshakeTimeout: this.#firstLineTimeout,
      allowHalfOpen: true,
      noDelay: true,
    });
    const raw = new Map<string, Socket>();
    server.on('tlsClientError', () => {});
    server.on('connection', (socket: Socket) => {
      const end = remoteEnd(socket);
      raw.set(end, socket);
      socket.once('close', () => raw.delete(end));
    });
    return server.on('secureConnection', (socket) => {
      const carrier = raw.get(remoteEnd(socket));
      if (carrier) this.#pending.delete(carrier);
      this.#accepted(socket);
      void this.#serve(socket);
    });
  }

  #accepted(socket: Socket): void {
    this.#watch(socket);
    this.#pending.add(socket);
  }

  #watch(socket: Socket): void {
    socket.on('error', () => {});
    // A host that has vanished says nothing: the kernel asks, and ends the call.
    if ('host' in this.where) socket.setKeepAlive(true, KEEPALIVE_MS);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#pending.delete(socket);
      this.#refused.delete(socket);
    });
  }

  async #serve(socket: Socket): Promise<void> {
    try {
      this.#demandRoom(socket);
      const reason = await this.#refusalReason(socket);
      if (reason !== undefined) throw new GantryError('denied', reason);
      const line = await readRequestLine(socket, this.#firstLineTimeout, (bytes) => this.#pending.keep(socket, bytes));
      if (!line) return;
      const request = parseRequestLine(line);
      if (request.version === 2) return this.#track(serveV2(socket, request, this.handler));
      this.#hangUps.watch(socket);
      this.#track(serveV1(socket, request.argv, this.handler, this.#given));
    } catch (error) {
      if (!(error instanceof GantryError)) throw error;
      this.#refuse(socket, error);
    } finally {
      this.#pending.delete(socket);
    }
  }

  #demandRoom(socket: Socket): void {
    const { callers } = this.options;
    if (!callers || !('path' in this.where) || callers.admit(this.where.path, socket)) return;
    throw new GantryError('unavailable', 'Too many connections to this socket are open');
  }

  #refuse(socket: Socket, error: GantryError): void {
    if (socket.writable) socket.write(failureLine(error));
    this.#refused.add(socket);
    closeGently(socket);
  }

  async #refusalReason(socket: Socket): Promise<string | undefined> {
    return this.#peers?.refusalReason(socket);
  }

  #track(call: Call): void {
    this.#calls.add(call);
    void call.done.then(() => this.#calls.delete(call));
  }

  #destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Soon: what is refused for want of descriptors must not keep one. */
function refuse(socket: Socket, message: string): void {
  socket.write(failureLine({ kind: 'unavailable', message }));
  closeGently(socket, REFUSAL_MS);
}

function remoteEnd(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

async function settledWithin(promises: readonly Promise<void>[], milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([Promise.all(promises), promise]);
  clearTimeout(timer);
}
