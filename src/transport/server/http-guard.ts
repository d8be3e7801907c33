import type { IncomingHttpHeaders } from 'node:http';

const SENT_BY_BROWSERS = ['origin', 'referer', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest'];
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Says why a request may not be served, if so: a page in a user's browser must not command the daemon, neither
 * from its own origin nor by a name that it makes resolve to this host (DNS rebinding).
 */
export function refusalReason(headers: IncomingHttpHeaders): string | undefined {
  if (SENT_BY_BROWSERS.some((name) => headers[name] !== undefined)) return 'Browsers may not use this port';
  if (headers['user-agent']?.startsWith('Mozilla/')) return 'Browsers may not use this port';
  if (!LOCAL_HOST.test(headers.host ?? '')) return 'The Host header must name localhost';
  return undefined;
}
