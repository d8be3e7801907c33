import { GantryError } from '../../../kernel/index.js';
import { hostArchitecture, parseUntrustedJson } from '../config/index.js';
import { digestOf } from '../contracts/index.js';
import { blobPath, DOCKER_MANIFEST, INDEX, NAME_ANNOTATION, REF_ANNOTATION } from './image-layout.js';

/** An image as an archive lists it, by paths in the archive. */
export interface ListedImage {
  readonly config: string;
  readonly layers: readonly string[];
  /** As the archive has them. */
  readonly names: readonly string[];
}

type Read = (path: string) => Buffer | undefined;
type Fields = Readonly<Record<string, unknown>>;

const MAX_IMAGES = 10_000;
const MAX_DEPTH = 4;

/**
 * The images that an archive lists: Docker's manifest where it has one, because it has all names, else the OCI index.
 * @throws GantryError `invalid`
 */
export function listedImages(read: Read): ListedImage[] {
  const manifest = read(DOCKER_MANIFEST);
  if (manifest) return merged(list(parsed(manifest, DOCKER_MANIFEST), DOCKER_MANIFEST).map(dockerImage));
  const index = read(INDEX);
  if (index) return [...ociImages(read, index)];
  if (read('repositories')) throw invalid('it is of a Docker before 1.10, whose images are no longer read');
  throw invalid(`there is neither ${DOCKER_MANIFEST} nor ${INDEX} in it`);
}

function dockerImage(entry: unknown): ListedImage {
  const { Config, Layers, RepoTags } = fields(entry, DOCKER_MANIFEST);
  if (typeof Config !== 'string') throw invalid(`${DOCKER_MANIFEST} names no configuration`);
  return {
    config: Config,
    layers: texts(Layers ?? [], `Layers in ${DOCKER_MANIFEST}`),
    names: texts(RepoTags ?? [], `RepoTags in ${DOCKER_MANIFEST}`),
  };
}

/** One image for each configuration, with all the names that it is given. */
function merged(images: readonly ListedImage[]): ListedImage[] {
  const byConfig = Map.groupBy(images, ({ config, layers }) => JSON.stringify([config, layers]));
  return [...byConfig.values()].map((same) => ({
    ...(same[0] as ListedImage),
    names: same.flatMap(({ names }) => names),
  }));
}

/** One image for each manifest, with all names that the index gives it. */
function ociImages(read: Read, index: Buffer): Iterable<ListedImage> {
  const images = new Map<string, ListedImage>();
  const documents = new Map<string, Fields>();
  let visits = 0;
  const visit = (bytes: Buffer, where: string, names: readonly string[], depth: number): void => {
    // Indexes that name one index many times, which does so in turn, have no end.
    if (++visits > MAX_IMAGES) throw invalid(`it has more than ${MAX_IMAGES} images`);
    const document = documents.get(where) ?? fields(parsed(bytes, where), where);
    documents.set(where, document);
    if (document['manifests'] === undefined) {
      const known = images.get(where)?.names ?? [];
      images.set(where, ociImage(document, where, [...new Set([...known, ...names])]));
      return;
    }
    if (depth === MAX_DEPTH) throw invalid('its indexes are nested too deeply');
    const entries = list(document['manifests'], where).map((entry) => fields(entry, where));
    for (const entry of depth === 0 ? entries : ofThisMachine(entries)) {
      const digest = digestIn(entry, where);
      const blob = read(blobPath(digest));
      if (!blob) throw invalid(`${digest}, which ${where} names, is not in it`);
      if (!documents.has(digest) && digestOf(blob) !== digest) throw invalid(`${digest} has another digest`);
      visit(blob, digest, [...names, ...namesOf(entry)], depth + 1);
    }
  };
  visit(index, INDEX, [], 0);
  return images.values();
}

function ociImage(manifest: Fields, where: string, names: readonly string[]): ListedImage {
  const layers = list(manifest['layers'] ?? [], where).map((layer) => digestIn(fields(layer, where), where));
  const config = digestIn(fields(manifest['config'], where), where);
  return { config: blobPath(config), layers: layers.map(blobPath), names };
}

/** Of an image for several platforms, the entries for this host; entries without a platform count as such. */
function ofThisMachine(entries: readonly Fields[]): readonly Fields[] {
  const architecture = hostArchitecture();
  const fitting = entries.filter(({ platform }) => {
    if (platform === undefined) return true;
    const { os, architecture: its } = fields(platform, INDEX);
    return os === 'linux' && its === architecture;
  });
  if (fitting.length > 0 || entries.length === 0) return fitting;
  throw invalid(`it has no image for linux/${architecture}`);
}

/** A tag without a repository, as `skopeo` and `umoci` write it, is no name. */
function namesOf({ annotations }: Fields): string[] {
  if (annotations === undefined) return [];
  const { [NAME_ANNOTATION]: full, [REF_ANNOTATION]: ref } = fields(annotations, INDEX);
  if (typeof full === 'string') return [full];
  return typeof ref === 'string' && /[:/]/.test(ref) ? [ref] : [];
}

function digestIn({ digest }: Fields, where: string): string {
  if (typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw invalid(`${where} has an entry without a digest`);
}

function parsed(bytes: Buffer, where: string): unknown {
  try {
    return parseUntrustedJson(bytes);
  } catch {
    throw invalid(`${where} is no JSON, or more of it than images need`);
  }
}

function fields(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(`${where} is not what it has to be`);
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value) && value.length <= MAX_IMAGES) return value;
  throw invalid(`${where} has no list where it needs one`);
}

function texts(value: unknown, where: string): readonly string[] {
  const all = list(value, where);
  if (all.every((one) => typeof one === 'string')) return all as readonly string[];
  throw invalid(`${where} are not what they have to be`);
}

function invalid(why: string): GantryError {
  return new GantryError('invalid', `the archive cannot be loaded: ${why}`);
}
