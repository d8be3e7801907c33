import type { Server } from 'node:net';
import { GantryError } from '../../kernel/contracts/index.js';
import { isLoopback } from './address.js';

/** @throws GantryError `denied`: the address is reachable from elsewhere */
export function demandLoopback(host: string, how: string): void {
  if (isLoopback(host)) return;
  throw new GantryError('denied', `Refusing to listen on ${host} ${how}: anyone who reaches it would be root here`, {
    hint: 'listen on 127.0.0.1, or on tcp with certificates for server and clients',
  });
}

/** @throws GantryError `conflict`: the port is in use; `unavailable` */
export function listenOnPort(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => {
      const kind = cause.code === 'EADDRINUSE' ? 'conflict' : 'unavailable';
      const why = cause.code === 'EADDRINUSE' ? 'the port is in use' : cause.message;
      reject(new GantryError(kind, `Cannot listen on ${host}:${port}: ${why}`, { cause }));
    };
    server.once('error', failed);
    server.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port, backlog: 4096 }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}
