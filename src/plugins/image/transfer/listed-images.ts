import { GantryError, isKind, parseUntrustedJson } from '../../../kernel/index.js';
import { fits, platformText } from '../config/index.js';
import { digestOf, isDigest, type Platform } from '../contracts/index.js';
import { blobPath, DOCKER_MANIFEST, INDEX, NAME_ANNOTATION, REF_ANNOTATION } from './image-layout.js';

/** An image as an archive lists it, by paths in the archive. */
export interface ListedImage<Layer> {
  /** A path in the archive. */
  readonly config: string;
  readonly layers: readonly Layer[];
  /** As the archive has them. */
  readonly names: readonly string[];
}

/** The files of an archive, by their paths in it. */
export interface Archive<Layer> {
  has(path: string): boolean;
  /** The bytes are valid until the next call. */
  read(path: string): Promise<Buffer | undefined>;
  /** @throws GantryError `invalid` where it is not there */
  layer(path: string): Layer;
  /** The machine that its images are wanted for. */
  readonly platform: Platform;
  /** Told what is listed and is no whole image. */
  leftOut(why: string): void;
}

type Fields = Readonly<Record<string, unknown>>;

/** Some tools write a configuration or a layer without a type of its own. */
const CONFIG_TYPES = /^$|image\.config\.v1|container\.image\.v1|^application\/(?:json|octet-stream)$/;
const LAYER_TYPES = /^$|[./]tar\b|^application\/octet-stream$/;

const MAX_IMAGES = 10_000;
/** Of all images: how often one names a layer. */
const MAX_LAYERS = 1_000_000;
const MAX_NAME_LENGTH = 1024;
const MAX_DEPTH = 4;

/**
 * The images that an archive lists: Docker's manifest where it has one, because it has all names, else the OCI index.
 * Of all that the archive says, no more than one document is in memory at once.
 * @throws GantryError `invalid`
 */
export async function listedImages<Layer>(archive: Archive<Layer>): Promise<ListedImage<Layer>[]> {
  const manifest = await archive.read(DOCKER_MANIFEST);
  if (manifest) return dockerImages(archive, parsed(manifest, DOCKER_MANIFEST));
  if (archive.has(INDEX)) return new OciIndex(archive).images();
  if (archive.has('repositories')) throw invalid('it is of a Docker before 1.10, whose images are no longer read');
  throw new GantryError(
    'invalid',
    `the archive cannot be loaded: there is neither ${DOCKER_MANIFEST} nor ${INDEX} in it`,
    {
      hint: 'A root filesystem is for `docker import`',
    },
  );
}

/** One image for each configuration, with all the names that it is given. */
function dockerImages<Layer>(archive: Archive<Layer>, manifest: unknown): ListedImage<Layer>[] {
  const images = new Map<string, ListedImage<Layer>>();
  for (const entry of list(manifest, DOCKER_MANIFEST)) {
    const { Config, Layers, RepoTags } = fields(entry, DOCKER_MANIFEST);
    if (typeof Config !== 'string') throw invalid(`${DOCKER_MANIFEST} names no configuration`);
    const layers = texts(Layers ?? [], `Layers in ${DOCKER_MANIFEST}`);
    const names = texts(RepoTags ?? [], `RepoTags in ${DOCKER_MANIFEST}`);
    const key = digestOf(Buffer.from(JSON.stringify([Config, layers])));
    const known = images.get(key);
    images.set(key, {
      config: Config,
      layers: known?.layers ?? layers.map((path) => archive.layer(path)),
      names: [...(known?.names ?? []), ...names],
    });
  }
  return [...images.values()];
}

interface Entry {
  readonly digest: string;
  readonly names: readonly string[];
}

/** One image for each manifest, with all names that the index gives it. */
class OciIndex<Layer> {
  readonly #images = new Map<string, Omit<ListedImage<Layer>, 'names'>>();
  readonly #names = new Map<string, Set<string>>();
  readonly #indexes = new Map<string, readonly Entry[]>();
  readonly #notWhole: GantryError[] = [];
  #visits = 0;
  #layers = 0;

  constructor(private readonly archive: Archive<Layer>) {}

  async images(): Promise<ListedImage<Layer>[]> {
    await this.#visit(INDEX, [], 0);
    const [first, ...others] = this.#notWhole;
    if (this.#images.size === 0 && first) throw first;
    if (this.#images.size === 0) throw invalid('what it lists are no images');
    for (const { message } of [first, ...others].filter((error) => error !== undefined)) this.archive.leftOut(message);
    return [...this.#images].map(([where, image]) => ({ ...image, names: [...(this.#names.get(where) ?? [])] }));
  }

  async #visit(where: string, names: readonly string[], depth: number): Promise<void> {
    // Indexes that name one index many times, which does the same, have no end.
    if (++this.#visits > MAX_IMAGES + 1) throw invalid(`it has more than ${MAX_IMAGES} images`);
    if (!this.#images.has(where) && !this.#indexes.has(where)) await this.#read(where, depth === 0);
    if (this.#images.has(where)) this.#name(where, names);
    const entries = this.#indexes.get(where) ?? [];
    if (entries.length > 0 && depth === MAX_DEPTH) throw invalid('its indexes are nested too deeply');
    for (const entry of entries) await this.#visit(entry.digest, [...names, ...entry.names], depth + 1);
  }

  #name(where: string, names: readonly string[]): void {
    const all = this.#names.get(where) ?? new Set();
    for (const name of names) all.add(name);
    this.#names.set(where, all);
  }

  /** Reads an index, and keeps its entries; or a manifest, and keeps its image. */
  async #read(where: string, isFirst: boolean): Promise<void> {
    const document = fields(parsed(await this.#document(where, isFirst), where), where);
    if (document['manifests'] === undefined) {
      if (isImage(document, where)) this.#addImage(document, where);
      return;
    }
    const all = list(document['manifests'], where).map((entry) => fields(entry, where));
    const entries = (isFirst ? withoutOthers(all, this.archive.platform) : wanted(all, this.archive.platform)).map(
      (entry) => ({
        digest: digestIn(entry, where),
        names: namesOf(entry),
      }),
    );
    const isThere = ({ digest }: Entry): boolean => this.archive.has(blobPath(digest));
    for (const entry of entries.filter((one) => !isThere(one)))
      this.#notWhole.push(invalid(`${entry.digest}, which ${where} names, is not in it`));
    this.#indexes.set(where, entries.filter(isThere));
  }

  async #document(where: string, isFirst: boolean): Promise<Buffer> {
    const bytes = await this.archive.read(isFirst ? INDEX : blobPath(where));
    if (!bytes) throw invalid(`${where} is not in it`);
    if (!isFirst && digestOf(bytes) !== where) throw invalid(`${where} has another digest`);
    return bytes;
  }

  #addImage(document: Fields, where: string): void {
    try {
      this.#images.set(where, this.#image(document, where));
    } catch (error) {
      if (!isKind(error, 'invalid')) throw error;
      this.#notWhole.push(error as GantryError);
    }
  }

  #image(manifest: Fields, where: string): Omit<ListedImage<Layer>, 'names'> {
    const layers = list(manifest['layers'] ?? [], where).map((layer) => digestIn(fields(layer, where), where));
    const config = digestIn(fields(manifest['config'], where), where);
    this.#layers += layers.length;
    if (this.#layers > MAX_LAYERS) throw invalid(`its images have more than ${MAX_LAYERS} layers`);
    const path = blobPath(config);
    return { config: path, layers: layers.map((digest) => this.archive.layer(blobPath(digest))) };
  }
}

/** Of an image for several platforms, the entries for the wanted one; entries without a platform count as such. */
function wanted(entries: readonly Fields[], platform: Platform): readonly Fields[] {
  const fitting = entries.filter((entry) => isFor(entry, platform));
  if (fitting.length > 0 || entries.length === 0) return fitting;
  throw invalid(`it has no image for ${platformText(platform)}`);
}

/** The entries without those for other machines, where one of the same name is for the wanted one. */
function withoutOthers(entries: readonly Fields[], platform: Platform): readonly Fields[] {
  const key = (entry: Fields): string => namesOf(entry).join();
  const here = new Set(entries.filter((entry) => isFor(entry, platform)).map(key));
  return entries.filter((entry) => isFor(entry, platform) || !here.has(key(entry)));
}

function isFor({ platform }: Fields, machine: Platform): boolean {
  if (platform === undefined) return true;
  const { os, architecture, variant } = fields(platform, INDEX);
  const has = { os: String(os), architecture: String(architecture) };
  return fits(typeof variant === 'string' ? { ...has, variant } : has, machine);
}

/** Signatures, attestations and charts lie beside images, in manifests of the same form. */
function isImage(manifest: Fields, where: string): boolean {
  const { mediaType } = fields(manifest['config'], where);
  const isConfig = typeof mediaType !== 'string' || CONFIG_TYPES.test(mediaType);
  const layers = list(manifest['layers'] ?? [], where).map((layer) => fields(layer, where)['mediaType']);
  return isConfig && layers.every((type) => typeof type !== 'string' || LAYER_TYPES.test(type));
}

/** A tag without a repository, as `skopeo` and `umoci` write it, is no name. */
function namesOf({ annotations }: Fields): string[] {
  if (annotations === undefined) return [];
  const { [NAME_ANNOTATION]: full, [REF_ANNOTATION]: ref } = fields(annotations, INDEX);
  const name = full ?? ref;
  if (typeof name !== 'string' || !(name === full || /[:/]/.test(name))) return [];
  if (name.length > MAX_NAME_LENGTH) throw invalid(`a name in it is longer than ${MAX_NAME_LENGTH} characters`);
  return [name];
}

function digestIn({ digest }: Fields, where: string): string {
  if (isDigest(digest)) return digest;
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
