import { GantryError } from '../../kernel/contracts/index.js';

/** Where a daemon listens. `http` carries the same calls as plain requests. */
export type Address =
  | { readonly scheme: 'unix' | 'http+unix'; readonly path: string }
  | { readonly scheme: 'tcp' | 'http'; readonly host: string; readonly port: number };

/** A process's environment, as its owner hands it over. */
export type Env = Readonly<Record<string, string | undefined>>;

const DEFAULT_TCP_PORT = 4242;

/**
 * Reads `unix://PATH`, `tcp://HOST:PORT`, `http://HOST:PORT` or `http+unix://PATH`. No host means 127.0.0.1, no tcp
 * port means 4242.
 * @throws GantryError `invalid`
 */
export function parseAddress(text: string): Address {
  const [, scheme, rest = ''] = /^([a-z+]+):\/\/(.*)$/.exec(text) ?? [];
  if (scheme === 'unix' || scheme === 'http+unix') return { scheme, path: socketPath(text, rest) };
  if (scheme === 'tcp' || scheme === 'http') return { scheme, ...hostAndPort(text, rest, scheme) };
  throw invalid(text, 'use unix://PATH, tcp://HOST:PORT or http://HOST:PORT');
}

export function formatAddress(address: Address): string {
  if ('path' in address) return `${address.scheme}://${address.path}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${address.scheme}://${host}:${address.port}`;
}

/** True where only processes of this host can connect. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/i.test(host);
}

function socketPath(text: string, path: string): string {
  if (!path.startsWith('/')) throw invalid(text, 'the path of a socket is absolute');
  if (Buffer.byteLength(path) > 107) throw invalid(text, 'the path of a socket has at most 107 bytes');
  if (path.includes('\0')) throw invalid(text, 'a path holds no NUL');
  return path;
}

function hostAndPort(text: string, rest: string, scheme: 'tcp' | 'http'): { host: string; port: number } {
  const [matched, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:/[\]\s]*))(?::(\d{1,5}))?\/?$/.exec(rest) ?? [];
  if (matched === undefined) throw invalid(text, `write it as ${scheme}://HOST:PORT`);
  if (digits === undefined && scheme === 'http') throw invalid(text, 'http needs a port: http://127.0.0.1:PORT');
  const port = digits === undefined ? DEFAULT_TCP_PORT : Number(digits);
  if (port > 65535) throw invalid(text, 'a port is at most 65535');
  return { host: bracketed || plain || '127.0.0.1', port };
}

function invalid(text: string, hint: string): GantryError {
  return new GantryError('invalid', `Invalid address: ${text}`, { hint });
}
