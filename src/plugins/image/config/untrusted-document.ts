import { GantryError } from '../../../kernel/index.js';
import { isDigest } from '../contracts/index.js';
import { type ImageDocument, withoutNulls } from './image-config.js';
import { parseUntrustedJson } from './untrusted-json.js';

/** Configurations in use have a few kilobytes. */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isLine: Check = (value) => isText(value) && !/[\0\n]/.test(String(value));
const isEnvironment: Check = (value) => Array.isArray(value) && value.every(isLine);
const isSet: Check = (value) => isObject(value) && Object.values(value as object).every((one) => isObject(one));
const isLabels: Check = (value) => isObject(value) && Object.values(value as object).every(isText);
const isTime: Check = (value) => isText(value) && !Number.isNaN(Date.parse(String(value)));

const DOCUMENT: Readonly<Record<string, Check>> = { created: isTime, author: isText, architecture: isText, os: isText };
const CONFIG: Readonly<Record<string, Check>> = {
  ...{ Env: isEnvironment, Cmd: isTexts, Entrypoint: isTexts, User: isLine, WorkingDir: isLine, StopSignal: isLine },
  ...{ Volumes: isSet, ExposedPorts: isSet, Labels: isLabels, Healthcheck: isObject, OnBuild: isTexts },
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
  return document as unknown as ImageDocument;
}

function parsed(bytes: Uint8Array): Record<string, unknown> {
  const document = ((): unknown => {
    try {
      return withoutNulls(parseUntrustedJson(bytes));
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
