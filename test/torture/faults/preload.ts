import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../../support/engine.js';

/** Kinds of calls, in the order of faults.c, each with the errors that it fails with. */
export const KINDS = {
  open: ['EMFILE', 'ENFILE', 'ENOMEM', 'EIO'],
  fork: ['EAGAIN', 'ENOMEM'],
  /** A program that is started ends with 1: nft, ip, the runtime. */
  exec: ['EIO'],
  write: ['ENOSPC', 'EIO'],
  fsync: ['EIO', 'ENOSPC'],
  rename: ['ENOSPC', 'EIO'],
  mkdir: ['ENOSPC', 'EIO'],
  unlink: ['EIO', 'EBUSY'],
  mount: ['ENOMEM', 'EBUSY'],
  namespace: ['ENOSPC', 'ENOMEM'],
  netlink: ['ENOBUFS', 'EMFILE'],
} as const;

export type Kind = keyof typeof KINDS;

const NAMES = Object.keys(KINDS) as Kind[];
/** Offsets in the control of faults.c. */
const AT = { kind: 0, error: 12, clock: 16, seen: 24, failed: 24 + 4 * NAMES.length } as const;
const SIZE = 4096;

/** The library of faults.c, built on the spot, and what it reads: has calls of a process fail. */
export class Preload {
  readonly #library: string;
  readonly #control: string;
  readonly #bootId: string;
  readonly #fd: number;

  constructor(folder: string) {
    this.#library = join(folder, 'faults.so');
    this.#control = join(folder, 'control');
    this.#bootId = join(folder, 'boot_id');
    execFileSync('g++', [
      '-x',
      'c',
      '-shared',
      '-fPIC',
      '-O1',
      '-o',
      this.#library,
      join(PROJECT, 'test/torture/faults/faults.c'),
    ]);
    writeFileSync(this.#control, Buffer.alloc(SIZE));
    this.#fd = openSync(this.#control, 'r+');
    this.boot();
    this.disarm();
  }

  /** For the environment of a process that is to have it. */
  get env(): Readonly<Record<string, string>> {
    return { LD_PRELOAD: this.#library, GANTRY_RIG_CONTROL: this.#control, GANTRY_RIG_BOOT_ID: this.#bootId };
  }

  /** Processes that start from now on see another boot. */
  boot(): void {
    writeFileSync(this.#bootId, `${randomUUID()}\n`);
  }

  /** Begins to count, and has the nth call of a kind fail, and those after it. */
  arm(kind: Kind, nth: number, error: string, times = 1): void {
    this.#put(AT.seen, ...NAMES.map(() => 0), 0);
    const errno = constants.errno[error as keyof typeof constants.errno];
    // The error comes before what makes it count.
    this.#put(AT.error, errno);
    this.#put(AT.kind, NAMES.indexOf(kind), nth, times);
  }

  /** Nothing fails. */
  disarm(): void {
    this.#put(AT.kind, -1, 0, 0);
  }

  /** How many calls there were of each kind since it was armed. */
  get seen(): Readonly<Record<Kind, number>> {
    const numbers = this.#get(AT.seen, NAMES.length);
    return Object.fromEntries(NAMES.map((name, index) => [name, numbers[index] ?? 0])) as Record<Kind, number>;
  }

  /** How many of them failed. */
  get failed(): number {
    return this.#get(AT.failed, 1)[0] ?? 0;
  }

  /** Sets the wall clock of all processes that have it. */
  setClock(secondsAhead: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(secondsAhead));
    writeSync(this.#fd, bytes, 0, 8, AT.clock);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #put(at: number, ...numbers: number[]): void {
    writeSync(this.#fd, new Uint8Array(Int32Array.from(numbers).buffer), 0, numbers.length * 4, at);
  }

  #get(at: number, count: number): Int32Array {
    const bytes = new Uint8Array(count * 4);
    readSync(this.#fd, bytes, 0, bytes.length, at);
    return new Int32Array(bytes.buffer);
  }
}
