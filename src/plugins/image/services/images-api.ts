import { checkArgument } from '../../../kernel/index.js';
import { tagFromArguments } from '../config/index.js';
import { Graph, type HistoryStep, type ImageSummary, type Images, TagStore } from '../contracts/index.js';
import { findImage, historySteps, ImageRecords, refuseWhileNeeded } from '../records/index.js';
import { summaryOf } from '../views/index.js';

/** Operations on images for third-party plugins; the engine and the test double extend it. */
export class ImagesApi implements Images {
  constructor(
    private readonly records: ImageRecords,
    private readonly tags: TagStore,
    private readonly graph: Pick<Graph, 'remove'>,
  ) {}

  async list(): Promise<readonly ImageSummary[]> {
    const tags = Map.groupBy(this.tags.list(), ({ imageId }) => imageId);
    return this.records.list().map((image) => {
      const names = tags.get(image.id) ?? [];
      return summaryOf(
        image,
        names.map(({ repository, tag }) => `${repository}:${tag}`),
      );
    });
  }

  async get(reference: string): Promise<ImageSummary> {
    checkArgument('reference', reference, 'string');
    const image = findImage(this.records, this.tags, reference);
    return summaryOf(image, this.tags.namesOf(image.id));
  }

  async history(reference: string): Promise<readonly HistoryStep[]> {
    const { id } = await this.get(reference);
    return historySteps(this.records, id).map(({ image, created, created_by, comment, size }) => ({
      imageId: image ?? '',
      ...(created !== undefined && { created: Date.parse(created) }),
      createdBy: created_by ?? '',
      comment: comment ?? '',
      size,
    }));
  }

  async tag(reference: string, name: string): Promise<void> {
    const { id } = await this.taggable(reference, name);
    this.tags.set(name, id);
  }

  async untag(name: string): Promise<void> {
    checkArgument('name', name, 'string');
    this.tags.delete(name);
  }

  async remove(reference: string): Promise<void> {
    const { id, names } = await this.removable(reference);
    for (const name of names) this.tags.delete(name);
    await this.graph.remove(id, { names });
  }

  /** The image that `tag` would name. @throws what `tag` would throw */
  async taggable(reference: string, name: string): Promise<ImageSummary> {
    checkArgument('name', name, 'string');
    tagFromArguments(name);
    return this.get(reference);
  }

  /** The image that `remove` would remove. @throws what `remove` would throw */
  async removable(reference: string): Promise<ImageSummary> {
    const image = await this.get(reference);
    refuseWhileNeeded(this.records, image.id);
    return image;
  }
}

/** The engine's images, for plugins. */
export class ImagesService extends ImagesApi {
  constructor(@ImageRecords records: ImageRecords, @TagStore tags: TagStore, @Graph graph: Graph) {
    super(records, tags, graph);
  }
}
