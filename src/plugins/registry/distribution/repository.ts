import type { Readable } from 'node:stream';
import { GantryError, parseUntrustedJson, shortId } from '../../../kernel/index.js';
import { type Descriptor, digestOf, familiarName, isDigest, type Reference } from '../../image/index.js';
import { discard, type HttpResponse, Interrupted, pacedBody, readDocument, type Session } from '../http/index.js';
import { ACCEPTED } from './manifest.js';

export interface FetchedManifest {
  readonly bytes: Buffer;
  /** Of the bytes, computed here. */
  readonly digest: string;
  readonly contentType: string | undefined;
}

const PAGE = 1000;
const MAX_PAGES = 100;
const MAX_TAGS = 100_000;

/** Times the usual patience, for the end of an upload: a registry may read all of a large blob before it answers. */
const PATIENCE_AT_END = 10;

/** The registry refuses a blob in pieces. */
export class NoPieces extends Error {}

interface Piece {
  readonly start: number;
  readonly length: number;
  /** Of the whole blob. */
  readonly size: number;
}

/** One repository of a registry, as the distribution specification gives access to it. */
export class Repository {
  readonly #pull: readonly string[];
  readonly #push: readonly string[];

  constructor(
    readonly session: Session,
    readonly reference: Reference,
  ) {
    this.#pull = [`repository:${reference.path}:pull`];
    this.#push = [`repository:${reference.path}:pull,push`];
  }

  get name(): string {
    return familiarName(this.reference);
  }

  /**
   * A manifest by tag or digest, whose bytes are what the digest says.
   * @throws GantryError `not found`, `denied`, `invalid` where the registry gives something else
   */
  async manifest(tagOrDigest: string): Promise<FetchedManifest> {
    const what = `manifest for ${this.name}${tagOrDigest.includes(':') ? '@' : ':'}${tagOrDigest}`;
    const answer = await this.session.call({
      method: 'GET',
      to: this.#path(`manifests/${tagOrDigest}`),
      headers: { Accept: ACCEPTED },
      scopes: this.#pull,
    });
    if (answer.status !== 200) throw await this.#pullRefusal(answer, what);
    const bytes = await readDocument(answer, `the ${what}`, this.session.stall, this.session.signal);
    const digest = digestOf(bytes);
    const said = answer.headers['docker-content-digest'];
    const wanted = isDigest(tagOrDigest) ? tagOrDigest : said;
    if (wanted !== undefined && wanted !== digest) {
      throw new GantryError(
        'invalid',
        `the ${what} is not what its digest says: ${digest} instead of ${String(wanted)}`,
      );
    }
    return { bytes, digest, contentType: answer.headers['content-type'] };
  }

  /** The digest that a tag has at the registry, without the manifest; undefined where it tells none. @throws GantryError */
  async manifestDigest(tagOrDigest: string): Promise<string | undefined> {
    const answer = await this.session.call({
      method: 'HEAD',
      to: this.#path(`manifests/${tagOrDigest}`),
      headers: { Accept: ACCEPTED },
      scopes: this.#pull,
    });
    discard(answer.body);
    const said = answer.headers['docker-content-digest'];
    return answer.status === 200 && isDigest(said) ? said : undefined;
  }

  /** A small blob, verified. @throws GantryError */
  async document(descriptor: Descriptor, what: string): Promise<Buffer> {
    const answer = await this.#blob(descriptor.digest);
    const bytes = await readDocument(answer, what, this.session.stall, this.session.signal);
    if (bytes.length === descriptor.size && digestOf(bytes) === descriptor.digest) return bytes;
    throw new GantryError('invalid', `${what} from ${this.session.host} is not what its digest and size say`);
  }

  /**
   * The bytes of a blob from an offset on, not verified, perhaps fewer or more than there should be.
   * @throws GantryError, `invalid` where the registry has none from there on; Interrupted
   */
  async *bytes(digest: string, offset: number): AsyncGenerator<Buffer> {
    const answer = await this.#blob(digest, offset);
    let skip = offset > 0 && answer.status !== 206 ? offset : 0;
    for await (const chunk of pacedBody(answer, this.session.stall, this.session.signal)) {
      if (skip < chunk.length) yield skip > 0 ? chunk.subarray(skip) : chunk;
      skip = Math.max(0, skip - chunk.length);
    }
  }

  /** All tags, in the registry's order. @throws GantryError */
  async tags(): Promise<readonly string[]> {
    const tags = new Set<string>();
    let next: string | URL | undefined = this.#path(`tags/list?n=${PAGE}`);
    for (let page = 0; page < MAX_PAGES && next !== undefined; page++) {
      const answer: HttpResponse = await this.session.call({ method: 'GET', to: next, scopes: this.#pull });
      if (answer.status !== 200) throw await this.#pullRefusal(answer, `tags of ${this.name}`);
      const before = tags.size;
      const there = tagsIn(await readDocument(answer, 'a list of tags', this.session.stall, this.session.signal));
      for (const tag of there) if (tags.size < MAX_TAGS) tags.add(tag);
      // A registry could go on for ever with what it has said before.
      next = tags.size > before ? nextPage(answer) : undefined;
    }
    return [...tags];
  }

  async hasBlob(digest: string): Promise<boolean> {
    const answer = await this.session.call({ method: 'HEAD', to: this.#path(`blobs/${digest}`), scopes: this.#push });
    discard(answer.body);
    if (answer.status === 200) return true;
    if (answer.status === 404) return false;
    throw await this.session.errorOf(answer, `push to ${this.name}`);
  }

  /**
   * Starts an upload, or mounts a blob of another repository of the registry.
   * @returns the URL to send it to; undefined where the blob was mounted
   */
  async startUpload(mount?: { readonly digest: string; readonly from: string }): Promise<URL | undefined> {
    const query = mount ? `?mount=${mount.digest}&from=${encodeURIComponent(mount.from)}` : '';
    const answer = await this.session.call({
      method: 'POST',
      to: this.#path(`blobs/uploads/${query}`),
      headers: { 'Content-Length': '0' },
      scopes: mount ? [...this.#push, `repository:${mount.from}:pull`] : this.#push,
    });
    if (answer.status === 201 && mount) {
      discard(answer.body);
      return undefined;
    }
    if (!isSuccess(answer)) throw await this.session.errorOf(answer, `push to ${this.name}`);
    return this.#location(answer);
  }

  /** Sends a piece of a blob. @returns where the next one goes. @throws NoPieces, Interrupted */
  async sendPiece(to: URL, { start, length, size }: Piece, body: () => Readable): Promise<URL> {
    const isWhole = length === size;
    const answer = await this.session.call({
      method: 'PATCH',
      to,
      headers: {
        'Content-Type': 'application/octet-stream',
        'Content-Length': String(length),
        ...(!isWhole && { 'Content-Range': `${start}-${start + length - 1}` }),
      },
      body,
      scopes: this.#push,
      isOnce: true,
    });
    if (isSuccess(answer)) return this.#location(answer, to);
    if (answer.status >= 500 || answer.status === 416) {
      discard(answer.body);
      if (answer.status === 416 && start === 0 && !isWhole) throw new NoPieces();
      throw new Interrupted(`push to ${this.name}: the registry fails (HTTP status ${answer.status})`);
    }
    throw await this.session.errorOf(answer, `push to ${this.name}`);
  }

  /** How much of an upload has arrived; undefined where the registry does not know the upload any more. */
  async uploaded(to: URL): Promise<{ readonly bytes: number; readonly next: URL } | undefined> {
    const answer = await this.session.call({ method: 'GET', to, scopes: this.#push });
    discard(answer.body);
    const [, end] = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers['range']?.toString() ?? '') ?? [];
    if (!isSuccess(answer) || end === undefined) return undefined;
    // `0-0` may mean no byte or one; the registry refuses a wrong guess.
    return {
      bytes: end === '0' ? 0 : Number(end) + 1,
      next: await this.#location(answer, to),
    };
  }

  /** Ends an upload. @throws GantryError `invalid` where the registry has received other bytes; Interrupted */
  async finishUpload(to: URL, digest: string): Promise<void> {
    const url = new URL(to);
    url.searchParams.set('digest', digest);
    const answer = await this.session.call({
      method: 'PUT',
      to: url,
      headers: { 'Content-Length': '0' },
      scopes: this.#push,
      isOnce: true,
      patience: PATIENCE_AT_END,
    });
    if (answer.status >= 500) {
      discard(answer.body);
      throw new Interrupted(`push to ${this.name}: the registry fails (HTTP status ${answer.status})`);
    }
    if (!isSuccess(answer)) throw await this.session.errorOf(answer, `push to ${this.name}`);
    discard(answer.body);
  }

  /** @throws GantryError `invalid` where the registry reports another digest */
  async putManifest(tagOrDigest: string, mediaType: string, bytes: Uint8Array): Promise<void> {
    const answer = await this.session.call({
      method: 'PUT',
      to: this.#path(`manifests/${tagOrDigest}`),
      headers: { 'Content-Type': mediaType, 'Content-Length': String(bytes.length) },
      body: bytes,
      scopes: this.#push,
    });
    if (!isSuccess(answer)) throw await this.session.errorOf(answer, `push to ${this.name}`);
    discard(answer.body);
    const said = answer.headers['docker-content-digest'];
    if (said !== undefined && said !== digestOf(bytes)) {
      throw new GantryError('invalid', `registry ${this.session.host} has not stored the manifest that was sent`);
    }
  }

  async #blob(digest: string, offset = 0): Promise<HttpResponse> {
    const answer = await this.session.call({
      method: 'GET',
      to: this.#path(`blobs/${digest}`),
      headers: offset > 0 ? { Range: `bytes=${offset}-` } : {},
      scopes: this.#pull,
    });
    if (answer.status === 200 || (answer.status === 206 && startsAt(answer, offset))) return answer;
    if (offset === 0 || ![206, 416].includes(answer.status))
      throw await this.session.errorOf(answer, `blob ${shortId(digest)} of ${this.name}`);
    answer.body.destroy();
    throw new GantryError('invalid', `registry ${this.session.host} has no rest of blob ${shortId(digest)}`);
  }

  /** @param otherwise where to go on if the answer names no place */
  async #location(answer: HttpResponse, otherwise?: URL): Promise<URL> {
    discard(answer.body);
    if (otherwise && answer.headers.location === undefined) return otherwise;
    return this.session.resolveLocation(answer, answer.url, await this.session.base());
  }

  async #pullRefusal(answer: HttpResponse, what: string): Promise<GantryError> {
    const error = await this.session.errorOf(answer, what);
    if (error.kind !== 'denied') return error;
    const message = `pull access denied for ${this.name}, repository does not exist or may require 'docker login': ${error.message}`;
    return new GantryError('denied', message);
  }

  #path(rest: string): string {
    return `/v2/${this.reference.path}/${rest}`;
  }
}

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

/** Whether a partial answer begins where it was asked to, as far as it says. */
function startsAt({ headers }: HttpResponse, offset: number): boolean {
  const [, start] = /^bytes (\d+)-/.exec(headers['content-range']?.toString() ?? '') ?? [];
  return start === undefined || Number(start) === offset;
}

function tagsIn(bytes: Buffer): readonly string[] {
  try {
    const { tags } = parseUntrustedJson(bytes) as { readonly tags?: unknown };
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string' && /^\w[\w.-]{0,127}$/.test(tag)) : [];
  } catch {
    throw new GantryError('invalid', 'the registry answers with something that is no list of tags');
  }
}

/** The next page, of the same registry only. */
export function nextPage({ headers, url }: HttpResponse): URL | undefined {
  const [, target] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(headers.link?.toString() ?? '') ?? [];
  const next = target === undefined ? null : URL.parse(target, url.href);
  return next?.origin === url.origin && next.href !== url.href ? next : undefined;
}
