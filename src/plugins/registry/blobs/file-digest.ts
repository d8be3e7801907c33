import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** 64 hex digits: the SHA-256 of a file's content. A descriptor is closed. */
export async function fileDigest(file: string | number): Promise<string> {
  const hash = createHash('sha256');
  const stream = typeof file === 'string' ? createReadStream(file) : createReadStream('', { fd: file });
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
