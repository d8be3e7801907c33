import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { bareHost, isLinkAddress, isLoopbackAddress, isLoopbackHost } from './inside-addresses.js';

/** The code of the error for a server that may not be named. */
export const INSIDE = 'EINSIDE';

/**
 * Guards requests to servers that another server has named, by a redirect or otherwise: it may send the engine to no address
 * that only this host reaches. A server on this host's loopback may name others there.
 * @param namedBy the hosts of the servers that have named it, one after another
 */
export class AddressGuard {
  readonly #isLocal: boolean;

  constructor(namedBy: readonly string[]) {
    this.#isLocal = namedBy.every(isLoopbackHost);
  }

  /** Whether the host of a URL may be asked, as far as its text says. */
  allows(hostname: string): boolean {
    const address = bareHost(hostname);
    return !isLinkAddress(address) && (this.#isLocal || !isLoopbackAddress(address));
  }

  /**
   * For `request`: refuses names that lead where `allows` allows none. Node looks a name up once for each connection, so
   * that no second answer can differ from the one that was checked.
   */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.#addresses(hostname, options).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else callback(null, first?.address ?? '', first?.family ?? 0);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };

  async #addresses(hostname: string, options: LookupOptions): Promise<LookupAddress[]> {
    const { lookup } = await import('node:dns/promises');
    const addresses = await lookup(hostname, { ...options, all: true });
    if (addresses.every(({ address }) => this.allows(address))) return addresses;
    throw refusal(hostname);
  }
}

function refusal(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is an address of this host, or of its own link`), { code: INSIDE });
}
