/** How many redirects of one request are followed. */
export const MAX_REDIRECTS = 5;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/**
 * Where a `Location` leads; undefined for what is not followed: no http or https, one that holds a login, or plain http
 * where the first request was not.
 */
export function redirectTarget(location: string | undefined, from: URL, first: URL): URL | undefined {
  const url = location === undefined ? null : URL.parse(location, from.href);
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && first.protocol === 'http:');
  return url && isAllowed && url.username === '' && url.password === '' ? url : undefined;
}
