import { GantryError, type Login, type Logins } from '../../kernel/contracts/index.js';

/** A request of a daemon for a login that its client keeps. */
export type LoginRequest =
  | { readonly do: 'get' | 'erase'; readonly server: string }
  | { readonly do: 'set'; readonly server: string; readonly login: Login };

/**
 * Answers for the client.
 * @param isOffered whether a daemon may ask this
 * @throws GantryError `invalid`, `denied`, and what `logins` throws
 */
export async function answerLogin(
  payload: Buffer,
  isOffered: (request: LoginRequest) => boolean,
  load: (() => Promise<Logins>) | undefined,
): Promise<unknown> {
  const request = parse(payload);
  if (!load || !isOffered(request)) {
    throw new GantryError('denied', `login of ${request.server}: the command line is not about it`);
  }
  const logins = await load();
  if (request.do === 'get') return logins.get(request.server);
  return request.do === 'set' ? logins.set(request.server, request.login) : logins.erase(request.server);
}

/** Logins that are loaded when they are first asked for. */
export function lazyLogins(load: () => Promise<Logins>): Logins {
  return {
    get: async (server) => (await load()).get(server),
    set: async (server, login) => (await load()).set(server, login),
    erase: async (server) => (await load()).erase(server),
  };
}

function parse(payload: Buffer): LoginRequest {
  const request = (JSON.parse(payload.toString()) ?? {}) as Partial<Extract<LoginRequest, { do: 'set' }>>;
  const { username, password } = request.login ?? {};
  const isWhole = typeof request.server === 'string' && typeof request.do === 'string';
  const hasLogin = typeof username === 'string' && typeof password === 'string';
  if (isWhole && (request.do !== 'set' || hasLogin)) return request as LoginRequest;
  throw new GantryError('invalid', 'not a question about a login');
}
