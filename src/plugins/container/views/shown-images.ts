import { shortId, unlessKind } from '../../../kernel/index.js';
import type { Graph } from '../../image/index.js';
import type { Container } from '../contracts/index.js';

/** How lists call the images of containers. */
export class ShownImages {
  readonly #ids = new Map<string, string | undefined>();

  constructor(private readonly graph: Pick<Graph, 'get'>) {}

  /** The name that a container was made with; the short id where that name means another image by now, or none. */
  of({ config: { image, imageId } }: Pick<Container, 'config'>): string {
    if (!this.#ids.has(image)) {
      const id = unlessKind(['not found', 'invalid'], () => this.graph.get(image).id);
      this.#ids.set(image, id);
    }
    return this.#ids.get(image) === imageId ? image : shortId(imageId);
  }
}
