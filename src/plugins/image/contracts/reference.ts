import { GantryError } from '../../../kernel/index.js';

/** An image name, normalised: every part that may be left out is filled in, but for tag and digest. */
export interface Reference {
  /** The registry's host, with its port: `docker.io`. */
  readonly domain: string;
  /** The repository inside that registry: `library/busybox`. */
  readonly path: string;
  readonly tag: string | undefined;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string | undefined;
}

// The grammar of github.com/distribution/reference.
const DEFAULT_DOMAIN = 'docker.io';
const LEGACY_DEFAULT_DOMAIN = 'index.docker.io';
const OFFICIAL = 'library';
const DEFAULT_TAG = 'latest';
const MAX_NAME_LENGTH = 255;

const HOST_COMPONENT = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = new RegExp(`^(?:${HOST_COMPONENT}(?:\\.${HOST_COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[a-f0-9]{64}$/;
const IMAGE_ID = /^[a-f0-9]{64}$/;

/**
 * Reads a name as people write it: `busybox`, `me/app:1`, `localhost:5000/app@sha256:…`.
 * @throws GantryError `invalid`
 */
export function parseReference(text: string): Reference {
  if (IMAGE_ID.test(text)) {
    throw malformed(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  }
  const [beforeDigest, digest] = splitAt(text, text.indexOf('@'));
  const colon = beforeDigest.lastIndexOf(':');
  const [name, tag] = splitAt(beforeDigest, colon > beforeDigest.lastIndexOf('/') ? colon : -1);
  const { domain, path } = splitDomain(name);
  if (path !== path.toLowerCase()) {
    throw malformed(`invalid reference format: repository name (${path}) must be lowercase`);
  }
  if (!DOMAIN.test(domain) || !path.split('/').every((component) => PATH_COMPONENT.test(component))) throw malformed();
  if ((tag !== undefined && !TAG.test(tag)) || (digest !== undefined && !DIGEST.test(digest))) throw malformed();
  if (domain.length + 1 + path.length > MAX_NAME_LENGTH) {
    throw malformed(`invalid reference format: repository name must not be more than ${MAX_NAME_LENGTH} characters`);
  }
  return { domain, path, tag, digest };
}

/** Adds the tag `latest` to a reference without tag and digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag || reference.digest ? reference : { ...reference, tag: DEFAULT_TAG };
}

/** @throws GantryError `invalid` for a name that no image can be given: by digest, or one that reads like the begin of a digest */
export function requireTaggable(reference: Reference): void {
  if (reference.digest) throw new GantryError('invalid', 'refusing to create a tag with a digest reference');
  if (familiarName(reference) === 'sha256') {
    throw new GantryError('invalid', 'refusing to create an ambiguous tag using digest algorithm as name');
  }
}

/** The repository in full: `docker.io/library/busybox`. */
export function canonicalName({ domain, path }: Reference): string {
  return `${domain}/${path}`;
}

/** The repository as people write it: `busybox` for `docker.io/library/busybox`. It reads as the same repository again. */
export function familiarName({ domain, path }: Pick<Reference, 'domain' | 'path'>): string {
  const [first, rest] = splitAt(path, path.indexOf('/'));
  if (domain !== DEFAULT_DOMAIN || (rest !== undefined && isHost(first))) return `${domain}/${path}`;
  return first === OFFICIAL && rest !== undefined && !rest.includes('/') ? rest : path;
}

/** The whole reference as people write it: `busybox:latest`. */
export function familiarReference(reference: Reference): string {
  const tag = reference.tag ? `:${reference.tag}` : '';
  const digest = reference.digest ? `@${reference.digest}` : '';
  return familiarName(reference) + tag + digest;
}

function splitDomain(name: string): { domain: string; path: string } {
  const [first, rest] = splitAt(name, name.indexOf('/'));
  const hasHost = rest !== undefined && isHost(first);
  const domain = hasHost && first !== LEGACY_DEFAULT_DOMAIN ? first : DEFAULT_DOMAIN;
  const path = hasHost ? rest : name;
  return { domain, path: domain === DEFAULT_DOMAIN && !path.includes('/') ? `${OFFICIAL}/${path}` : path };
}

/** A first part without a dot, a colon or an upper-case letter is no host, but part of a repository on docker.io. */
function isHost(first: string): boolean {
  return /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
}

function splitAt(text: string, index: number): [string, string | undefined] {
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

function malformed(message = 'invalid reference format'): GantryError {
  return new GantryError('invalid', message);
}
