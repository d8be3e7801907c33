import { createRequire } from 'node:module';

/** Numbers of <sys/socket.h>, the same on x86-64 and arm64. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_NETLINK = 16;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = 0o2000000;
export const MSG_DONTWAIT = 0x40;

type Bound = ReturnType<typeof bindCalls>;
let bound: Bound | undefined;

function bindCalls() {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const libc = koffi.load('libc.so.6');
  return {
    errno: () => koffi.errno(),
    socket: libc.func('int socket(int, int, int)'),
    send: libc.func('long send(int, const void *, size_t, int)'),
    recv: libc.func('long recv(int, void *, size_t, int)'),
    bind: libc.func('int bind(int, const void *, unsigned int)'),
    listen: libc.func('int listen(int, int)'),
    getsockopt: libc.func('int getsockopt(int, int, int, void *, _Inout_ uint32_t *)'),
    poll: libc.func('int poll(_Inout_ uint8_t *, unsigned long, int)'),
    setsockopt: libc.func('int setsockopt(int, int, int, const void *, unsigned int)'),
  };
}

/**
 * Socket calls of the C library, raw: -1 is a failure. For work that Node's own sockets cannot do, or not
 * synchronously.
 */
export function sockets(): Bound {
  bound ??= bindCalls();
  return bound;
}
