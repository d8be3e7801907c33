import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../../../host/index.js';
import type { Check, CheckOptions, Finding } from '../../../kernel/index.js';
import { Config } from '../../system/index.js';

/** Checks compressed layers. Each can be fetched or made again, so a damaged one is simply deleted. */
export class BlobCheck implements Check {
  constructor(@Config private readonly config: Config) {}

  async *findings({ digests }: CheckOptions): AsyncIterable<Finding> {
    const folder = join(this.config.root, 'blobs');
    for (const name of namesIn(folder)) {
      const path = join(folder, name);
      const isFile = lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
      const isWhole = /^[0-9a-f]{64}(\.whole)?$/.test(name);
      if (isFile && (!digests || !isWhole || (await digestOf(path)) === name.slice(0, 64))) continue;
      const problem = isFile ? 'is not what its digest says' : 'is no file';
      const run = (): void => rmSync(path, { recursive: true, force: true });
      yield {
        object: `blob ${path}`,
        problem,
        repair: { does: 'delete it, to be fetched again', did: 'deleted', run },
      };
    }
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
