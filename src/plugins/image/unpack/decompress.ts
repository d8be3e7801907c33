import { accessSync, constants } from 'node:fs';
import { Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GantryError } from '../../../kernel/index.js';
import { BLOCK_SIZE, decodeHeader } from '../archive/index.js';
import { throughProgram } from './program.js';
import { CHUNK, unzstd } from './zstd.js';

type Compression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd';

/** Memory that one xz stream may use. `xz -9` needs 65 MiB. */
const XZ_MEMORY_LIMIT = '80MiB';

/** A stage for `pipeline`. */
type Stage = Transform | ((source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>);

/** An archive, and the stages that decompress it. They are chosen by its first bytes, never by a name. */
interface Decompression {
  readonly source: Readable;
  readonly stages: readonly Stage[];
}

export async function decompression(archive: Readable): Promise<Decompression> {
  const { start, source } = await peek(archive, BLOCK_SIZE);
  return { source, stages: stagesFor(compressionOf(start)) };
}

function stagesFor(compression: Compression): Stage[] {
  if (compression === 'none') return [];
  if (compression === 'gzip') return [createGunzip({ chunkSize: CHUNK })];
  if (compression === 'zstd') return [unzstd];
  const [program, ...args] = compression === 'xz' ? ['xz', '-dc', '-T1', `-M${XZ_MEMORY_LIMIT}`] : ['bzip2', '-dc'];
  const path = pathOf(program, compression);
  return [(source) => throughProgram(source, path, args)];
}

/** By the first 512 bytes: a tar archive may begin with any, those of its first file's name. */
export function compressionOf(start: Buffer): Compression {
  const compression = byMagic(start);
  return compression === 'none' || isTar(start) ? 'none' : compression;
}

function isTar(start: Buffer): boolean {
  if (start.length < BLOCK_SIZE) return false;
  try {
    return decodeHeader(start.subarray(0, BLOCK_SIZE)).name !== '';
  } catch {
    return false;
  }
}

function byMagic(start: Buffer): Compression {
  const hex = start.toString('hex');
  if (hex.startsWith('1f8b')) return 'gzip';
  if (hex.startsWith('425a68')) return 'bzip2';
  if (hex.startsWith('fd377a585a00')) return 'xz';
  if (hex.startsWith('28b52ffd')) return 'zstd';
  // Some zstd archives begin with a skippable frame.
  return /^5.2a4d18/.test(hex) ? 'zstd' : 'none';
}

/** Reads at least `length` bytes, where there are as many. `source` still has them all. */
export async function peek(archive: Readable, length: number): Promise<{ start: Buffer; source: Readable }> {
  const chunks: Buffer[] = [];
  let total = 0;
  while (total < length && !archive.readableEnded) {
    if (archive.errored) throw archive.errored;
    const chunk = archive.read() as Buffer | null;
    if (chunk) {
      chunks.push(chunk);
      total += chunk.length;
    } else if (!(await moreToRead(archive))) break;
  }
  const start = Buffer.concat(chunks);
  if (archive.readableEnded) return { start, source: Readable.from([start], { objectMode: false }) };
  archive.unshift(start);
  return { start, source: archive };
}

/** Waits for data, without starting the flow. */
function moreToRead(source: Readable): Promise<boolean> {
  if (source.destroyed) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      for (const [event, listener] of listeners) source.off(event, listener);
      act();
    };
    const listeners: readonly [string, (error?: unknown) => void][] = [
      ['readable', settle(() => resolve(true))],
      ['end', settle(() => resolve(false))],
      ['close', settle(() => resolve(false))],
      ['error', (error) => settle(() => reject(error))()],
    ];
    for (const [event, listener] of listeners) source.on(event, listener);
  });
}

function pathOf(program: string | undefined, compression: Compression): string {
  for (const folder of ['/usr/bin', '/bin', '/usr/local/bin']) {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return `${folder}/${program}`;
    } catch {}
  }
  throw new GantryError(
    'unavailable',
    `the archive is compressed with ${compression}, and this host has no ${program}`,
    {
      hint: `install the host's package ${program === 'xz' ? 'xz-utils' : program}`,
    },
  );
}
