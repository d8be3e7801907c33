import { GantryError, type Login, type Logins } from '../../kernel/contracts/index.js';

/** A request of a daemon for a login that its client keeps. */
export type LoginRequest =
  | { readonly do: 'get' | 'erase'; readonly server: string }
  | { readonly do: 'set'; readonly server: string; readonly login: Login };

/** Docker Hub's key: its images are named without a registry. */
const HUB = 'https://index.docker.io/v1/';

/** The requests for logins that each command may cause. */
const ALLOWED: ReadonlyMap<string, readonly LoginRequest['do'][]> = new Map([
  ['pull', ['get']],
  ['push', ['get']],
  ['run', ['get']],
  ['create', ['get']],
  ['search', ['get']],
  ['login', ['get', 'set']],
  ['logout', ['get', 'erase']],
]);
const GROUPS = ['image', 'container'];

/**
 * Answers for the client. A daemon learns of logins only what the command line that it was given is about.
 * @throws GantryError `invalid`, `denied`, and what `logins` throws
 */
export async function answerLogin(
  payload: Buffer,
  argv: readonly string[],
  load: (() => Promise<Logins>) | undefined,
): Promise<unknown> {
  const request = parse(payload);
  if (!load || !concerns(argv, request)) {
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

function concerns(argv: readonly string[], request: LoginRequest): boolean {
  const [first = '', second = ''] = argv;
  const command = GROUPS.includes(first.toLowerCase()) ? second : first.toLowerCase();
  if (!ALLOWED.get(command)?.includes(request.do)) return false;
  return request.server === HUB || argv.slice(1).some((word) => names(word, request.server));
}

/** `registry.example`, with or without what follows it; `http://` and `https://` may come before it. */
function names(word: string, server: string): boolean {
  const host = word.replace(/^https?:\/\//, '');
  return host === server || host.startsWith(`${server}/`);
}

function parse(payload: Buffer): LoginRequest {
  const request = JSON.parse(payload.toString()) as Partial<Extract<LoginRequest, { do: 'set' }>>;
  const { username, password } = request.login ?? {};
  const isWhole = typeof request.server === 'string' && typeof request.do === 'string';
  const hasLogin = typeof username === 'string' && typeof password === 'string';
  if (isWhole && (request.do !== 'set' || hasLogin)) return request as LoginRequest;
  throw new GantryError('invalid', 'not a question about a login');
}
