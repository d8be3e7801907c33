import { Readable } from 'node:stream';
import { Header, type HeaderData } from 'tar';

export interface TestEntry extends Omit<HeaderData, 'path' | 'type' | 'size'> {
  readonly path: string;
  readonly type?: NonNullable<HeaderData['type']>;
  readonly body?: string | Buffer;
  /** Records of a PAX header in front. Values are written as they are. */
  readonly pax?: Readonly<Record<string, string>>;
  /** What the header claims instead of the body's length. */
  readonly claimedSize?: number;
}

export const END = Buffer.alloc(1024);

/** An archive made of header blocks, by the `tar` package's own encoder, without any check of what it holds. */
export function tar(entries: readonly TestEntry[], end: Buffer = END): Buffer {
  return Buffer.concat([...entries.map(encode), end]);
}

export function stream(...chunks: Buffer[]): Readable {
  return Readable.from(chunks, { objectMode: false });
}

function encode({ path, type = 'File', body = '', pax, claimedSize, ...rest }: TestEntry): Buffer {
  const bytes = Buffer.from(body);
  const extended = pax ? encode({ path: 'PaxHeader', type: 'ExtendedHeader', body: records(pax) }) : Buffer.alloc(0);
  const block = Buffer.alloc(512);
  const size = claimedSize ?? bytes.length;
  new Header({ mode: 0o644, uid: 0, gid: 0, mtime: new Date(1e12), ...rest, path, type, size }).encode(block);
  return Buffer.concat([extended, block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

function records(pax: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(Object.entries(pax).map(([keyword, value]) => record(keyword, Buffer.from(value, 'latin1'))));
}

function record(keyword: string, value: Buffer): Buffer {
  const length = keyword.length + value.length + 3;
  let total = length + String(length).length;
  total = length + String(total).length;
  return Buffer.concat([Buffer.from(`${total} ${keyword}=`), value, Buffer.from('\n')]);
}

/** Changes a header field and makes the checksum right again. */
export function patched(archive: Buffer, offset: number, bytes: string): Buffer {
  const block = Buffer.from(archive);
  block.write(bytes, offset, 'latin1');
  const header = Math.floor(offset / 512) * 512;
  block.write('        ', header + 148, 'latin1');
  const sum = block.subarray(header, header + 512).reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, header + 148, 'latin1');
  return block;
}

export function withByte(archive: Buffer, offset: number): Buffer {
  const damaged = Buffer.from(archive);
  damaged[offset] = 0x7a;
  return damaged;
}
