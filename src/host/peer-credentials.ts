import { check } from './libc.js';
import { sockets } from './sockets.js';

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
/** Three 32-bit numbers: pid, uid, gid. */
const UCRED_BYTES = 12;
const UID_AT = 4;

/** The user at the other end of a connected unix socket, as it was when that end connected. @throws SystemError */
export function peerUid(socket: number): number {
  const credentials = Buffer.alloc(UCRED_BYTES);
  const length = new Uint32Array([UCRED_BYTES]);
  check(sockets().getsockopt(socket, SOL_SOCKET, SO_PEERCRED, credentials, length), 'getsockopt', String(socket));
  return credentials.readUInt32LE(UID_AT);
}
