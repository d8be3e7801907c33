import { closeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hasIpv6Form, ipv6AddressBytes } from './host-address.js';
import { AF_INET6 } from './ipv6.js';

const require = createRequire(import.meta.url);

/** Numbers of <sys/socket.h>, the same on x86-64 and arm64. */
export const AF_NETLINK = 16;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = 0o2000000;
export const MSG_DONTWAIT = 0x40;
const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const ON = Buffer.from([1, 0, 0, 0]);

type Bound = ReturnType<typeof bindCalls>;
let bound: Bound | undefined;

function bindCalls() {
  const koffi = require('koffi') as typeof import('koffi');
  const libc = koffi.load('libc.so.6');
  return {
    errno: () => koffi.errno(),
    socket: libc.func('int socket(int, int, int)'),
    send: libc.func('long send(int, const void *, size_t, int)'),
    recv: libc.func('long recv(int, void *, size_t, int)'),
    bind: libc.func('int bind(int, const void *, unsigned int)'),
    listen: libc.func('int listen(int, int)'),
    setsockopt: libc.func('int setsockopt(int, int, int, const void *, unsigned int)'),
  };
}

/** The C library's socket calls, raw: -1 is a failure. Used where Node's own sockets are asynchronous, or of no use. */
export function sockets(): Bound {
  bound ??= bindCalls();
  return bound;
}

/**
 * Whether a socket of the host could be bound to this address and port now.
 * @returns 0, or the errno of the refusal: EADDRINUSE, EADDRNOTAVAIL, EACCES, EINVAL for a link's own address
 */
export function probeBind(protocol: 'tcp' | 'udp', address: string, port: number): number {
  const { socket, bind, listen, setsockopt, errno } = sockets();
  const isTcp = protocol === 'tcp';
  const isIpv6 = hasIpv6Form(address);
  const family = isIpv6 ? AF_INET6 : AF_INET;
  const descriptor: number = socket(family, (isTcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno();
  try {
    // Connections that linger in TIME_WAIT are no listeners; two UDP sockets with this option would share a port.
    if (isTcp) setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, ON, ON.length);
    if (isIpv6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, ON, ON.length);
    const name = Buffer.alloc(isIpv6 ? 28 : 16);
    name.writeUInt16LE(family, 0);
    name.writeUInt16BE(port, 2);
    if (isIpv6) name.set(ipv6AddressBytes(address), 8);
    else name.set(address.split('.').map(Number), 4);
    if (bind(descriptor, name, name.length) < 0) return errno();
    return isTcp && listen(descriptor, 1) < 0 ? errno() : 0;
  } finally {
    closeSync(descriptor);
  }
}
