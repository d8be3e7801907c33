import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { GantryError } from '../../../kernel/index.js';
import { Interrupted, RetryBudget } from '../http/index.js';
import { NoPieces, type Repository } from './repository.js';

/** The most that has to be sent again, where a registry discards an interrupted piece. */
const PIECE = 64 * 1024 * 1024;
const READ_SIZE = 256 * 1024;

interface UploadSource {
  readonly digest: string;
  readonly size: number;
  /** The bytes from `start` on, `length` of them. */
  open(start: number, length: number): Readable;
}

/** @param file stays open */
export function fileSource(file: FileHandle, digest: string, size: number): UploadSource {
  const options = { autoClose: false, highWaterMark: READ_SIZE };
  return {
    digest,
    size,
    open: (start, length) => file.createReadStream({ ...options, start, end: start + length - 1 }),
  };
}

export function bytesSource(bytes: Uint8Array, digest: string): UploadSource {
  return {
    digest,
    size: bytes.length,
    open: (start, length) => Readable.from([bytes.subarray(start, start + length)]),
  };
}

/**
 * Sends a blob piece by piece. After a failure it continues at the offset that the registry reports.
 * @param begun an upload that the registry has started already
 */
export async function uploadBlob(
  repository: Repository,
  source: UploadSource,
  begun: URL | undefined,
  progress: (bytes: number) => void,
  pieceSize = PIECE,
): Promise<void> {
  const patience = new RetryBudget(repository.session.signal);
  let to = begun ?? (await startUpload(repository));
  let most = pieceSize;
  for (let sent = 0; sent < source.size; ) {
    const piece = { start: sent, length: Math.min(most, source.size - sent), size: source.size };
    const body = (): Readable => metered(source.open(piece.start, piece.length), piece.start, progress);
    try {
      to = await repository.sendPiece(to, piece, body);
      sent += piece.length;
    } catch (error) {
      repository.session.signal.throwIfAborted();
      // Some registries take a blob in one piece alone.
      if (error instanceof NoPieces) most = source.size;
      else await patience.after(error);
      const arrived = most === pieceSize ? await repository.uploaded(to) : undefined;
      to = arrived?.next ?? (await startUpload(repository));
      sent = Math.min(arrived?.bytes ?? 0, source.size);
      patience.passed(sent - piece.start);
    }
  }
  await finish(repository, to, source.digest);
}

/** The registry may have the blob although its answer was lost, or may need longer for it than anybody waits. */
async function finish(repository: Repository, to: URL, digest: string): Promise<void> {
  const patience = new RetryBudget(repository.session.signal);
  for (let attempt = 0; ; attempt++) {
    try {
      await repository.finishUpload(to, digest);
      return;
    } catch (error) {
      repository.session.signal.throwIfAborted();
      // An upload that has been ended before is not known any more.
      if (!(error instanceof Interrupted) && attempt === 0) throw error;
      if (await repository.hasBlob(digest)) return;
      await patience.after(error);
    }
  }
}

async function startUpload(repository: Repository): Promise<URL> {
  const to = await repository.startUpload();
  if (to) return to;
  throw new GantryError('invalid', `push to ${repository.name}: the registry starts no upload`);
}

function metered(source: Readable, start: number, progress: (bytes: number) => void): Readable {
  let sent = start;
  return source.on('data', (chunk: Buffer) => {
    sent += chunk.length;
    progress(sent);
  });
}
