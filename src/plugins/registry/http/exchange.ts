import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { AddressGuard, INSIDE } from '../../system/index.js';
import { connectionFailure } from './connection-failure.js';
import type { Routes } from './routes.js';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | Readable;
  readonly signal: AbortSignal;
  /** How many times the usual time the answer may take. */
  readonly patience?: number | undefined;
  /** The hosts of the servers that have named this one, where any have: then it leads to no address inside. */
  readonly namedBy?: readonly string[] | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Raw: nothing is decompressed. Has to be read, or destroyed. */
  readonly body: IncomingMessage;
  readonly url: URL;
}

const AGENT_NAME = 'gantry';

/**
 * Sends a request once. Resolves with the head of the response, whatever its status.
 * @throws GantryError, Interrupted; the signal's reason
 */
export async function exchange(routes: Routes, question: HttpRequest): Promise<HttpResponse> {
  const { url, signal } = question;
  signal.throwIfAborted();
  try {
    return await ask(routes, question);
  } catch (error) {
    signal.throwIfAborted();
    throw connectionFailure(url.host, error);
  }
}

function ask(routes: Routes, question: HttpRequest): Promise<HttpResponse> {
  const { method, url, headers, body, signal, namedBy } = question;
  const agent = routes.agent(url);
  const guard = namedBy === undefined ? undefined : new AddressGuard(namedBy);
  const stall = routes.settings.stall * (question.patience ?? 1);
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  if (guard && !guard.allows(url.hostname)) throw errorWithCode(INSIDE);
  const make = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = make(url, {
    method,
    agent,
    signal,
    headers: { 'User-Agent': AGENT_NAME, 'Accept-Encoding': 'identity', ...headers },
    ...(guard && { lookup: guard.lookup }),
  });
  let answer: IncomingMessage | undefined;
  const giveUp = (): void => void (answer ?? request).destroy(errorWithCode('ESTALLED'));
  request.setTimeout(stall, giveUp);
  // A head that arrives byte by byte would never run into the socket's timeout.
  let patience: NodeJS.Timeout | undefined;
  request.once('finish', () => {
    patience = setTimeout(giveUp, 2 * stall);
  });
  request.once('close', () => clearTimeout(patience));
  request.on('error', reject);
  request.once('response', (response) => {
    clearTimeout(patience);
    answer = response;
    // The reader of the body gets this error; without a reader it is ignored.
    response.on('error', () => {});
    resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response, url });
  });
  if (!body || body instanceof Uint8Array) request.end(body);
  else body.once('error', (error) => request.destroy(error)).pipe(request);
  return promise;
}

export function errorWithCode(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}
