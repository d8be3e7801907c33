import { GantryError, type Login, parseUntrustedJson } from '../../../kernel/index.js';
import { readDocument } from './body.js';
import type { Challenge } from './challenge.js';
import { loginHint } from './error-response.js';
import { exchange, type HttpRequest, type HttpResponse } from './exchange.js';
import { withRetries } from './retry.js';
import type { Routes } from './routes.js';

export interface BearerToken {
  /** The value of the header `Authorization`. */
  readonly authorization: string;
  /** Of `performance.now()`. */
  readonly expires: number;
  /** Replaces the password from now on, where the server has issued one. */
  readonly refreshToken?: string;
}

interface TokenRequest {
  readonly challenge: Challenge;
  /** `repository:library/busybox:pull`; none: what the challenge asks for. */
  readonly scopes: readonly string[];
  readonly login: Login | undefined;
  /** The registry that has named the token server. */
  readonly registry: URL;
  readonly offline: boolean;
  readonly signal: AbortSignal;
}

const CLIENT = 'gantry';
/** Lifetime of tokens that name none, by the specification, and the least that any has, as in Docker. */
const LEAST_LIFETIME_S = 60;
const MARGIN_S = 10;
/** Characters that are safe in a header: none that would start another header. Servers take headers of some kilobytes. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

/** Requests a bearer token (distribution's token specification). @throws GantryError */
export async function fetchToken(routes: Routes, wish: TokenRequest): Promise<BearerToken> {
  const { registry, signal, login } = wish;
  const realm = realmOf(wish.challenge, registry);
  const isElsewhere = realm.hostname !== registry.hostname;
  if (login && isElsewhere && realm.protocol !== 'https:') {
    throw new GantryError('invalid', `registry ${registry.host} wants its login sent to ${realm.host} by plain http`);
  }
  const namedBy = isElsewhere ? [registry.hostname] : undefined;
  const question = { ...tokenRequest(realm, wish), namedBy, signal };
  const answer = await withRetries(signal, () => exchange(routes, question));
  const bytes = await readDocument(answer, 'a token', routes.settings.stall, signal);
  if (answer.status === 401 || answer.status === 403) throw wrongLogin(answer, registry, login);
  if (answer.status !== 200) {
    throw new GantryError(
      'unavailable',
      `${realm.host} gives no token for ${registry.host} (HTTP status ${answer.status})`,
    );
  }
  return tokenOf(bytes, realm);
}

function realmOf({ parameters }: Challenge, registry: URL): URL {
  const realm = URL.parse(parameters['realm'] ?? '');
  const isAllowed = realm?.protocol === 'https:' || (realm?.protocol === 'http:' && registry.protocol === 'http:');
  if (realm && isAllowed && realm.username === '' && realm.password === '') return realm;
  throw new GantryError('invalid', `registry ${registry.host} names a token server that is not https`);
}

function tokenRequest(
  realm: URL,
  wish: TokenRequest,
): Pick<HttpRequest, 'method' | 'url' | 'headers'> & { body?: Buffer } {
  const { challenge, login, offline } = wish;
  const own = challenge.parameters['scope'];
  const scopes = wish.scopes.length > 0 || own === undefined ? wish.scopes : [own];
  const service = challenge.parameters['service'] ?? '';
  if (login?.identityToken) {
    const form = { grant_type: 'refresh_token', service, client_id: CLIENT, refresh_token: login.identityToken };
    const fields = new URLSearchParams({ ...form, scope: scopes.join(' ') });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: realm, headers, body: Buffer.from(fields.toString()) };
  }
  const url = new URL(realm);
  if (service) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (login) url.searchParams.set('account', login.username);
  if (offline) {
    url.searchParams.set('offline_token', 'true');
    url.searchParams.set('client_id', CLIENT);
  }
  return { method: 'GET', url, headers: login ? { Authorization: basicAuthorization(login) } : {} };
}

export function basicAuthorization({ username, password }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function tokenOf(bytes: Buffer, realm: URL): BearerToken {
  const document = parsed(bytes);
  const token = document['token'] ?? document['access_token'];
  if (typeof token !== 'string' || !TOKEN.test(token)) {
    throw new GantryError('invalid', `${realm.host} answers with something that is no token`);
  }
  const said = document['expires_in'];
  const life = typeof said === 'number' ? Math.max(said, LEAST_LIFETIME_S) : LEAST_LIFETIME_S;
  const refresh = document['refresh_token'];
  return {
    authorization: `Bearer ${token}`,
    expires: performance.now() + (life - MARGIN_S) * 1000,
    ...(typeof refresh === 'string' && TOKEN.test(refresh) && { refreshToken: refresh }),
  };
}

function parsed(bytes: Buffer): Record<string, unknown> {
  try {
    return { ...(parseUntrustedJson(bytes) as object) };
  } catch {
    return {};
  }
}

function wrongLogin({ status }: HttpResponse, { host }: URL, login: Login | undefined): GantryError {
  if (login) return new GantryError('denied', `registry ${host}: unauthorized: incorrect username or password`);
  return new GantryError('denied', `registry ${host}: authentication required (HTTP status ${status})`, {
    hint: loginHint(host),
  });
}
