import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { GantryError } from '../../../kernel/index.js';
import { MAX_CONFIG_BYTES } from '../config/index.js';
import {
  digestOf,
  familiarReference,
  type Graph,
  type Image,
  parseReference,
  type StagedLayer,
  withDefaultTag,
} from '../contracts/index.js';
import { printable } from '../fs/index.js';
import { peek } from '../unpack/index.js';
import { type ArchiveFile, archiveFiles } from './archive-files.js';
import { BLOBS } from './image-layout.js';
import { type ListedImage, listedImages } from './listed-images.js';

/** Bytes of all JSON of one archive, and the memory that one document takes beside its own bytes. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;
const KEPT_BYTES = 1600;
const MAX_FILES = 100_000;
const MAX_LINKS = 16;
const BLOCK = 512;
/** Another load of the same layer may wait for a client that sends nothing. */
const PATIENCE_MS = 30_000;

interface LoadedImage {
  readonly image: Image;
  /** Familiar, with their tags. */
  readonly names: readonly string[];
}

/**
 * Loads the images of an archive: an OCI layout, or an archive of `docker save` or `podman save`. The archive is read once,
 * from its start to its end, whatever the order of its files; layers are unpacked as they come.
 * @throws GantryError `invalid` for an archive without images, or with a bad one: then nothing of it is loaded
 */
export async function loadImages(graph: Graph, archive: Readable): Promise<readonly LoadedImage[]> {
  const contents = new ArchiveContents(graph);
  try {
    for await (const file of archiveFiles(archive)) await contents.take(file);
    const loaded: LoadedImage[] = [];
    for (const { config, layers, names } of contents.images()) {
      const name = names[0] ?? digestOf(config);
      loaded.push({ image: await graph.createFromConfig(config, layers, { event: 'load', name }), names });
    }
    return loaded;
  } finally {
    contents.release();
  }
}

interface ListedContent {
  readonly config: Buffer;
  readonly layers: readonly StagedLayer[];
  readonly names: readonly string[];
}

/** The contents of an archive, by the paths in it. */
class ArchiveContents {
  readonly #json = new Map<string, Buffer>();
  readonly #layers = new Map<string, StagedLayer>();
  readonly #links = new Map<string, string>();
  #jsonBytes = 0;
  #files = 0;

  constructor(private readonly graph: Graph) {}

  async take({ path, link, size, content }: ArchiveFile): Promise<void> {
    if (++this.#files > MAX_FILES) throw invalid(`it has more than ${MAX_FILES} files`);
    if (link !== undefined) {
      this.#links.set(path, posix.join(link.includes('..') ? posix.dirname(path) : '', link));
      return;
    }
    const known = path.startsWith(BLOBS) ? `sha256:${path.slice(BLOBS.length)}` : undefined;
    const { start, source } = await peek(content, BLOCK);
    if (isArchive(start)) await this.#layer(path, isCompressed(start) ? undefined : known, source);
    else if (size <= MAX_CONFIG_BYTES) await this.#text(path, source);
  }

  images(): ListedContent[] {
    return listedImages((path) => this.#json.get(this.#resolve(path))).map((listed) => this.#image(listed));
  }

  release(): void {
    for (const layer of this.#layers.values()) layer.release();
  }

  /** @param known its diff id: the name of a blob that is not compressed */
  async #layer(path: string, known: string | undefined, content: Readable): Promise<void> {
    if (this.#layers.has(path)) throw invalid(`${printable(path)} is in it twice`);
    this.#layers.set(path, await this.graph.layerFrom(known, () => content, { patience: PATIENCE_MS }));
  }

  async #text(path: string, content: Readable): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    this.#jsonBytes += bytes.length + KEPT_BYTES;
    if (this.#jsonBytes > MAX_JSON_BYTES) {
      throw invalid(`it has more files that are no layers than the ${MAX_JSON_BYTES} bytes that there may be of them`);
    }
    this.#json.set(path, bytes);
  }

  #image({ config, layers, names }: ListedImage): ListedContent {
    const bytes = this.#json.get(this.#resolve(config));
    if (!bytes) throw invalid(`${printable(config)} is not in it`);
    const hex = /([0-9a-f]{64})(?:\.json)?$/.exec(config)?.[1];
    if (hex !== undefined && digestOf(bytes) !== `sha256:${hex}`)
      throw invalid(`${printable(config)} has another digest`);
    const staged = layers.map((path) => {
      const layer = this.#layers.get(this.#resolve(path));
      if (!layer) throw invalid(`the layer ${printable(path)} is not in it`);
      return layer;
    });
    return { config: bytes, layers: staged, names: names.map(checkedName) };
  }

  /** Old archives hold a layer once, and links to it. */
  #resolve(path: string): string {
    let at = posix.normalize(path);
    for (let hops = 0; this.#links.has(at) && hops < MAX_LINKS; hops++) at = this.#links.get(at) ?? at;
    return at;
  }
}

function checkedName(name: string): string {
  const reference = parseReference(name);
  if (reference.digest) throw invalid(`${name} is no name that an image can be given`);
  return familiarReference(withDefaultTag(reference));
}

/** No text has a zero byte or begins as compressed data does, and every block of a tar has one. */
function isArchive(start: Buffer): boolean {
  return start.subarray(0, BLOCK).includes(0) || isCompressed(start);
}

function isCompressed(start: Buffer): boolean {
  return [0x1f, 0x28, 0xfd, 0x42].includes(start[0] ?? 0);
}

function invalid(why: string): GantryError {
  return new GantryError('invalid', `the archive cannot be loaded: ${why}`);
}
