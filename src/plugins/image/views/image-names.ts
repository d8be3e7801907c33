import type { Values } from '../../../kernel/index.js';
import { shortId, TagStore } from '../contracts/index.js';
import { ImageRecords } from '../records/index.js';

/** Familiar names of images, and their ids for one who has begun to type one. */
export class ImageNames implements Values {
  constructor(
    @TagStore private readonly tags: TagStore,
    @ImageRecords private readonly records: ImageRecords,
  ) {}

  async values(typed: string): Promise<readonly string[]> {
    const names = this.tags.list().map(({ repository, tag }) => `${repository}:${tag}`);
    const ids = /^[0-9a-f]+$/.test(typed) ? this.records.list().map(({ id }) => shortId(id)) : [];
    return [...names, ...ids];
  }
}
