import type { IncomingMessage } from 'node:http';
import { GantryError } from '../../../kernel/index.js';
import { connectionFailure } from './connection-failure.js';
import { errorWithCode, type HttpResponse } from './exchange.js';

/** Limit for manifests, tokens and configurations; the largest in use have a tenth of it. */
const MAX_DOCUMENT = 4 * 1024 * 1024;
const LEAST_BYTES_PER_SECOND = 1024;

/**
 * Yields a body piece by piece. A body slower than 1 KiB a second counts as broken.
 * @param stall milliseconds after which the pace is judged
 * @throws GantryError, Interrupted; the signal's reason
 */
export async function* pacedBody(
  { body, url }: HttpResponse,
  stall: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let waited = 0;
  let bytes = 0;
  const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const asked = performance.now();
      const { value, done } = await chunks.next();
      if (done) return;
      waited += performance.now() - asked;
      bytes += value.length;
      if (waited > stall) {
        if (bytes < (LEAST_BYTES_PER_SECOND * waited) / 1000) throw errorWithCode('ESLOW');
        waited = 0;
        bytes = 0;
      }
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw connectionFailure(url.host, error);
  } finally {
    body.destroy();
  }
}

/**
 * The whole of a small body.
 * @throws GantryError `invalid` for one that is larger than 4 MiB, or compressed without having been asked to be
 */
export async function readDocument(
  answer: HttpResponse,
  what: string,
  stall: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const refuse = (why: string): GantryError => new GantryError('invalid', `${what} from ${answer.url.host} ${why}`);
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    answer.body.destroy();
    throw refuse('is compressed, which was not asked for');
  }
  if (Number(answer.headers['content-length'] ?? 0) > MAX_DOCUMENT) {
    answer.body.destroy();
    throw refuse('is larger than 4 MiB');
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of pacedBody(answer, stall, signal)) {
    length += chunk.length;
    if (length > MAX_DOCUMENT) throw refuse('is larger than 4 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Discards a body. A short one is read to its end, so that the connection can be used again. */
export function discard(body: IncomingMessage): void {
  const isShort = Number(body.headers['content-length'] ?? 0) <= 64 * 1024 && !body.headers['transfer-encoding'];
  if (isShort) body.resume();
  else body.destroy();
}
