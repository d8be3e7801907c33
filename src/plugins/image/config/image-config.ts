import { GantryError } from '../../../kernel/index.js';
import { type Image, type ImageConfig, MAX_IMAGE_LAYERS, type Platform } from '../contracts/index.js';
import { hostArchitecture } from './host-architecture.js';

/** The OCI image configuration (image-spec `config.md`): the document whose digest is an image's id. */
export interface ImageDocument {
  readonly created?: string;
  readonly author?: string;
  readonly architecture?: string;
  readonly variant?: string;
  readonly os?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
  readonly config?: ImageConfig;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly string[] };
  readonly history?: readonly HistoryEntry[];
}

/** How one layer, or one change of configuration, came about. Lowest first. */
export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

/** The digest of an archive without entries. */
const EMPTY_LAYER = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';
/** What Go programs write for no time. */
const NO_TIME = '0001-01-01T00:00:00Z';
const NANOSECONDS_IN_MS = 1_000_000n;

interface NewImage {
  readonly diffId: string;
  readonly comment?: string;
  readonly author?: string;
  readonly createdBy?: string;
  readonly config: ImageConfig | undefined;
  readonly parent: ImageDocument | undefined;
  /** Of an image without a parent; undefined: this host's. */
  readonly platform?: Platform | undefined;
}

/**
 * The configuration of a layer upon a parent, or of one layer alone. Nothing changed upon a parent is a change of the
 * configuration, without a layer.
 */
export function composeDocument({
  diffId,
  comment,
  author,
  createdBy,
  config,
  parent,
  platform,
}: NewImage): ImageDocument {
  const created = timestamp(Date.now(), process.hrtime.bigint());
  const isEmpty = diffId === EMPTY_LAYER && parent !== undefined;
  const machine: Partial<Platform> = parent ?? platform ?? {};
  return {
    created,
    ...(author && { author }),
    architecture: machine.architecture ?? hostArchitecture(),
    ...(machine.variant && { variant: machine.variant }),
    os: 'linux',
    ...(parent?.['os.version'] && { 'os.version': parent['os.version'] }),
    ...(parent?.['os.features'] && { 'os.features': parent['os.features'] }),
    config: config ?? parent?.config ?? {},
    rootfs: { type: 'layers', diff_ids: [...(parent?.rootfs.diff_ids ?? []), ...(isEmpty ? [] : [diffId])] },
    history: [
      ...(parent?.history ?? []),
      {
        created,
        ...(author && { author }),
        ...(createdBy && { created_by: createdBy }),
        ...(comment && { comment }),
        ...(isEmpty && { empty_layer: true }),
      },
    ],
  };
}

/**
 * RFC 3339 with nanoseconds, so that two equal images made in one millisecond have two ids. Without zeros at the end, as
 * Go writes it: programs in Go that write the configuration again then write the same bytes.
 */
export function timestamp(milliseconds: number, nanoseconds: bigint): string {
  const digits = String(nanoseconds % NANOSECONDS_IN_MS).padStart(6, '0');
  return new Date(milliseconds)
    .toISOString()
    .replace('Z', `${digits}Z`)
    .replace(/\.?0+Z$/, 'Z');
}

/** Parses bytes that were checked when they came in. */
export function parseDocument(bytes: Uint8Array): ImageDocument {
  return readable(JSON.parse(Buffer.from(bytes).toString())) as ImageDocument;
}

/** A document without nulls, and with lists where old tools write one text: `"Entrypoint": "/init"`. */
export function readable(value: unknown): unknown {
  const document = withoutNulls(value) as { readonly config?: Record<string, unknown> } | null;
  const { Cmd, Entrypoint } = document?.config ?? {};
  if (typeof Cmd !== 'string' && typeof Entrypoint !== 'string') return document;
  const texts = Object.entries({ Cmd, Entrypoint }).filter(([, text]) => typeof text === 'string');
  return {
    ...document,
    config: { ...document?.config, ...Object.fromEntries(texts.map(([key, text]) => [key, [text]])) },
  };
}

/** Go programs write `null` for what is not set. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([key, field]) => [key, withoutNulls(field)]));
}

export function toImage(id: string, parent: string, document: ImageDocument, size: number): Image {
  return {
    id,
    parent,
    created: new Date(document.created ?? NO_TIME),
    comment: document.history?.at(-1)?.comment ?? '',
    architecture: document.architecture ?? '',
    config: document.config ?? {},
    diffIds: document.rootfs.diff_ids,
    size,
  };
}

/** @throws GantryError `invalid` */
export function refuseTooManyLayers({ rootfs }: ImageDocument): void {
  if (new Set(rootfs.diff_ids).size <= MAX_IMAGE_LAYERS) return;
  throw new GantryError('invalid', `max depth exceeded: an image has ${MAX_IMAGE_LAYERS} layers at most`, {
    hint: 'make an image of one layer with docker export and docker import',
  });
}
