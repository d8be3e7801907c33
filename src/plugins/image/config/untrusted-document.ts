import { GantryError, parseUntrustedJson } from '../../../kernel/index.js';
import { isDigest, MAX_IMAGE_LAYERS } from '../contracts/index.js';
import { type ImageDocument, readable } from './image-config.js';

/** Configurations in use have a few kilobytes. */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;
/** Of a whole configuration: many times what any image needs. */
const MAX_VALUES = 50_000;
/** Of most lists and sets in it. Each container of the image has a copy. */
const MAX_ENTRIES = 4096;
/** Some images expose ranges of ports. */
const MAX_PORTS = 16_384;
/** Each is a volume of its own for every container. */
const MAX_VOLUMES = 256;
const MAX_LABEL_CHARACTERS = 1024 * 1024;

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts: Check = (value) => Array.isArray(value) && value.length <= MAX_ENTRIES && value.every(isText);
const isLine: Check = (value) => isText(value) && !/[\0\n]/.test(String(value));
const isEnvironment: Check = (value) => Array.isArray(value) && value.length <= MAX_ENTRIES && value.every(isLine);
const isSetOf =
  (most: number): Check =>
  (value) => {
    const members = isObject(value) ? Object.values(value as object) : undefined;
    return members !== undefined && members.length <= most && members.every(isObject);
  };
const isLabels: Check = (value) => {
  const entries = isObject(value) ? Object.entries(value as object) : undefined;
  if (!entries || entries.length > MAX_ENTRIES || !entries.every(([, text]) => isText(text))) return false;
  return entries.reduce((sum, [key, text]) => sum + key.length + text.length, 0) <= MAX_LABEL_CHARACTERS;
};
const isTime: Check = (value) => isText(value) && !Number.isNaN(Date.parse(String(value)));

const DOCUMENT: Readonly<Record<string, Check>> = { created: isTime, author: isText, architecture: isText, os: isText };
const CONFIG: Readonly<Record<string, Check>> = {
  ...{ Env: isEnvironment, Cmd: isTexts, Entrypoint: isTexts, User: isLine, WorkingDir: isLine, StopSignal: isLine },
  ...{
    Volumes: isSetOf(MAX_VOLUMES),
    ExposedPorts: isSetOf(MAX_PORTS),
    Labels: isLabels,
    Healthcheck: isObject,
    OnBuild: isTexts,
  },
};
const STEP: Readonly<Record<string, Check>> = {
  ...{ created: isTime, created_by: isText, author: isText, comment: isText, empty_layer: isFlag },
};

/**
 * Reads an image configuration from an untrusted source. Fields that are `null` count as absent.
 * @throws GantryError `invalid`, naming the field
 */
export function parseUntrustedDocument(bytes: Uint8Array): ImageDocument {
  if (bytes.length > MAX_CONFIG_BYTES) throw invalid(`it is larger than ${MAX_CONFIG_BYTES} bytes`);
  const document = parsed(bytes);
  checkFields(document, DOCUMENT, '');
  if (document['os'] !== undefined && document['os'] !== 'linux') throw invalid(`it is for ${document['os']}`);
  const { config, history, rootfs } = document as Record<string, Record<string, unknown>>;
  if (config !== undefined) checkFields(config, CONFIG, 'config.');
  for (const [index, step] of (history === undefined ? [] : list(history, 'history')).entries()) {
    checkFields(step as Record<string, unknown>, STEP, `history[${index}].`);
  }
  const diffIds = isObject(rootfs) ? list(rootfs?.['diff_ids'], 'rootfs.diff_ids') : [];
  if (rootfs?.['type'] !== 'layers' || !diffIds.every((id) => isDigest(id))) {
    throw invalid('its rootfs is no list of layers');
  }
  const layers = new Set(diffIds).size;
  if (layers > MAX_IMAGE_LAYERS) throw invalid(`it has ${layers} layers, and ${MAX_IMAGE_LAYERS} are the most`);
  return document as unknown as ImageDocument;
}

function parsed(bytes: Uint8Array): Record<string, unknown> {
  const document = ((): unknown => {
    try {
      return readable(parseUntrustedJson(bytes, MAX_VALUES));
    } catch {
      throw invalid('it is no JSON');
    }
  })();
  if (!isObject(document)) throw invalid('it is no JSON object');
  return document as Record<string, unknown>;
}

function checkFields(object: unknown, checks: Readonly<Record<string, Check>>, prefix: string): void {
  if (!isObject(object)) throw invalid(`its ${prefix.slice(0, -1)} is no object`);
  for (const [field, check] of Object.entries(checks)) {
    const value = (object as Record<string, unknown>)[field];
    if (value !== undefined && !check(value)) throw invalid(`its ${prefix}${field} is not what it has to be`);
  }
}

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw invalid(`its ${name} is no list`);
  return value;
}

function invalid(why: string): GantryError {
  return new GantryError('invalid', `the image's configuration cannot be used: ${why}`);
}
