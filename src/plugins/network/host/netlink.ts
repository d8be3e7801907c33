import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { AF_NETLINK, check, libc, MSG_DONTWAIT, SOCK_CLOEXEC, SOCK_RAW, SystemError } from '../../../host/index.js';

/** Netlink families of <linux/netlink.h>. */
export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;

const MSG_TRUNC = 0x20;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST = 0x1;
const NLM_F_ACK = 0x4;
/** The list changed while it was read. */
const NLM_F_DUMP_INTR = 0x10;
const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
/** Marks an attribute that contains others. */
export const NESTED = 0x8000;
const HEADER_LENGTH = 16;
const RECEIVE_LENGTH = 32_768;
const LIST_ATTEMPTS = 10;

/** A request: its subject in an error, its type, its flags, its fixed part and attributes. */
export interface NetlinkMessage {
  readonly subject: string;
  readonly type: number;
  readonly flags?: number;
  readonly body: readonly Uint8Array[];
}

/**
 * A netlink socket of the network namespace that the calling thread is in when it is created. It stays in that
 * namespace. The kernel answers before `send` returns, so nothing here waits for more than the kernel's own work.
 */
export class NetlinkSocket implements Disposable {
  readonly #descriptor: number;
  /** Of the last request. An answer carries its request's: what an earlier failure left unread is passed over. */
  #sequence = 0;

  constructor(family: number) {
    this.#descriptor = check(libc().socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family), 'socket', 'netlink');
  }

  /** Sends requests in one go, in order. @throws SystemError of the first one that the kernel refused */
  request(...messages: readonly NetlinkMessage[]): void {
    if (messages.length === 0) return;
    const first = this.#send(messages, NLM_F_ACK);
    const errnos: number[] = [];
    while (errnos.length < messages.length) errnos.push(...this.#receive(first).map(errnoOf));
    const refused = errnos.findIndex((errno) => errno !== 0);
    if (refused >= 0) throw new SystemError('netlink', errnos[refused] ?? 0, messages[refused]?.subject ?? '');
  }

  /** Asks for one object. @returns its fixed part and attributes @throws SystemError such as ENOENT, ENODEV */
  query(message: NetlinkMessage): Buffer {
    const sequence = this.#send([message], 0);
    for (;;) {
      const [answer] = this.#receive(sequence);
      if (!answer) continue;
      refuse(answer, message);
      return answer.subarray(HEADER_LENGTH);
    }
  }

  /** Asks for all objects that there are. @returns the fixed part and attributes of each @throws SystemError */
  list(message: NetlinkMessage): Buffer[] {
    for (let attempt = 1; ; attempt++) {
      const { found, isWhole } = this.#listOnce(message);
      if (isWhole || attempt === LIST_ATTEMPTS) return found;
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  #listOnce(message: NetlinkMessage): { found: Buffer[]; isWhole: boolean } {
    const sequence = this.#send([message], NLM_F_DUMP);
    const found: Buffer[] = [];
    for (let isWhole = true; ; ) {
      for (const answer of this.#receive(sequence)) {
        refuse(answer, message);
        if ((answer.readUInt16LE(6) & NLM_F_DUMP_INTR) !== 0) isWhole = false;
        if (answer.readUInt16LE(4) === NLMSG_DONE) return { found, isWhole };
        found.push(answer.subarray(HEADER_LENGTH));
      }
    }
  }

  /** @returns the sequence number of the first message; the others follow it */
  #send(messages: readonly NetlinkMessage[], flags: number): number {
    const first = this.#sequence + 1;
    this.#sequence = (this.#sequence + messages.length) % 2 ** 30;
    const bytes = Buffer.concat(messages.map((message, index) => encode(message, flags, first + index)));
    check(libc().send(this.#descriptor, bytes, bytes.length, 0), 'send', 'netlink');
    return first;
  }

  /** One datagram's answers to requests from this one on. */
  #receive(from: number): Buffer[] {
    const bytes = Buffer.alloc(RECEIVE_LENGTH);
    const flags = MSG_DONTWAIT | MSG_TRUNC;
    const length = check(libc().recv(this.#descriptor, bytes, bytes.length, flags), 'recv', 'netlink');
    if (length > bytes.length) throw new SystemError('recv', constants.errno.EMSGSIZE, 'netlink');
    const answers = split(bytes.subarray(0, length), HEADER_LENGTH, (at) => bytes.readUInt32LE(at));
    return answers.filter((answer) => answer.readUInt32LE(8) >= from);
  }
}

function refuse(answer: Buffer, { subject }: NetlinkMessage): void {
  const errno = errnoOf(answer);
  if (errno !== 0) throw new SystemError('netlink', errno, subject);
}

function encode({ type, flags = 0, body }: NetlinkMessage, more: number, sequence: number): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH);
  header.writeUInt32LE(HEADER_LENGTH + total(body), 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(NLM_F_REQUEST | flags | more, 6);
  header.writeUInt32LE(sequence, 8);
  return Buffer.concat([header, ...body]);
}

function errnoOf(answer: Buffer): number {
  if (answer.readUInt16LE(4) !== NLMSG_ERROR) return 0;
  return -answer.readInt32LE(HEADER_LENGTH) || 0;
}

/** A netlink attribute, padded; several values make a nested one. */
export function attribute(type: number, ...value: readonly Uint8Array[]): Buffer {
  const length = 4 + total(value);
  const bytes = Buffer.alloc(aligned(length));
  bytes.writeUInt16LE(length, 0);
  bytes.writeUInt16LE(type, 2);
  Buffer.concat(value).copy(bytes, 4);
  return bytes;
}

/** The attributes of an answer, by type. */
export function attributes(bytes: Buffer): Map<number, Buffer> {
  return new Map(attributeList(bytes));
}

/** The attributes of an answer in their order: a type may occur again. */
export function attributeList(bytes: Buffer): [type: number, value: Buffer][] {
  const NESTED_OR_NETWORK_ORDER = 0xc000;
  const found = split(bytes, 4, (at) => bytes.readUInt16LE(at));
  return found.map((one) => [one.readUInt16LE(2) & ~NESTED_OR_NETWORK_ORDER, one.subarray(4)]);
}

export function words(...numbers: readonly number[]): Buffer {
  return Buffer.from(new Uint32Array(numbers).buffer);
}

export function zeroTerminated(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

export function addressBytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

function split(bytes: Buffer, least: number, lengthAt: (at: number) => number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at + least <= bytes.length; ) {
    const length = Math.max(least, lengthAt(at));
    parts.push(bytes.subarray(at, at + length));
    at += aligned(length);
  }
  return parts;
}

function total(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}

/** Whether a failure is the kernel's with this errno. */
export function isErrno(error: unknown, name: keyof typeof constants.errno): boolean {
  return error instanceof SystemError && error.errno === constants.errno[name];
}
