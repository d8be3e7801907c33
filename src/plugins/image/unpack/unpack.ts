import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GantryError } from '../../../kernel/index.js';
import type { PathBytes } from '../fs/index.js';
import { decompression } from './decompress.js';
import { undecodable } from './program.js';
import type { UnpackJob, UnpackOutcome } from './unpack-job.js';
import { UnpackWorker, WorkerGone } from './worker.js';

type Progress = ((bytes: number) => void) | undefined;

const STOPPED = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']);

export interface UnpackResult {
  /** `sha256:` and the digest of the uncompressed archive. */
  readonly diffId: string;
  /** Bytes of all files. */
  readonly size: number;
  /** Directories without an entry of their own, as `Unpacker` tells them. */
  readonly implied?: readonly PathBytes[];
  readonly leftOut?: readonly string[];
}

/**
 * Unpacks an archive in a worker process whose root is the directory that is filled: an archive that makes it crash or
 * grow harms that process only. A worker that has failed cannot be used again.
 * @param progress called with the number of bytes of the archive, as it came, that have been read so far
 * @throws GantryError `invalid`, `unavailable`
 */
export async function unpack(
  unpacker: UnpackWorker,
  archive: Readable,
  job: UnpackJob,
  progress?: Progress,
): Promise<UnpackResult> {
  try {
    const { source, stages: decompressing } = await decompression(archive);
    const stages = [...(progress ? [meter(progress)] : []), ...decompressing];
    // The types of `pipeline` know no list of stages.
    const consumer = (plain: AsyncIterable<Buffer>): Promise<void> => unpacker.feed(job, plain);
    const enough = new AbortController();
    let broken: unknown;
    const feeding = pipeline([source, ...stages, consumer] as never, { signal: enough.signal }).catch((error) => {
      unpacker.closeInput();
      if (!isBrokenPipe(error) && !enough.signal.aborted) broken = error;
    });
    const outcome = await unpacker.outcome();
    // The worker reads no more, and the source of the archive may never end.
    if ('kind' in outcome) enough.abort();
    await feeding;
    if (broken) throw explained(broken);
    if ('kind' in outcome) throw failure(outcome);
    return outcome;
  } catch (error) {
    unpacker.kill();
    throw error;
  }
}

/**
 * Copies an archive into an open directory.
 * @param into where in there, as an absolute path.
 * @throws GantryError as `unpack`
 */
export async function unpackInto(archive: Readable, directory: number, into: string): Promise<void> {
  await inWorker(archive, directory, { into });
}

/**
 * Copies an archive into an open directory of a user's, through no link, with no more rights than that user's.
 * @returns what was left out, in words
 */
export async function unpackForUser(
  archive: Readable,
  directory: number,
  rules: NonNullable<UnpackJob['ofUser']>,
): Promise<readonly string[]> {
  return (await inWorker(archive, directory, { ofUser: rules })).leftOut ?? [];
}

async function inWorker(archive: Readable, directory: number, job: Partial<UnpackJob>): Promise<UnpackResult> {
  const unpacker = await UnpackWorker.start({ layers: directory });
  try {
    return await unpack(unpacker, archive, { layer: '.', limit: Number.MAX_SAFE_INTEGER, ...job });
  } finally {
    unpacker.kill();
  }
}

function meter(progress: (bytes: number) => void): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      progress(total);
      done(null, chunk);
    },
  });
}

function failure({ kind, message, hint }: Extract<UnpackOutcome, { kind: string }>): Error {
  return kind === 'internal' ? new Error(message) : new GantryError(kind, message, hint ? { hint } : {});
}

/** The worker has stopped reading: its outcome contains the reason. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof WorkerGone || STOPPED.has((error as NodeJS.ErrnoException).code ?? '');
}

function explained(error: unknown): Error {
  if (error instanceof GantryError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/^Z(?:_|STD)/.test(code)) return undecodable(message);
  return new GantryError('unavailable', `the archive cannot be read: ${message}`, { cause: error });
}
