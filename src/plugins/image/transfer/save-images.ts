import type { Readable } from 'node:stream';
import { ARCHIVE_END, encodeEntry, padding } from '../archive/index.js';
import {
  canonicalName,
  type Descriptor,
  digestOf,
  familiarReference,
  type Graph,
  type Image,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER,
  OCI_MANIFEST,
  parseReference,
} from '../contracts/index.js';
import { blobPath, DOCKER_MANIFEST, INDEX, NAME_ANNOTATION, REF_ANNOTATION } from './image-layout.js';

/** An image to save, and the names that it is to have. */
export interface ImageToSave {
  readonly image: Image;
  /** With their tags. */
  readonly names: readonly string[];
}

type AnnotatedDescriptor = Descriptor & { readonly annotations?: Readonly<Record<string, string>> };

interface File {
  readonly path: string;
  readonly size: number;
  /** A function is called when the file's turn comes. */
  readonly content: Uint8Array | (() => Readable);
}

type Layers = Pick<Graph, 'configBytes' | 'layerArchive' | 'layerArchiveSize'>;

/** An archive of images: one that `docker load` and `podman load` take, and an OCI layout at once. */
export class SavedImages {
  readonly #files: readonly File[];
  /** Bytes of the whole archive. */
  readonly size: number;

  constructor(graph: Layers, wanted: readonly ImageToSave[]) {
    this.#files = filesOf(graph, wanted);
    this.size = this.#files.reduce(
      (sum, { path, size }) => sum + headerOf(path, size).length + size + padding(size).length,
      ARCHIVE_END.length,
    );
  }

  /** Equal images give equal bytes. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    for (const { path, size, content } of this.#files) {
      yield headerOf(path, size);
      if (typeof content === 'function') yield* content();
      else yield content;
      yield padding(size);
    }
    yield ARCHIVE_END;
  }
}

function headerOf(path: string, size: number): Buffer {
  const mtime = { seconds: 0, nanoseconds: 0 };
  return encodeEntry({ path, type: 'File', mode: 0o644, uid: 0, gid: 0, mtime, size });
}

/** The manifests come first, so that a reader of a stream knows early what is in it. */
function filesOf(graph: Layers, wanted: readonly ImageToSave[]): File[] {
  const blobs = new Map<string, File>();
  const blob = (content: Uint8Array, mediaType: string): Descriptor => {
    const digest = digestOf(content);
    blobs.set(digest, { path: blobPath(digest), size: content.length, content });
    return { mediaType, digest, size: content.length };
  };
  const layer = (digest: string): Descriptor => {
    const size = blobs.get(digest)?.size ?? graph.layerArchiveSize(digest);
    blobs.set(digest, { path: blobPath(digest), size, content: () => graph.layerArchive(digest) });
    return { mediaType: OCI_LAYER, digest, size };
  };
  const manifests: AnnotatedDescriptor[] = [];
  const docker: object[] = [];
  for (const { image, names } of wanted) {
    const config = blob(graph.configBytes(image.id), OCI_CONFIG);
    const layers = image.diffIds.map(layer);
    const manifest = blob(json({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }), OCI_MANIFEST);
    for (const name of names) manifests.push(named(manifest, name));
    if (names.length === 0) manifests.push(manifest);
    docker.push({
      Config: blobPath(config.digest),
      RepoTags: names.length > 0 ? names.map((name) => familiarReference(parseReference(name))) : null,
      Layers: layers.map(({ digest }) => blobPath(digest)),
    });
  }
  const file = (path: string, content: Uint8Array): File => ({ path, size: content.length, content });
  return [
    file('oci-layout', json({ imageLayoutVersion: '1.0.0' })),
    file(INDEX, json({ schemaVersion: 2, mediaType: OCI_INDEX, manifests })),
    file(DOCKER_MANIFEST, json(docker)),
    ...blobs.values(),
  ];
}

function named(manifest: Descriptor, name: string): AnnotatedDescriptor {
  const reference = parseReference(name);
  const full = `${canonicalName(reference)}:${reference.tag}`;
  return { ...manifest, annotations: { [NAME_ANNOTATION]: full, [REF_ANNOTATION]: reference.tag ?? '' } };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
