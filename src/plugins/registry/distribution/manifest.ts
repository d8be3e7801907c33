import { GantryError, parseUntrustedJson } from '../../../kernel/index.js';
import {
  type Descriptor,
  isDigest,
  MAX_IMAGE_LAYERS,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_MANIFEST,
  type Platform,
} from '../../image/index.js';

export interface IndexEntry extends Descriptor {
  readonly platform: Platform | undefined;
}

export type Manifest =
  | {
      readonly kind: 'image';
      readonly mediaType: string;
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
    }
  | { readonly kind: 'index'; readonly mediaType: string; readonly manifests: readonly IndexEntry[] };

const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';
export const ACCEPTED = [DOCKER_MANIFEST, DOCKER_LIST, OCI_MANIFEST, OCI_INDEX].join(', ');

const INDEXES: ReadonlySet<string> = new Set([OCI_INDEX, DOCKER_LIST]);
const MANIFESTS: ReadonlySet<string> = new Set([OCI_MANIFEST, DOCKER_MANIFEST]);
/** Some tools give the configuration no type of its own: what it is shows when it is read. */
const CONFIGS: ReadonlySet<string> = new Set([
  ...[DOCKER_CONFIG, OCI_CONFIG],
  ...['', 'application/octet-stream', 'application/json'],
]);
const LAYER =
  /^application\/vnd\.(?:docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.gzip|\.zstd)?|oci\.image\.layer\.(?:nondistributable\.)?v1\.tar(?:\+gzip|\+zstd)?)$/;
const MAX_BLOB = 64 * 2 ** 30;
const MAX_ENTRIES = 1000;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a manifest from an untrusted source.
 * @param contentType of the response, used only where the document has no media type
 * @param name for messages: `busybox:latest`
 * @throws GantryError `invalid`, naming what is wrong with it
 */
export function parseManifest(bytes: Uint8Array, contentType: string | undefined, name: string): Manifest {
  const refuse = (why: string): GantryError =>
    new GantryError('invalid', `the manifest of ${name} cannot be used: ${why}`);
  const document = parsed(bytes, refuse);
  if (document['schemaVersion'] === 1)
    throw refuse('it is of schema 1, which cannot be verified. Push the image again');
  if (document['schemaVersion'] !== 2) throw refuse('its schema is not known');
  const mediaType = mediaTypeOf(document, contentType?.split(';')[0]?.trim().toLowerCase(), refuse);
  // One document must not be two things to two readers (CVE-2021-41190).
  if (document['manifests'] !== undefined && (document['layers'] !== undefined || document['config'] !== undefined)) {
    throw refuse('it is an image and a list of images at once');
  }
  if (INDEXES.has(mediaType)) {
    return {
      kind: 'index',
      mediaType,
      manifests: listOf(document['manifests'], 'manifests', MAX_ENTRIES, refuse).map((entry) =>
        indexEntry(entry, refuse),
      ),
    };
  }
  const named = document['config'];
  const config = descriptor(isObject(named) ? { mediaType: '', ...named } : named, 'config', refuse);
  if (!CONFIGS.has(config.mediaType)) throw refuse(`it is no container image, but ${quoted(config.mediaType)}`);
  const layers = listOf(document['layers'], 'layers', MAX_ENTRIES, refuse).map((layer) => layerOf(layer, refuse));
  const different = new Set(layers.map(({ digest }) => digest)).size;
  if (different > MAX_IMAGE_LAYERS) throw refuse(`it has ${different} layers, and ${MAX_IMAGE_LAYERS} are the most`);
  return { kind: 'image', mediaType, config, layers };
}

/** @throws GantryError `invalid` for text that is no digest: digests become parts of paths */
function checkDigest(digest: unknown, refuse: (why: string) => GantryError): string {
  if (isDigest(digest)) return digest;
  const algorithm = typeof digest === 'string' ? /^[a-z0-9+._-]{1,32}(?=:[0-9a-f]+$)/.exec(digest)?.[0] : undefined;
  throw refuse(
    algorithm && algorithm !== 'sha256'
      ? `it uses ${algorithm}, and only sha256 is known`
      : 'it has a malformed digest',
  );
}

type Refuse = (why: string) => GantryError;

function parsed(bytes: Uint8Array, refuse: Refuse): JsonObject {
  try {
    const document: unknown = parseUntrustedJson(bytes);
    if (isObject(document)) return document;
  } catch {}
  throw refuse('it is no JSON object');
}

function mediaTypeOf(document: JsonObject, contentType: string | undefined, refuse: Refuse): string {
  const known = (type: unknown): type is string =>
    typeof type === 'string' && (INDEXES.has(type) || MANIFESTS.has(type));
  const own = document['mediaType'];
  if (own !== undefined && !known(own)) throw refuse(`its type ${quoted(own)} is not known`);
  if (known(own) && known(contentType) && own !== contentType) throw refuse('it is not what the registry says it is');
  if (known(own)) return own;
  // OCI manifests may have no type: then the fields decide.
  if (known(contentType) && INDEXES.has(contentType) === (document['manifests'] !== undefined)) return contentType;
  if (contentType !== undefined && !/json$/.test(contentType))
    throw refuse(`its type ${quoted(contentType)} is not known`);
  return document['manifests'] === undefined ? OCI_MANIFEST : OCI_INDEX;
}

function indexEntry(value: unknown, refuse: Refuse): IndexEntry {
  const entry = descriptor(value, 'manifests', refuse);
  const platform = (value as JsonObject)['platform'];
  if (!isObject(platform)) return { ...entry, platform: undefined };
  const { os, architecture, variant } = platform;
  if (typeof os !== 'string' || typeof architecture !== 'string') return { ...entry, platform: undefined };
  return { ...entry, platform: { os, architecture, ...(typeof variant === 'string' && { variant }) } };
}

function layerOf(value: unknown, refuse: Refuse): Descriptor {
  const layer = descriptor(value, 'layers', refuse);
  const urls = (value as JsonObject)['urls'];
  // A layer that may not be spread, and that the registry has nevertheless, is one as any other.
  if (Array.isArray(urls) && urls.length > 0) {
    throw refuse('it has layers that are to be fetched from elsewhere');
  }
  if (!LAYER.test(layer.mediaType)) throw refuse(`its layers are ${quoted(layer.mediaType)}, which is not known`);
  return layer;
}

function descriptor(value: unknown, where: string, refuse: Refuse): Descriptor {
  if (!isObject(value)) throw refuse(`its ${where} is not what it has to be`);
  const { mediaType, size } = value;
  const digest = checkDigest(value['digest'], refuse);
  if (typeof mediaType !== 'string') throw refuse(`its ${where} has no type`);
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > MAX_BLOB)
    throw refuse(`its ${where} has no size`);
  return { mediaType, digest, size };
}

function listOf(value: unknown, name: string, most: number, refuse: Refuse): readonly unknown[] {
  if (!Array.isArray(value)) throw refuse(`it has no ${name}`);
  if (value.length > most) throw refuse(`it has ${value.length} ${name}, and ${most} are the most that can be used`);
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quoted(value: unknown): string {
  return `'${String(value).slice(0, 100)}'`;
}
