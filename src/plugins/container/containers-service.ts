import { Graph } from '../image/index.js';
import { Events } from '../system/index.js';
import { ContainersApi } from './containers-api.js';
import { Runtime } from './contracts.js';

/** The engine's containers, for plugins. */
export class ContainersService extends ContainersApi {
  constructor(@Runtime runtime: Runtime, @Graph graph: Graph, @Events events: Events) {
    super(runtime, graph, events);
  }
}
