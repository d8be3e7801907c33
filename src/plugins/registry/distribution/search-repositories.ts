import { GantryError, parseUntrustedJson } from '../../../kernel/index.js';
import type { SearchResult } from '../contracts/index.js';
import { type HttpResponse, readDocument, type Session } from '../http/index.js';
import { domainOf, isHub } from './docker-hub.js';
import { nextPage } from './repository.js';

const INDEX_HOST = 'index.docker.io';
const PAGE = 1000;
const MAX_PAGES = 20;

/** Searches the index of Docker Hub; in other registries it filters the list of repositories. */
export function search(term: string, limit: number, open: (host: string) => Session): Promise<readonly SearchResult[]> {
  const slash = term.indexOf('/');
  const first = slash < 0 ? '' : term.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost';
  const domain = domainOf(isHost ? first : '');
  const words = isHost ? term.slice(slash + 1) : term;
  return isHub(domain) ? searchIndex(open(INDEX_HOST), words, limit) : searchCatalogue(open(domain), words, limit);
}

async function searchIndex(session: Session, words: string, limit: number): Promise<readonly SearchResult[]> {
  const query = new URLSearchParams({ q: words, n: String(limit) });
  const { results } = await documentAt(session, `/v1/search?${query}`);
  if (!Array.isArray(results))
    throw new GantryError('invalid', `${session.host} answers with something that is no list`);
  return results.slice(0, limit).map((entry: Readonly<Record<string, unknown>> | null) => ({
    name: textOf(entry?.['name']),
    description: textOf(entry?.['description']),
    stars: typeof entry?.['star_count'] === 'number' ? entry['star_count'] : 0,
    official: entry?.['is_official'] === true,
  }));
}

async function searchCatalogue(session: Session, words: string, limit: number): Promise<readonly SearchResult[]> {
  const found: SearchResult[] = [];
  let next: string | URL | undefined = `/v2/_catalog?n=${PAGE}`;
  for (let page = 0; page < MAX_PAGES && next !== undefined && found.length < limit; page++) {
    const { repositories, answer }: Page = await catalogueAt(session, next);
    const names = repositories.filter((name) => name.includes(words)).slice(0, limit - found.length);
    found.push(
      ...names.map((name) => ({ name: `${session.host}/${name}`, description: '', stars: 0, official: false })),
    );
    next = nextPage(answer);
  }
  return found;
}

interface Page {
  readonly repositories: readonly string[];
  readonly answer: HttpResponse;
}

async function catalogueAt(session: Session, to: string | URL): Promise<Page> {
  const { repositories, answer } = await documentAt(session, to, ['registry:catalog:*']);
  const names = Array.isArray(repositories) ? repositories : [];
  return { repositories: names.filter((name) => typeof name === 'string'), answer };
}

async function documentAt(
  session: Session,
  to: string | URL,
  scopes: readonly string[] = [],
): Promise<Readonly<Record<string, unknown>> & { readonly answer: HttpResponse }> {
  const answer = await session.call({ method: 'GET', to, scopes });
  if (answer.status !== 200) throw await session.errorOf(answer, `search in ${session.host}`);
  const bytes = await readDocument(answer, 'a list', session.stall, session.signal);
  try {
    return { ...(parseUntrustedJson(bytes) as object), answer };
  } catch {
    throw new GantryError('invalid', `${session.host} answers with something that is no JSON`);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
