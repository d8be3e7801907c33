import {
  chmodSync,
  closeSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { libc } from '../../../../src/host/index.js';
import { cString, fsPath, setPathTime } from '../../../../src/plugins/image/fs/index.js';
import { mknod } from './trees.js';

const LENGTHS = [1, 90, 98, 99, 100, 101, 102, 154, 155, 156, 157, 254, 255];
const TARGETS = [
  '/etc',
  '../none',
  'a\nb',
  '\xff\xfe',
  'ü',
  ' ',
  ...[99, 100, 101, 256, 4095].map((n) => 'l'.repeat(n)),
];
const IDS = [0, 1, 65_534, 2_097_151, 2_097_152, 4_294_967_294];
const MODES = [0, 0o1, 0o644, 0o777, 0o1777, 0o2755, 0o4711, 0o7777];
const TIMES = [
  [0, 0],
  [1, 1],
  [-1, 0],
  [-1, 999_999_999],
  [-2, 5],
  [1_000_000_000, 123_456_789],
  [8_589_934_591, 0],
  [8_589_934_592, 10],
] as const;
const DEVICES = [0x103, 0xfff_00_ff, 0xffff_ffff] as const;
const [FIFO, CHARACTER, BLOCK] = [0o010000, 0o020000, 0o060000];

/** An access list of rw for its owner, and r for user 1000. */
function accessList(): Buffer {
  const entries = [
    [1, 6, 0xffffffff],
    [2, 4, 1000],
    [4, 4, 0xffffffff],
    [16, 4, 0xffffffff],
    [32, 0, 0xffffffff],
  ] as const;
  const list = Buffer.alloc(4 + 8 * entries.length);
  list.writeUInt32LE(2);
  for (const [index, [tag, rights, id]] of entries.entries()) {
    list.writeUInt16LE(tag, 4 + 8 * index);
    list.writeUInt16LE(rights, 6 + 8 * index);
    list.writeUInt32LE(id, 8 + 8 * index);
  }
  return list;
}

type Make = (here: string) => void;

function put(path: string, text = 'x'): void {
  writeFileSync(fsPath(path), text);
}

function attribute(path: string, name: string, value: Buffer): void {
  if (libc().lsetxattr(cString(path), cString(name), value, value.length, 0) < 0) throw new Error(`lsetxattr ${name}`);
}

function owned(path: string, uid: number, gid: number): void {
  lchownSync(path, uid, gid);
}

function sparse(path: string, size: number, offsets: readonly number[]): void {
  const fd = openSync(path, 'w');
  for (const offset of offsets) writeSync(fd, Buffer.alloc(4096, 'd'), 0, 4096, offset);
  closeSync(fd);
  truncateSync(path, size);
}

/** Small trees, each of one kind of thing that archives and copies lose. */
const TREES: Readonly<Record<string, Make>> = {
  ...Object.fromEntries(
    LENGTHS.map((length): [string, Make] => [
      `names of ${length}`,
      (here) => {
        put(`${here}/${'f'.repeat(length)}`);
        const folder = `${here}/${'d'.repeat(length - 1)}e`;
        mkdirSync(folder);
        put(`${folder}/f`, 'in it');
        linkSync(`${folder}/f`, `${folder}/${'h'.repeat(length)}`);
        symlinkSync('f', `${folder}/${'s'.repeat(length)}`);
      },
    ]),
  ),
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((parts): [string, Make] => [
      `paths of ${parts * 50} and a little`,
      (here) => {
        const folder = `${here}/${Array.from({ length: parts }, () => 'p'.repeat(49)).join('/')}`;
        mkdirSync(folder, { recursive: true });
        for (let more = 1; more < 8; more++) {
          put(`${folder}/${'m'.repeat(more)}`, String(more));
          mkdirSync(`${folder}/${'n'.repeat(more)}`);
        }
      },
    ]),
  ),
  'names of every byte': (here) => {
    for (let byte = 1; byte < 256; byte++) if (byte !== 0x2f) put(`${here}/b${String.fromCharCode(byte)}`, `${byte}`);
  },
  'names of bytes that mean something elsewhere': (here) => {
    for (const name of ['...', '..x', '-', '-rf', ' x ', '\\', 'BZh9', '\x1f\x8b\x08', '%00', '$(x)', 'ustar', '~']) {
      put(`${here}/${name}`, name);
    }
  },
  ...Object.fromEntries(
    TARGETS.map((target, index): [string, Make] => [
      `link ${index}`,
      (here) => {
        symlinkSync(fsPath(target), `${here}/s`);
        linkSync(`${here}/s`, `${here}/same`);
      },
    ]),
  ),
  'hard links': (here) => {
    mkdirSync(`${here}/a`);
    put(`${here}/z`);
    mknod(`${here}/pipe`, FIFO | 0o644, 0);
    mknod(`${here}/null`, CHARACTER | 0o666, 0x103);
    for (const name of ['z', 'pipe', 'null']) linkSync(`${here}/${name}`, `${here}/a/${name}`);
  },
  holes: (here) => {
    sparse(`${here}/all`, 1 << 20, []);
    sparse(`${here}/start`, 1 << 20, [(1 << 20) - 4096]);
    sparse(`${here}/end`, 1 << 20, [0]);
    sparse(`${here}/odd`, 1_000_001, [500_000 - (500_000 % 4096)]);
    sparse(
      `${here}/many`,
      1 << 20,
      Array.from({ length: 60 }, (_, index) => index * 16_384),
    );
    sparse(`${here}/small`, 5000, []);
  },
  ...Object.fromEntries(
    IDS.map((id): [string, Make] => [
      `owner ${id}`,
      (here) => {
        put(`${here}/f`);
        mkdirSync(`${here}/d`);
        symlinkSync('f', `${here}/s`);
        for (const name of ['f', 'd', 's']) owned(`${here}/${name}`, id, id);
      },
    ]),
  ),
  ...Object.fromEntries(
    MODES.map((mode): [string, Make] => [
      `mode ${mode.toString(8)}`,
      (here) => {
        put(`${here}/f`);
        mkdirSync(`${here}/d`);
        mkdirSync(`${here}/d/in`);
        put(`${here}/d/f`);
        put(`${here}/o`);
        owned(`${here}/o`, 5, 6);
        for (const name of ['f', 'd', 'o']) chmodSync(`${here}/${name}`, mode);
      },
    ]),
  ),
  ...Object.fromEntries(
    TIMES.map(([seconds, nanoseconds]): [string, Make] => [
      `time ${seconds}.${nanoseconds}`,
      (here) => {
        put(`${here}/f`);
        mkdirSync(`${here}/d`);
        put(`${here}/d/f`);
        symlinkSync('f', `${here}/s`);
        for (const name of ['f', 'd', 's']) setPathTime(`${here}/${name}`, { seconds, nanoseconds });
      },
    ]),
  ),
  attributes: (here) => {
    put(`${here}/f`);
    mkdirSync(`${here}/d`);
    for (const path of [`${here}/f`, `${here}/d`]) {
      attribute(path, 'user.empty', Buffer.alloc(0));
      attribute(path, 'user.bytes', Buffer.from('a=b\nc\0\xff', 'latin1'));
      attribute(path, 'user.a=b%c', Buffer.from('x'));
      attribute(path, 'user.n\xfc\nl', Buffer.from('x'));
      attribute(path, 'user.long', Buffer.alloc(1500, 'l'));
    }
  },
  capabilities: (here) => {
    put(`${here}/f`);
    owned(`${here}/f`, 7, 8);
    attribute(`${here}/f`, 'security.capability', Buffer.from('0100000200200000000000000000000000000000', 'hex'));
  },
  'access lists': (here) => {
    put(`${here}/f`);
    attribute(`${here}/f`, 'system.posix_acl_access', accessList());
    mkdirSync(`${here}/d`);
    put(`${here}/d/before`);
    mkdirSync(`${here}/d/before-d`);
    attribute(`${here}/d`, 'system.posix_acl_default', accessList());
    mkdirSync(`${here}/d/after`);
  },
  devices: (here) => {
    mknod(`${here}/pipe`, FIFO | 0o600, 0);
    for (const device of DEVICES) {
      mknod(`${here}/c${device}`, CHARACTER | 0o640, device);
      mknod(`${here}/b${device}`, BLOCK | 0o640, device);
    }
  },
  empty: () => undefined,
};

/** Makes them all in a folder, in order. @returns how many there are */
export function makeManyTrees(root: string): number {
  const made = Object.entries(TREES);
  for (const [name, make] of made) {
    const here = `${root}/${name}`;
    mkdirSync(here);
    make(here);
  }
  return made.length;
}
