// Every command loads this file: what it exports comes from small files, past the rooms' doors, and all else by thunks.
import { Readable } from 'node:stream';
import { definePlugin, Extensions, provide } from '../../kernel/index.js';
import { Config, Database, Events, Log } from '../system/index.js';
import { Distribution, Graph, Images, TagStore } from './contracts/index.js';
import { ImageRecords } from './records/image-records-token.js';
import { IMAGE_FILTERS, IMAGES_COLUMNS } from './views/images-table.js';

export { applyChanges } from './config/change-instructions.js';
export { hostArchitecture } from './config/host-architecture.js';
export {
  checkPlatform,
  fits,
  hostPlatform,
  parsePlatform,
  platformRank,
  platformText,
} from './config/platform.js';
export {
  type Change,
  canonicalName,
  DEFAULT_PATH,
  type Descriptor,
  Distribution,
  digestOf,
  familiarName,
  familiarReference,
  Graph,
  type HealthConfig,
  type HistoryStep,
  type Image,
  type ImageConfig,
  type ImageReader,
  type ImageSummary,
  Images,
  type ImageWriter,
  isDigest,
  type LayerBlob,
  type LayerTransfer,
  MAX_IMAGE_LAYERS,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER,
  OCI_LAYER_GZIP,
  OCI_MANIFEST,
  type Platform,
  parseReference,
  type Reference,
  type RemovedImages,
  type RootFilesystem,
  type Snapshots,
  type StagedLayer,
  type StorageChoice,
  type StoredManifest,
  TagStore,
  withDefaultTag,
} from './contracts/index.js';
export { ImageRecords } from './records/image-records-token.js';
export { layerBytes, prunableImages, type UnusedImage, unusedImages } from './records/unused-images.js';
export { type SampleImage, sampleImages } from './services/sample-images.js';
export { toFileOrPipe } from './transfer/archive-output.js';
export { barText } from './views/bar-text.js';
export { createdSince } from './views/created.js';
export { describeConfig } from './views/describe-config.js';
export { describeImage } from './views/image-inspection.js';

/** An archive of a whole root filesystem. @param skipped called for each entry that no archive can hold: sockets */
export function rootTar(root: string, skipped: (path: string) => void): Readable {
  return Readable.from(rootChunks(root, skipped), { objectMode: false, highWaterMark: 1 });
}

async function* rootChunks(...parameters: Parameters<typeof rootTar>): AsyncGenerator<Buffer> {
  yield* (await import('./snapshots/tree-tar.js')).rootChunks(...parameters);
}

/**
 * A tar archive of a folder of the host, which a container may change meanwhile.
 * @param options `only` one name of the folder; `leaveOut` and `rename` by the path relative to it; `ofRoot`: all
 * entries belong to root in the archive; `self`: the name of the folder itself, which comes first
 */
export function folderTar(
  folder: string,
  options: {
    readonly only?: string;
    readonly ofRoot?: boolean;
    readonly self?: string | undefined;
    leaveOut(path: string): boolean;
    rename(path: string): string;
  },
): Readable {
  return Readable.from(folderChunks(folder, options), { objectMode: false, highWaterMark: 1 });
}

async function* folderChunks(...parameters: Parameters<typeof folderTar>): AsyncGenerator<Buffer> {
  yield* (await import('./snapshots/tree-tar.js')).folderChunks(...parameters);
}

/**
 * Unpacks a tar archive, compressed or not, into a folder of a container, in a process whose root is the container's.
 * @param rootFd an open descriptor of the container's root
 * @param into absolute, as the container sees it
 * @throws GantryError `invalid`, `unavailable`
 */
export async function unpackInto(archive: Readable, rootFd: number, into: string): Promise<void> {
  await (await import('./unpack/unpack.js')).unpackInto(archive, rootFd, into);
}

/**
 * Unpacks a tar archive that comes from a container into a folder of this process's user: through no link, and without owners,
 * set-id bits and devices unless `owners`.
 * @param folder an open descriptor
 * @param only the first name of what is unpacked, and what it is called then
 * @returns what was left out, in words
 * @throws GantryError `invalid`, `unavailable`
 */
export async function unpackForUser(
  archive: Readable,
  folder: number,
  rules: { readonly owners: boolean; readonly only?: { readonly name: string; readonly as: string } | undefined },
): Promise<readonly string[]> {
  return (await import('./unpack/unpack.js')).unpackForUser(archive, folder, rules);
}

/** Images: import, names, and the root filesystems that containers run on. */
export const image = definePlugin({
  id: 'image',
  api: 1,
  requires: [Config, Database, Events, Extensions, Log],
  provides: [
    provide(ImageRecords, async () => (await import('./records/image-records.js')).SqlImageRecords, {
      effects: async (dryRun) => (await import('./services/image-records-dry-run.js')).imageRecordsEffects(dryRun),
    }),
    provide(TagStore, async () => (await import('./records/tag-store.js')).SqlTagStore, {
      effects: async (dryRun) => (await import('./services/tag-store-dry-run.js')).tagStoreEffects(dryRun),
    }),
    provide(Distribution, async () => (await import('./records/distribution.js')).SqlDistribution, {
      effects: async () => (await import('./services/distribution-dry-run.js')).DISTRIBUTION_EFFECTS,
    }),
    provide(Graph, async () => (await import('./services/graph.js')).LayeredGraph, {
      effects: async (dryRun) => (await import('./services/graph-dry-run.js')).graphEffects(dryRun),
    }),
    provide(Images, async () => (await import('./services/images-api.js')).ImagesService, {
      open: true,
      effects: async () => (await import('./services/images-api-dry-run.js')).IMAGES_EFFECTS,
      double: async () => (await import('./services/images-double.js')).ImagesDouble,
    }),
  ],
  events: ['image import', 'image load', 'image tag', 'image untag', 'image delete'],
  tables: { images: { columns: IMAGES_COLUMNS, filters: IMAGE_FILTERS } },
  checks: { images: async () => (await import('./services/image-check.js')).ImageCheck },
  values: { image: async () => (await import('./views/image-names.js')).ImageNames },
  commands: {
    'images|image ls|image list': async () => (await import('./commands/images.js')).Images,
    'import|image import': async () => (await import('./commands/import.js')).Import,
    'save|image save': async () => (await import('./commands/save.js')).Save,
    'load|image load': async () => (await import('./commands/load.js')).Load,
    'image inspect': async () => (await import('./commands/inspect.js')).Inspect,
    'image prune': async () => (await import('./commands/prune.js')).Prune,
    'rmi|image rm|image remove': async () => (await import('./commands/rmi.js')).Rmi,
    'tag|image tag': async () => (await import('./commands/tag.js')).Tag,
    'history|image history': async () => (await import('./commands/history.js')).History,
  },
});
