import { MemoryDatabase } from '../../system/index.js';
import { SCHEMA_OWNER, SCHEMA_STEPS, SqlImageRecords, SqlTagStore } from '../records/index.js';
import { ImagesApi } from './images-api.js';
import { sampleImages } from './sample-images.js';

/** Test double of `Images`, without files: at the start it has the sample images. */
export class ImagesDouble extends ImagesApi {
  constructor() {
    const database = new MemoryDatabase();
    database.migrate(SCHEMA_OWNER, SCHEMA_STEPS);
    const records = new SqlImageRecords(database);
    const tags = new SqlTagStore(database, { emit: () => {} });
    for (const { name, document } of sampleImages()) {
      const layers = document.rootfs.diff_ids.map((diffId) => ({ diffId, size: 0 }));
      tags.set(name, records.add(document, '', layers) ?? '');
    }
    super(records, tags, { remove: async (id) => database.transaction(() => records.delete(id)) });
  }
}
