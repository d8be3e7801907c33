import { Graph, TagStore } from './contracts.js';
import { ImageRecords } from './image-records-token.js';
import { ImagesApi } from './images-api.js';

/** The engine's images, for plugins. */
export class ImagesService extends ImagesApi {
  constructor(@ImageRecords records: ImageRecords, @TagStore tags: TagStore, @Graph graph: Graph) {
    super(records, tags, graph);
  }
}
