import { closeSync } from 'node:fs';
import { AF_INET, AF_INET6, libc, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_STREAM } from '../../../host/index.js';
import { hasIpv6Form, ipv6AddressBytes } from '../addresses/index.js';
import type { PortProtocol } from '../contracts/index.js';

/** Numbers of <sys/socket.h> and <netinet/in.h>, the same on x86-64 and arm64. */
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const ON = new Uint8Array([1, 0, 0, 0]);

/**
 * Whether a socket of the host could be bound to this address and port now.
 * @returns 0, or the errno of the refusal: EADDRINUSE, EADDRNOTAVAIL, EACCES, EINVAL for a link's own address
 */
export function probeBind(protocol: PortProtocol, address: string, port: number): number {
  // The kernel of most hosts has no such sockets.
  if (protocol === 'sctp') return 0;
  const { socket, bind, listen, setsockopt, errno } = libc();
  const isTcp = protocol === 'tcp';
  const isIpv6 = hasIpv6Form(address);
  const family = isIpv6 ? AF_INET6 : AF_INET;
  const descriptor: number = socket(family, (isTcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno();
  try {
    // A connection in TIME_WAIT is no listener; two UDP sockets with this option would share a port.
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
