import { shortId, type Values } from '../../../kernel/index.js';
import { TagStore } from '../contracts/index.js';
import { ImageRecords } from '../records/index.js';

/** Completion values: familiar names of images, and their ids where an id has been begun. */
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
