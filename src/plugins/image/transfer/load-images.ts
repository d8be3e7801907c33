import { join, posix } from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { GantryError, isKind } from '../../../kernel/index.js';
import { BLOCK_SIZE, decodeHeader, isZeroBlock } from '../archive/index.js';
import {
  checkPlatform,
  hostPlatform,
  MAX_CONFIG_BYTES,
  parsePlatform,
  parseUntrustedDocument,
} from '../config/index.js';
import {
  digestOf,
  familiarReference,
  type Graph,
  type Image,
  type Platform,
  parseReference,
  requireTaggable,
  type StagedLayer,
  withDefaultTag,
} from '../contracts/index.js';
import { printable } from '../fs/index.js';
import { compressionOf, peek } from '../unpack/index.js';
import { type ArchiveFile, archiveFiles } from './archive-files.js';
import { BLOBS, DOCKER_MANIFEST, INDEX } from './image-layout.js';
import { type ListedImage, listedImages } from './listed-images.js';
import { TextStore } from './text-store.js';

/** Of what lists the images: 800 bytes for each of as many as there may be. */
const MAX_INDEX_BYTES = 8 * 1024 * 1024;
/** Of all files that are no layers, which are kept on the disk meanwhile. */
const MAX_TEXT_BYTES = 512 * 1024 * 1024;
/** Limits of what is kept in memory: the number of files, and their names. */
const MAX_FILES = 100_000;
const MAX_PATH_BYTES = 12 * 1024 * 1024;
const MAX_LINKS = 16;
/** Another load of the same layer may wait for a client that sends nothing. */
const TIMEOUT_MS = 30_000;

interface LoadedImage {
  readonly image: Image;
  /** Familiar, with their tags. */
  readonly names: readonly string[];
}

/**
 * Loads the images of an archive: an OCI layout, or an archive of `docker save` or `podman save`. The archive is read once,
 * from its start to its end, whatever the order of its files; layers are unpacked as they come, all else waits on the disk.
 * @param root the engine's root folder
 * @param how.leftOut is told what is in it that is no whole image, or no name that an image can be given
 * @param how.platform as of `--platform`: the images are for that machine; empty: for this host, where there is a choice
 * @throws GantryError `invalid` for an archive without images, or with a bad one: then nothing of it is loaded
 */
export async function loadImages(
  graph: Graph,
  archive: Readable,
  root: string,
  how: { readonly leftOut?: (why: string) => void; readonly platform?: string } = {},
): Promise<readonly LoadedImage[]> {
  const { leftOut = () => {}, platform = '' } = how;
  const machine = platform === '' ? hostPlatform() : parsePlatform(platform);
  const contents = new ArchiveContents(graph, await TextStore.in(join(root, 'layers')), machine, leftOut);
  try {
    for await (const file of archiveFiles(archive)) await contents.take(file);
    const loaded: LoadedImage[] = [];
    for (const { config, layers, names } of await contents.images()) {
      const bytes = await contents.text(config);
      const name = names[0] ?? digestOf(bytes);
      checkPlatform({ architecture: parseUntrustedDocument(bytes).architecture ?? '' }, name, platform);
      loaded.push({ image: await graph.createFromConfig(bytes, layers, { event: 'load', name }), names });
    }
    return loaded;
  } finally {
    await contents.release();
  }
}

interface ListedContent {
  /** Its path. */
  readonly config: string;
  readonly layers: readonly StagedLayer[];
  readonly names: readonly string[];
}

/** The contents of an archive, by the paths in it. */
class ArchiveContents {
  readonly #layers = new Map<string, StagedLayer>();
  /** Why what looks like a layer is none: that matters where an image names it. */
  readonly #unreadable = new Map<string, GantryError>();
  readonly #links = new Map<string, string>();
  #pathBytes = 0;
  #files = 0;

  constructor(
    private readonly graph: Graph,
    private readonly texts: TextStore,
    private readonly platform: Platform,
    private readonly leftOut: (why: string) => void,
  ) {}

  async take({ path, link, size, content }: ArchiveFile): Promise<void> {
    if (++this.#files > MAX_FILES) throw invalid(`it has more than ${MAX_FILES} files`);
    this.#pathBytes += path.length + (link?.length ?? 0);
    if (this.#pathBytes > MAX_PATH_BYTES) throw invalid('the names of its files are too long');
    if (link !== undefined) {
      this.#links.set(path, posix.join(link.includes('..') ? posix.dirname(path) : '', link));
      return;
    }
    const known = path.startsWith(BLOBS) ? `sha256:${path.slice(BLOBS.length)}` : undefined;
    const { start, source } = await peek(content, BLOCK_SIZE);
    const isCompressed = compressionOf(start) !== 'none';
    if (isCompressed || isTar(start)) await this.#layer(path, isCompressed ? undefined : known, source);
    else await this.#text(path, size, source);
  }

  async images(): Promise<ListedContent[]> {
    const images: ListedContent[] = [];
    const listed = await listedImages({
      has: (path) => this.texts.has(this.#resolve(path)),
      read: (path) => this.texts.read(this.#resolve(path)),
      layer: (path) => this.#layerAt(path),
      platform: this.platform,
      leftOut: this.leftOut,
    });
    for (const image of listed) images.push(await this.#image(image));
    return images;
  }

  async text(path: string): Promise<Buffer> {
    const bytes = await this.texts.read(this.#resolve(path));
    if (!bytes) throw invalid(`${printable(path)} is not in it`);
    return bytes;
  }

  async release(): Promise<void> {
    for (const layer of this.#layers.values()) {
      layer.release();
      // Others get their turn between two of many layers.
      await setImmediate();
    }
    await this.texts.close();
  }

  /** @param known its diff id: the name of a blob that is not compressed */
  async #layer(path: string, known: string | undefined, content: Readable): Promise<void> {
    if (this.#layers.has(path)) throw invalid(`${printable(path)} is in it twice`);
    try {
      this.#layers.set(path, await this.graph.layerFrom(known, () => content, { timeout: TIMEOUT_MS }));
    } catch (error) {
      if (!isKind(error, 'invalid')) throw error;
      this.#unreadable.set(path, error as GantryError);
    }
  }

  /** No image needs a large file that is neither a layer nor an index. */
  async #text(path: string, size: number, content: Readable): Promise<void> {
    const isIndex = path === INDEX || path === DOCKER_MANIFEST;
    if (isIndex && size > MAX_INDEX_BYTES) throw invalid(`its ${path} is larger than ${MAX_INDEX_BYTES} bytes`);
    if (!isIndex && size > MAX_CONFIG_BYTES) return;
    if (this.texts.size + size > MAX_TEXT_BYTES) {
      throw invalid(`it has more files that are no layers than the ${MAX_TEXT_BYTES} bytes that there may be of them`);
    }
    await this.texts.add(path, content);
  }

  async #image({ config, layers, names }: ListedImage<StagedLayer>): Promise<ListedContent> {
    const bytes = await this.text(config);
    const hex = /([0-9a-f]{64})(?:\.json)?$/.exec(config)?.[1];
    if (hex !== undefined && digestOf(bytes) !== `sha256:${hex}`)
      throw invalid(`${printable(config)} has another digest`);
    return { config, layers, names: names.flatMap((name) => this.#checkedName(name)) };
  }

  #layerAt(path: string): StagedLayer {
    const at = this.#resolve(path);
    const layer = this.#layers.get(at);
    if (!layer) throw this.#unreadable.get(at) ?? invalid(`the layer ${printable(path)} is not in it`);
    return layer;
  }

  #checkedName(name: string): string[] {
    const reference = parseReference(name);
    try {
      requireTaggable(reference);
    } catch {
      this.leftOut(
        `the name ${name}: ${reference.digest ? 'an image cannot be given a name with a digest' : 'it would read as a digest'}`,
      );
      return [];
    }
    return [familiarReference(withDefaultTag(reference))];
  }

  /** Old archives hold a layer once, and links to it. */
  #resolve(path: string): string {
    let at = posix.normalize(path);
    for (let hops = 0; this.#links.has(at) && hops < MAX_LINKS; hops++) at = this.#links.get(at) ?? at;
    return at;
  }
}

/** What begins with the header of an entry, or with the end of an archive, or is empty, as a layer without changes may be. */
function isTar(start: Buffer): boolean {
  if (start.length < BLOCK_SIZE) return start.length === 0;
  if (isZeroBlock(start)) return true;
  try {
    decodeHeader(start);
    return true;
  } catch {
    return false;
  }
}

function invalid(why: string): GantryError {
  return new GantryError('invalid', `the archive cannot be loaded: ${why}`);
}
