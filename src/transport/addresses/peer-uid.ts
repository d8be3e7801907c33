import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';

/** The two ends of a TCP connection as our side of it sees them. */
export interface TcpEndpoints {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/**
 * The user whose process holds the other end of a loopback connection, by `/proc/net/tcp` and `tcp6` (proc(5)).
 * Undefined where no process of this network namespace holds it: an abandoned socket is listed there as root's, without
 * an inode, and must not count as root's.
 */
export async function peerUid(connection: TcpEndpoints): Promise<number | undefined> {
  const uid = await lookUp(connection);
  // The row is not read atomically: what says root must say so twice.
  return uid === 0 ? lookUp(connection) : uid;
}

async function lookUp({
  localAddress,
  localPort,
  remoteAddress,
  remotePort,
}: TcpEndpoints): Promise<number | undefined> {
  if (!localAddress || !remoteAddress || localPort === undefined || remotePort === undefined) return undefined;
  const ours = endpoints(localAddress, localPort);
  const theirs = endpoints(remoteAddress, remotePort);
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const rows = (await readFile(table, 'latin1').catch(() => '')).split('\n');
    for (const row of rows) {
      const [, local = '', remote = '', , , , , uid, , inode] = row.trim().split(/\s+/);
      if (theirs.includes(local) && ours.includes(remote) && inode !== '0') return Number(uid);
    }
  }
  return undefined;
}

/** How the tables may spell an end: an IPv4 address is in `tcp6`, too, mapped. */
function endpoints(address: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv4(plain)) return [tableHex(ipv6Bytes(plain)) + suffix];
  const v4 = Buffer.from(plain.split('.').map(Number));
  const mapped = Buffer.concat([Buffer.alloc(10), Buffer.of(0xff, 0xff), v4]);
  return [tableHex(v4) + suffix, tableHex(mapped) + suffix];
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  const middle = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return Buffer.from([...left, ...middle, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** The kernel prints addresses as words of the machine's own byte order. */
function tableHex(address: Buffer): string {
  const words = Buffer.from(address);
  if (endianness() === 'LE') words.swap32();
  return words.toString('hex').toUpperCase();
}
