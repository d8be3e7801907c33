import { type Effects, GantryError, type Planned, shortId } from '../../../kernel/index.js';
import { parseUntrustedDocument } from '../config/index.js';
import { digestOf, type Graph, type Image } from '../contracts/index.js';
import { HAS_CHILDREN, removalConflict } from '../records/index.js';
import { PlannedImages } from './planned-images.js';

/** Effects of the methods of `Graph`, and their plans. Methods that are missing here are for the engine only. */
export function graphEffects(dryRun?: object): Effects<Graph> {
  const planned = PlannedImages.of(dryRun);
  const existing = (graph: Graph, reference: string): Image => {
    planned.refuseUntagged(reference);
    const image = graph.get(reference);
    if (planned.removed.has(image.id)) throw new GantryError('not found', `No such image: ${reference}`);
    return image;
  };
  return {
    list: 'read',
    changes: 'read',
    changesArchive: 'read',
    storage: 'read',
    view: 'read',
    removed: 'read',
    removedBytes: 'read',
    undo: {
      effect: 'write',
      plan: async (_graph, id) => ({ says: `bring back image ${shortId(id)}` }),
    },
    emptyTrash: {
      effect: 'destroy',
      async plan(graph) {
        const names = graph.removed().map(({ name, id }) => name || shortId(id));
        return { ...(names.length > 0 && { says: `forget removed images: ${names.join(', ')}` }), result: 0 };
      },
    },
    configBytes: 'read',
    layerArchive: 'read',
    layerArchiveSize: 'read',
    keepLayer: 'read',
    compressedUsage: 'read',
    dropCompressed: {
      effect: 'destroy',
      async plan(graph) {
        const { count } = graph.compressedUsage();
        return { ...(count > 0 && { says: `delete the compressed copies of ${count} layers` }), result: 0 };
      },
    },
    // It makes files that no image has yet: `createFromConfig` reports the image.
    layerFrom: {
      effect: 'write',
      plan: async (_graph, diffId = '') => ({ result: { diffId, size: 0, release: () => undefined } }),
    },
    createFromConfig: {
      effect: 'write',
      async plan(graph, bytes, layers) {
        const id = digestOf(bytes);
        const { config = {}, architecture = '', history } = parseUntrustedDocument(bytes);
        if (graph.list().some((image) => image.id === id)) return { result: graph.get(id) };
        planned.made.add(id);
        const result: Image = {
          ...{ id, parent: '', created: new Date(), comment: history?.at(-1)?.comment ?? '', architecture, config },
          ...{ diffIds: layers.map(({ diffId }) => diffId), size: 0 },
        };
        return { says: `create image ${shortId(id)} of ${layers.length} layers`, result };
      },
    },
    get: { effect: 'read', plan: (graph, reference) => ({ result: existing(graph, reference) }) },
    create: {
      effect: 'write',
      async plan(graph, archive, { parent, config = {}, comment = '' }) {
        archive.destroy();
        const below = parent ? existing(graph, parent) : undefined;
        const result: Image = {
          ...{ id: `sha256:${'0'.repeat(64)}`, parent: parent ?? '', created: new Date(), comment, config },
          ...{ architecture: below?.architecture ?? '', diffIds: below?.diffIds ?? [], size: below?.size ?? 0 },
        };
        planned.made.add(result.id);
        return { says: `create an image${below ? ` on top of image ${shortId(below.id)}` : ' of one layer'}`, result };
      },
    },
    remove: {
      effect: 'destroy',
      async plan(graph, id): Promise<Planned<void>> {
        const image = existing(graph, id);
        if (graph.list().some((other) => other.parent === image.id && !planned.removed.has(other.id))) {
          throw removalConflict(id, HAS_CHILDREN);
        }
        planned.removed.add(image.id);
        return { says: `delete image ${shortId(image.id)}` };
      },
    },
  };
}
