import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** 64 hex digits: the SHA-256 of a file's content. A handle is closed. */
export async function fileDigest(file: string | FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const stream = typeof file === 'string' ? createReadStream(file) : file.createReadStream();
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
