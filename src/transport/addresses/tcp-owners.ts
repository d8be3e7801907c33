import { closeSync, openSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';
import { TextLines } from './text-lines.js';

/** The two ends of a TCP connection as our side of it sees them. */
export interface TcpEndpoints {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** The owner of a socket, and the number by which `/proc/PID/fd` names it. */
export interface SocketOwner {
  readonly uid: number;
  readonly inode: string;
}

interface Question {
  /** How the tables may spell the far end and ours. */
  readonly keys: readonly string[];
  readonly answer: (owner: SocketOwner | undefined) => void;
}

/**
 * The owners of the far ends of loopback connections, by `/proc/net/tcp` and `tcp6` (proc(5)). All that ask at a time share one
 * reading of the tables. These are of the network namespace in which this was made, whatever namespace a thread is in later.
 */
export class TcpOwners {
  #tables: readonly TextLines[];
  #waiting: Question[] = [];
  #reading: Promise<void> | undefined;

  constructor() {
    this.#tables = ['tcp', 'tcp6'].flatMap((name) => {
      const fd = opened(`/proc/thread-self/net/${name}`);
      return fd === undefined ? [] : [new TextLines(fd)];
    });
  }

  /**
   * Undefined where no process of this network namespace holds it: an abandoned socket is listed there as root's, without
   * an inode, and must not count as root's.
   */
  async find(connection: TcpEndpoints): Promise<SocketOwner | undefined> {
    const owner = await this.#ask(connection);
    // A row is not read atomically: what says root must say so twice.
    if (owner?.uid !== 0) return owner;
    const again = await this.#ask(connection);
    return again?.inode === owner.inode ? again : undefined;
  }

  async close(): Promise<void> {
    while (this.#reading) await this.#reading;
    const tables = this.#tables;
    // A number that is closed twice may be another file's by then.
    this.#tables = [];
    for (const { fd } of tables) closeSync(fd);
  }

  #ask({ localAddress, localPort, remoteAddress, remotePort }: TcpEndpoints): Promise<SocketOwner | undefined> {
    if (!localAddress || !remoteAddress || localPort === undefined || remotePort === undefined) {
      return Promise.resolve(undefined);
    }
    const ours = endpoints(localAddress, localPort);
    const keys = endpoints(remoteAddress, remotePort).flatMap((theirs) => ours.map((own) => `${theirs} ${own}`));
    const { promise, resolve } = Promise.withResolvers<SocketOwner | undefined>();
    this.#waiting.push({ keys, answer: resolve });
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return promise;
  }

  async #read(): Promise<void> {
    while (this.#waiting.length > 0) {
      const asked = this.#waiting;
      this.#waiting = [];
      const byKey = new Map(asked.flatMap((question) => question.keys.map((key) => [key, question] as const)));
      for (const table of this.#tables) {
        await table.each((line) => {
          const owner = ownerIn(line, byKey);
          if (owner) owner.question.answer(owner);
        });
      }
      for (const { answer } of asked) answer(undefined);
    }
  }
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    // A kernel without IPv6.
    return undefined;
  }
}

/** `  0: 0100007F:1092 0100007F:8C2A 01 …`: the ends stand between the first colon and the state. */
function ownerIn(
  line: string,
  byKey: ReadonlyMap<string, Question>,
): (SocketOwner & { readonly question: Question }) | undefined {
  const begin = line.indexOf(': ') + 2;
  const end = line.indexOf(' ', line.indexOf(' ', begin) + 1);
  const question = byKey.get(line.slice(begin, end));
  if (!question) return undefined;
  const [, , , , uid, , inode = '0'] = line.slice(end + 1).split(/ +/);
  return inode === '0' ? undefined : { uid: Number(uid), inode, question };
}

/** An IPv4 address is in `tcp6`, too, mapped. */
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
