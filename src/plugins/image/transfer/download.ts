import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { GantryError } from '../../../kernel/index.js';
import { AddressGuard, isRedirect, MAX_REDIRECTS, redirectTarget } from '../../system/index.js';

/** Of a server that has accepted the request, and says nothing. */
const STALL_MS = 60_000;

/**
 * Gets what a URL leads to. Redirects are followed, but to no address that only this host reaches.
 * @returns the answer of the last server, its body unread
 * @throws GantryError `unavailable`
 */
export async function download(url: string, gone: AbortSignal): Promise<IncomingMessage> {
  const first = URL.parse(url);
  if (!first) throw failed(url, 'it is no URL');
  const hosts: string[] = [];
  for (let at = first; ; ) {
    const answer = await get(at, hosts, gone).catch((error: Error) => {
      throw failed(url, error.message, error);
    });
    const { statusCode = 0, statusMessage = '' } = answer;
    if (statusCode < 300) return answer;
    answer.destroy();
    if (statusCode >= 400) {
      throw new GantryError('unavailable', `Got HTTP status code >= 400: ${`${statusCode} ${statusMessage}`.trim()}`);
    }
    const next = isRedirect(statusCode) ? redirectTarget(answer.headers.location, at, first) : undefined;
    if (!next) throw failed(url, `HTTP status ${statusCode}, which leads to no URL that may be followed`);
    hosts.push(at.hostname);
    if (hosts.length > MAX_REDIRECTS) throw failed(url, `it redirects more than ${MAX_REDIRECTS} times`);
    at = next;
  }
}

/** @param namedBy the hosts that have redirected here */
function get(url: URL, namedBy: readonly string[], signal: AbortSignal): Promise<IncomingMessage> {
  const guard = namedBy.length > 0 ? new AddressGuard(namedBy) : undefined;
  if (guard && !guard.allows(url.hostname)) {
    return Promise.reject(new Error(`a redirect leads to ${url.hostname}, an address of this host or of its own link`));
  }
  const make = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = { 'User-Agent': 'gantry', 'Accept-Encoding': 'identity' };
  return new Promise((resolve, reject) => {
    const request = make(url, { headers, signal, ...(guard && { lookup: guard.lookup }) }, resolve);
    request.setTimeout(STALL_MS, () => request.destroy(new Error('it has stopped answering')));
    request.on('error', reject).end();
  });
}

function failed(url: string, why: string, cause?: unknown): GantryError {
  return new GantryError('unavailable', `cannot download ${url}: ${why}`, { cause });
}
