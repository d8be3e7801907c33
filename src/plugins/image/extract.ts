import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Readable, Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { GantryError } from '../../kernel/index.js';
import { decompression, undecodable } from './decompress.js';
import type { Outcome } from './extract-main.js';

const PROGRAM = fileURLToPath(new URL('./extract-main.js', import.meta.url));
const HEAP_MIB = 256;
const OUTCOME_FD = 3;

export interface ExtractOptions {
  /** Called with the number of bytes of the archive, as it came, that have been read so far. */
  readonly progress?: ((bytes: number) => void) | undefined;
  /** Bytes of the uncompressed archive at which it counts as a bomb. */
  readonly limit: number;
  /** An absolute path in the directory that the archive is copied into. Absent: it becomes a layer. */
  readonly into?: string;
}

/** Open directories, both empty. */
export interface LayerFolders {
  readonly layer: number;
  /** For what it takes to make the archive again. */
  readonly recipe?: number;
}

export interface Extracted {
  /** `sha256:` and the digest of the uncompressed archive. */
  readonly diffId: string;
  /** Bytes of all files. */
  readonly size: number;
}

/**
 * Unpacks an archive into an open directory, in the form of an overlayfs layer, in a process of its own: an archive that
 * makes it fail, or grow, costs that process only, whose root the directory is. All of it is on disk when this returns.
 * @throws GantryError `invalid`, `unavailable`
 */
export async function extract(archive: Readable, into: LayerFolders, options: ExtractOptions): Promise<Extracted> {
  const { source, stages: decompressing } = await decompression(archive);
  const flags = [`--max-old-space-size=${HEAP_MIB}`];
  const copied = options.into === undefined ? [] : [options.into];
  const child = spawn(process.execPath, [...flags, PROGRAM, String(options.limit), ...copied], {
    env: {},
    stdio: ['pipe', 'ignore', 'pipe', 'pipe', into.layer, into.recipe ?? 'ignore'],
  });
  try {
    const stages = [...(options.progress ? [meter(options.progress)] : []), ...decompressing];
    // The types of `pipeline` know no list of stages.
    const feeding = pipeline([source, ...stages, child.stdin] as never).catch((error: unknown) => error);
    const [feedError, outcome] = await Promise.all([feeding, outcomeOf(child)]);
    if (feedError && !isBrokenPipe(feedError)) throw explained(feedError);
    if ('kind' in outcome) throw failure(outcome);
    if (feedError) throw explained(feedError);
    return outcome;
  } finally {
    child.kill('SIGKILL');
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

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const ended = once(child, 'close') as Promise<[number | null, string | null]>;
  const [answer, complaint, [code, signal]] = await Promise.all([
    text(child.stdio[OUTCOME_FD] as Readable),
    text(child.stderr as Readable),
    ended,
  ]);
  if (answer.endsWith('\n')) return JSON.parse(answer) as Outcome;
  const line = complaint.split('\n').find((candidate) => candidate.includes('rror')) ?? '';
  const message = `the unpacker did not survive the archive (${signal ?? `exit code ${code}`}) ${line}`.trim();
  return { kind: signal ? 'invalid' : 'internal', message };
}

function failure({ kind, message, hint }: Extract<Outcome, { kind: string }>): Error {
  return kind === 'internal' ? new Error(message) : new GantryError(kind, message, hint ? { hint } : {});
}

/** The unpacker has stopped reading: its own words tell why. */
function isBrokenPipe(error: unknown): boolean {
  return ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function explained(error: unknown): Error {
  if (error instanceof GantryError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/^Z(?:_|STD)/.test(code)) return undecodable(message);
  return new GantryError('unavailable', `the archive cannot be read: ${message}`, { cause: error });
}
