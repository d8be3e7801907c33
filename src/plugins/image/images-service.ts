import { Graph, TagStore } from './contracts.js';
import { ImageCalls } from './image-calls.js';
import { ImageRecords } from './tokens.js';

/** The engine's images, for plugins. */
export class ImagesService extends ImageCalls {
  constructor(@ImageRecords records: ImageRecords, @TagStore tags: TagStore, @Graph graph: Graph) {
    super(records, tags, graph);
  }
}
