import type { IncomingMessage } from 'node:http';

const SENT_BY_BROWSERS = ['origin', 'referer', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest'];
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** A request that is not served, and with which status. */
export interface HttpRefusal {
  readonly kind: 'denied' | 'invalid';
  readonly message: string;
}

type Request = Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'url'>;

/**
 * Says why a request may not be served, if so: a page in a user's browser must not command the daemon, neither
 * from its own origin nor by a name that it makes resolve to this host (DNS rebinding), nor through a proxy that reads the request
 * in another way.
 */
export function refusalOf({ headers, rawHeaders, url = '' }: Request): HttpRefusal | undefined {
  if (SENT_BY_BROWSERS.some((name) => headers[name] !== undefined)) return denied('Browsers may not use this port');
  if (headers['user-agent']?.startsWith('Mozilla/')) return denied('Browsers may not use this port');
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1) return { kind: 'invalid', message: 'A request has one Host header' };
  // The name in an absolute target counts, and then the header does not (RFC 9112, 3.2.2).
  const target = url.startsWith('/') ? undefined : URL.parse(url);
  if (target === null) return { kind: 'invalid', message: 'The path of the request is not valid' };
  if (LOCAL_HOST.test(target ? target.host : (headers.host ?? ''))) return undefined;
  return denied(`The ${target ? 'target' : 'Host header'} must name localhost`);
}

function denied(message: string): HttpRefusal {
  return { kind: 'denied', message };
}
